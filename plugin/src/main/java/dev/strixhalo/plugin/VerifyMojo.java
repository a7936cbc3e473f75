package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.verify.Verdict;
import dev.strixhalo.verify.Verification;
import dev.strixhalo.verify.VerifyHistory;
import dev.strixhalo.verify.VerifyJUnit;
import dev.strixhalo.verify.VerifyReport;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.ZoneId;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Measures the link between the nodes, in both directions: LAN, TCP and RDMA on the fabric, and in the deployed image an
 * all-reduce whose data is checked. Ends with exit code 1 when a limit is passed or something cannot be measured. Leaves
 * target/strixhalo/verify.json, verify-history.jsonl and, for CI servers, TEST-strixhalo-verify.xml.
 */
@Mojo(name = "verify", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class VerifyMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** Where and how long is measured, and the limits; those of the setup guide's cards unless said otherwise. */
    @Parameter
    private VerifyConfiguration verify = new VerifyConfiguration();

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            var settings = verify.toSettings(machines);
            try (var nodes = Nodes.connect(machines, remoteSettings())) {
                var found = new Verification(nodes, settings, Clock.systemUTC(), new SecureRandom()).run(progress());
                var history = new VerifyHistory(records());
                var before = history.last(found.cluster(), found.link());
                VerifyReport.file(records()).write(found);
                VerifyJUnit.write(found, records());
                history.add(found);
                VerifyScreen.lines(
                                found,
                                before,
                                settings.limits(),
                                ZoneId.systemDefault(),
                                surroundings().colour())
                        .forEach(getLog()::info);
                demandFast(found);
            }
        });
    }

    private static void demandFast(VerifyReport report) throws StrixhaloException {
        var failures = report.with(Verdict.FAIL);
        if (failures.isEmpty()) return;
        throw Problem.of("%d %s of verify failed.".formatted(failures.size(), failures.size() == 1 ? "path" : "paths"))
                .found(report.counts())
                .fix("do what stands above under fix, then: mvn strixhalo:verify")
                .fix(
                        "a limit that this link cannot meet is an element of <verify>: mvn strixhalo:help -Dgoal=verify -Ddetail")
                .asException();
    }
}
