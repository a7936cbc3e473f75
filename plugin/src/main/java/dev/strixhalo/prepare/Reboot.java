package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteCommand;
import java.time.Duration;
import java.util.List;

/**
 * Starts nodes anew, one at a time, and waits until each is back: the kernel's id of the boot is another one then.
 *
 * @param preparation for root's rights
 * @param connector   opens connections
 * @param patience    for one node
 * @param progress    takes how far it is
 */
public record Reboot(Preparation preparation, Connector connector, Duration patience, Progress progress) {
    private static final Duration PAUSE = Duration.ofSeconds(5);
    private static final Duration ASKING = Duration.ofSeconds(20);
    private static final Duration GOING = Duration.ofSeconds(30);

    /** Opens connections. */
    public interface Connector {
        /** A connection to every node of the cluster. */
        Nodes to(Cluster cluster) throws StrixhaloException;
    }

    /** Starts this node anew and waits for it. */
    public void of(Cluster cluster, Node node) throws StrixhaloException {
        if (node.local()) {
            throw Problem.of("This node is the machine that Maven runs on; it is not rebooted from here.")
                    .on(node.name())
                    .fix("sudo systemctl reboot, when it suits")
                    .asException();
        }
        var alone = cluster.only(node);
        try (var step = progress.begin("reboot")) {
            step.note(node.name(), "going down");
            var before = go(alone, step);
            long end = System.nanoTime() + patience.toNanos();
            var last = "it did not go down";
            while (System.nanoTime() < end) {
                pause(node);
                try (var nodes = connector.to(alone)) {
                    var now = boot(nodes);
                    if (!now.equals(before)) {
                        step.done(node.name() + " is back");
                        return;
                    }
                    last = "it answers, and is not rebooted yet";
                    step.note(node.name(), last);
                } catch (StrixhaloException e) {
                    // It is down, or not up yet: that is what we wait through.
                    last = e.problems().get(0).what();
                    step.note(node.name(), "waiting for it to come back");
                }
            }
            throw Problem.of("The node did not come back within %d min.".formatted(patience.toMinutes()))
                    .on(node.name())
                    .found(last)
                    .fix("look at its screen; when it is up: mvn strixhalo:doctor")
                    .fix("give it longer: -Dstrixhalo.rebootTimeout=MINUTES")
                    .asException();
        }
    }

    private String go(Cluster alone, Progress.Step step) throws StrixhaloException {
        try (var nodes = connector.to(alone)) {
            var before = boot(nodes);
            var rights = preparation.rights(nodes.head());
            try {
                rights.run("rebooting", Script.text("reboot.sh"), "", List.of(), GOING, (stream, line) -> {});
            } catch (StrixhaloException e) {
                if (e.problems().stream().anyMatch(p -> p.what().contains("sudo"))) throw e;
                // The machine may be faster than its answer. Whether it went, its boot id tells.
                step.note(alone.head().name(), "the connection ended with it");
            }
            return before;
        }
    }

    private static String boot(Nodes nodes) throws StrixhaloException {
        return nodes.head()
                .run(RemoteCommand.of("cat", "/proc/sys/kernel/random/boot_id").timeout(ASKING))
                .orFail()
                .text()
                .strip();
    }

    private static void pause(Node node) throws StrixhaloException {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of("interrupted while the node reboots.")
                    .on(node.name())
                    .fix("wait until it is up, then: mvn strixhalo:doctor")
                    .asException(e);
        }
    }
}
