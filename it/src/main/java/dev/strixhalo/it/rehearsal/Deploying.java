package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.stage.Counters;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.NodeState;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The image comes to both nodes, once, and only what changed comes again. */
final class Deploying implements Chapter {
    /** Two looks at a node over SSH; far less than any layer. */
    private static final long SMALL_TALK = 400_000;

    /** Beside the host names only what the bed is not: it has no card for RoCE and no way to a registry on the Internet. */
    private static final String FROM_INIT = """
            set -eu
            mkdir -p ~/fresh/.mvn
            cd ~/fresh
            cp "$1/.mvn/jvm.config" .mvn
            mvn -B -ntp -Dstyle.color=never dev.strixhalo:strixhalo-maven-plugin:0.1.0-SNAPSHOT:init
            sed -i 's/strix1[.]example/node1/; s/strix2[.]example/node2/' pom.xml
            mvn -B -ntp -Dstyle.color=never strixhalo:build-image strixhalo:deploy \\
                -Dstrixhalo.cluster.link=tcp -Dstrixhalo.image.from="$2" -Dstrixhalo.dryRun
            """;

    @Override
    public String name() {
        return "deploy";
    }

    @Override
    public Set<String> needs() {
        return Set.of("image");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("deploy --dryRun says what it would do and touches nothing", () -> {
            stage.prepareNodes();
            var before = NodeState.of(stage);
            unlessSaid(
                    unlessGood(stage.project().maven("strixhalo:deploy", "-Dstrixhalo.dryRun")), "nothing was changed");
            NodeState.unlessSame(before, stage);
        });
        report.aside("the pom that init writes lacks nothing but two host names", () -> {
            var before = NodeState.of(stage);
            var base = stage.registry().host() + "/vllm:latest";
            var said = unlessGood(stage.operator()
                    .program(
                            List.of("sh", "-c", FROM_INIT, "sh", stage.project().folder(), base))
                    .timeout(Duration.ofMinutes(3))
                    .run());
            unlessSaid(said, "nothing was changed");
            for (var node : stage.bed().nodes()) unlessSaid(said, node.name());
            NodeState.unlessSame(before, stage);
        });
        report.step("deploy: a node that lacks the base pulls it from where it comes from; ours comes from us", () -> {
            var base = stage.artefacts().base();
            var had = new LinkedHashMap<Machine, Boolean>();
            for (var node : stage.bed().nodes()) had.put(node, hasImage(node, base.imageId()));
            int before = stage.registry().accesses().size();
            unlessGood(stage.project().maven("strixhalo:deploy"));
            var asked = stage.registry().accesses();
            for (var node : stage.bed().nodes()) {
                long read = asked.subList(before, asked.size()).stream()
                        .filter(access -> access.readBlob() && access.client().equals(node.lanAddress()))
                        .count();
                // On a bed that was kept the base is there already, and what is there does not travel again.
                boolean there = Boolean.TRUE.equals(had.get(node));
                unless(
                        there ? read == 0 : read >= base.layers().size(),
                        "%s %s the base and read %d blobs".formatted(node.name(), there ? "had" : "lacked", read));
            }
        });
        report.step("both nodes run that very image, by podman's own word, in the node's network and IPC", () -> {
            var image = ImageRecord.of(stage.project());
            for (var node : stage.bed().nodes()) {
                var seen = inspect(node, container(image), "{{.Image}} {{.State.Running}} {{.HostConfig.Privileged}}");
                unless(seen.equals(image.hex() + " true false"), node.name() + ": " + seen);
                // podman 4.3 says "shareable" of a container that was made with --ipc host, so the kernel is asked.
                var spaces = List.of("readlink", "/proc/self/ns/net", "/proc/self/ns/ipc");
                var inside = new ArrayList<>(List.of("podman", "exec", container(image)));
                inside.addAll(spaces);
                unless(
                        unlessGood(node.program(inside).run())
                                .out()
                                .equals(unlessGood(node.program(spaces).run()).out()),
                        node.name() + ": the container has namespaces of its own");
            }
        });
        report.step("the container goes on though nobody is logged in, and the user's layer is in it", () -> {
            var image = ImageRecord.of(stage.project());
            for (var node : stage.bed().nodes()) {
                var logins = node.asRoot("pgrep", "-u", node.user(), "-c", "sshd");
                unless(logins.text().equals("0"), node.name() + " has " + logins.text() + " logins");
                var said = unlessGood(node.run("podman", "exec", container(image), "cat", "/opt/prompts/greeting.txt"));
                unless(said.text().equals("hello world"), said.text());
            }
        });
        report.step("a second deploy moves nothing: same container, same files, no layer", () -> {
            var image = ImageRecord.of(stage.project());
            var before = identities(stage, image);
            var state = NodeState.of(stage);
            var received = received(stage);
            int asked = stage.registry().accesses().size();
            unlessSaid(unlessGood(stage.project().maven("strixhalo:deploy")), "nothing to do");
            unless(identities(stage, image).equals(before), "a container was made anew");
            NodeState.unlessSame(state, stage);
            unless(stage.registry().accesses().size() == asked, "the upstream registry was asked");
            receivedAtMost(SMALL_TALK, stage, received);
        });
        report.step("a changed layer moves only itself, and the old container is kept", () -> {
            var old = ImageRecord.of(stage.project());
            stage.project().put("prompts/greeting.txt", "good morning\n");
            unlessGood(stage.project().maven("strixhalo:build-image"));
            var image = ImageRecord.of(stage.project());
            unless(!image.equals(old), "the image ID is the same");
            int asked = stage.registry().accesses().size();
            var received = received(stage);
            unlessGood(stage.project().maven("strixhalo:deploy"));
            unless(stage.registry().accesses().size() == asked, "the upstream registry was asked");
            receivedAtMost(2 * SMALL_TALK, stage, received);
            for (var node : stage.bed().nodes()) {
                unless(
                        inspect(node, container(image), "{{.State.Running}}").equals("true"),
                        node.name() + ": the new one does not run");
                unless(
                        inspect(node, container(old), "{{.State.Running}}").equals("false"),
                        node.name() + ": the old one is gone or runs");
            }
        });
    }

    static String container(ImageRecord image) {
        return "strix-" + image.brief();
    }

    static String inspect(Machine node, String container, String format) throws StrixhaloException, Mismatch {
        return unlessGood(node.run("podman", "inspect", "--type", "container", "--format", format, container))
                .text();
    }

    private static boolean hasImage(Machine node, String imageId) throws StrixhaloException {
        return node.run("podman", "image", "exists", imageId.substring("sha256:".length()))
                .succeeded();
    }

    private static Map<String, String> identities(Stage stage, ImageRecord image) throws StrixhaloException, Mismatch {
        var all = new TreeMap<String, String>();
        for (var node : stage.bed().nodes()) {
            all.put(node.name(), inspect(node, container(image), "{{.Id}} {{.State.StartedAt}}"));
        }
        return all;
    }

    private static Map<Machine, Counters> received(Stage stage) throws StrixhaloException, Mismatch {
        var all = new LinkedHashMap<Machine, Counters>();
        for (var node : stage.bed().nodes()) all.put(node, Counters.read(node, "lan0"));
        return all;
    }

    private static void receivedAtMost(long allowed, Stage stage, Map<Machine, Counters> before)
            throws StrixhaloException, Mismatch {
        for (var entry : before.entrySet()) {
            long bytes = Counters.read(entry.getKey(), "lan0")
                    .since(entry.getValue())
                    .received();
            unless(bytes <= allowed, entry.getKey().name() + " received " + bytes + " bytes, allowed: " + allowed);
        }
    }
}
