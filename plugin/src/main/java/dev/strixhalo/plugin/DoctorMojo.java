package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Check;
import dev.strixhalo.doctor.Doctor;
import dev.strixhalo.doctor.DoctorReport;
import dev.strixhalo.doctor.JUnitReport;
import dev.strixhalo.doctor.Verdict;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Says whether the nodes are fit: distribution, memory, card, RDMA, addresses, limits and more, each with what was found, what
 * is wanted and what to do. Only reads, needs no root. Ends with exit code 1 when a check fails. Leaves
 * target/strixhalo/doctor.json and, for CI servers, TEST-strixhalo-doctor.xml.
 */
@Mojo(
        name = "doctor",
        defaultPhase = LifecyclePhase.VALIDATE,
        requiresProject = false,
        threadSafe = true,
        configurator = "strixhalo")
public final class DoctorMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** The values that nodes are measured by; those of the setup guide unless said otherwise. */
    @Parameter
    private DoctorConfiguration doctor = new DoctorConfiguration();

    /** Checks to leave out, by their ids. */
    @Parameter(property = "strixhalo.skipChecks")
    private @Nullable List<String> skipChecks;

    /** A check to tell at length, by its id, instead of looking at nodes. */
    @Parameter(property = "strixhalo.explain")
    private @Nullable String explain;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            if (explain != null) {
                DoctorScreen.explain(check("<explain>", explain)).forEach(getLog()::info);
                return;
            }
            var skipped = new HashSet<String>();
            for (var id : skipChecks == null ? List.<String>of() : skipChecks) {
                skipped.add(check("<skipChecks>", id == null ? "" : id).id());
            }
            var wanted = doctor.toWanted();
            var machines = cluster.toCluster();
            try (var nodes = Nodes.attempt(machines, remoteSettings())) {
                var found = new Doctor(wanted, skipped).examine(nodes, Clock.systemUTC());
                DoctorReport.file(records()).write(found);
                JUnitReport.write(found, records());
                DoctorScreen.lines(found, surroundings().colour()).forEach(getLog()::info);
                demandFit(found);
            }
        });
    }

    /** The check of this id; an unknown one is an error that names the nearest. */
    private static Check check(String element, String id) throws StrixhaloException {
        var known = Doctor.check(id.strip());
        if (known.isPresent()) return known.get();
        var ids = Doctor.checks().stream().map(Check::id).toList();
        var problem = Problem.of("%s names '%s', which is no check of doctor.".formatted(element, id));
        var nearest = Nearest.to(id, ids);
        if (nearest.isPresent()) problem = problem.fix("did you mean %s?".formatted(nearest.get()));
        throw problem.fix("one of: " + String.join(" ", ids)).asException();
    }

    private static void demandFit(DoctorReport report) throws StrixhaloException {
        var failures = report.with(Verdict.FAIL);
        if (failures.isEmpty()) return;
        throw Problem.of(
                        "%d %s of doctor failed.".formatted(failures.size(), failures.size() == 1 ? "check" : "checks"))
                .found(report.counts())
                .fix("do what stands above under fix, then: mvn strixhalo:doctor")
                .fix("read more: mvn strixhalo:doctor -Dstrixhalo.explain="
                        + failures.get(0).check())
                .asException();
    }
}
