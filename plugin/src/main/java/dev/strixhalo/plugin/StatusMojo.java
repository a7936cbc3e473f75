package dev.strixhalo.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.serve.ClusterStatus;
import dev.strixhalo.serve.StatusLook;
import dev.strixhalo.serve.StatusScreen;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Shows how the cluster is: containers, Ray, ranks and memory of every node, and whether the model answers a real question.
 * Ends with exit code 0 only when it does. Needs no record on this side.
 */
@Mojo(name = "status", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class StatusMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** Whether to print JSON on standard output instead. */
    @Parameter(property = "strixhalo.json", defaultValue = "false")
    private boolean json;

    /** Seconds in which the model has to answer. */
    @Parameter(property = "strixhalo.statusTimeout", defaultValue = "10")
    private int statusTimeout;

    /** Whether to prove anew, on the living service, by what its ranks speak to each other; it asks for 64 tokens. */
    @Parameter(property = "strixhalo.proof", defaultValue = "false")
    private boolean proof;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            if (statusTimeout < 1) {
                throw Problem.of("<statusTimeout> is %d.".formatted(statusTimeout))
                        .fix("seconds, 1 or more")
                        .asException();
            }
            var clock = Clock.systemUTC();
            try (var nodes = Nodes.reach(machines, remoteSettings())) {
                var status = new StatusLook(nodes, Duration.ofSeconds(statusTimeout), proof, clock).look();
                if (json) output().println(text(status));
                else
                    StatusScreen.lines(status, clock.instant(), ZoneId.systemDefault())
                            .forEach(getLog()::info);
                if (!status.answering()) {
                    throw Problem.of("The model does not answer: %s.".formatted(status.trouble()))
                            .fix("what was said last: mvn strixhalo:logs")
                            .fix("start anew: mvn strixhalo:stop strixhalo:launch")
                            .asException();
                }
                demandProof(status, machines.link());
            }
        });
    }

    /** Over a link that promises RDMA, a proof that was asked for and failed is a failure. */
    private void demandProof(ClusterStatus status, Link link) throws StrixhaloException {
        var found = status.proofNow();
        if (found == null || found.wanted()) return;
        if (link.rdma()) {
            throw Problem.of("RDMA is not proved on the running service.")
                    .found(found.evidence())
                    .fix("see what keeps RCCL from it: mvn strixhalo:doctor")
                    .fix("read RCCL's own lines: mvn strixhalo:logs")
                    .asException();
        }
        getLog().warn("That the fabric carries the ranks' traffic is not proved: " + found.evidence());
    }

    private static String text(ClusterStatus status) throws StrixhaloException {
        try {
            return RecordFile.json().writeValueAsString(status);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a status that is no JSON", e);
        }
    }
}
