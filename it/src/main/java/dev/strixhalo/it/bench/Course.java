package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.OciLayout;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Models;
import dev.strixhalo.it.stage.Places;
import dev.strixhalo.it.stage.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What contests run on: the stage, the log, the rival, and the states of the nodes that a round begins with. */
final class Course {
    /** Random bytes, since whoever compresses shall not win by it: 1 MB of them. */
    private static final int LAYER = 1_000_000;

    /** Removing an image of 3 GB took more than a minute on a busy disk. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Stage stage;
    private final Places places;
    private final RawLog log;
    private final SecureRandom random = new SecureRandom();
    private @Nullable RivalPodman rival;

    Course(Stage stage, Places places, RawLog log) {
        this.stage = stage;
        this.places = places;
        this.log = log;
    }

    Stage stage() {
        return stage;
    }

    Places places() {
        return places;
    }

    /** A folder for what a contest makes on this machine, beside the logs. */
    Path work(String name) {
        return log.folder().resolveSibling(name);
    }

    List<Machine> nodes() {
        return stage.bed().nodes();
    }

    /** podman on the operator's machine, with the base image of the project there. */
    RivalPodman rival() throws Exception {
        if (rival == null) {
            upstream("vllm", stage.artefacts().base());
            rival = RivalPodman.setUp(stage, log);
            rival.pull(stage.registry().host() + "/vllm:latest");
        }
        return rival;
    }

    /** Puts an image into the registry that bases come from. */
    void upstream(String name, OciLayout image) throws StrixhaloException {
        stage.registry().push(image, name, "latest");
    }

    /** Runs goals of the project as a user does, to a good end. */
    RawLog.Timed maven(String label, String... words) throws StrixhaloException, IOException, Mismatch {
        return log.run(label, stage.project().goals(List.of(), List.of(words)));
    }

    /** The same by a JVM without its compiler for long runs, as README advises for goals of seconds. */
    RawLog.Timed mavenForShort(String label, String... words) throws StrixhaloException, IOException, Mismatch {
        return log.run(label, stage.project().goals(List.of("MAVEN_OPTS=-XX:TieredStopAtLevel=1"), List.of(words)));
    }

    /** Runs any program to a good end. */
    RawLog.Timed run(String label, Program program) throws StrixhaloException, IOException, Mismatch {
        return log.run(label, program);
    }

    /** Gives the user's layer another content. */
    void changeLayer() throws StrixhaloException {
        var bytes = new byte[LAYER];
        random.nextBytes(bytes);
        var encoded = Base64.getEncoder().encodeToString(bytes);
        stage.operator()
                .program(List.of(
                        "sh",
                        "-c",
                        "base64 -d >\"$1/prompts/megabyte.bin\"",
                        "sh",
                        stage.project().folder()))
                .stdin(encoded)
                .run()
                .orFail();
    }

    /** Builds the image and brings it to both nodes, with a model and all that a user has there; quick if it is done. */
    ImageRecord deployed() throws Exception {
        upstream("vllm", stage.artefacts().base());
        stage.project();
        for (var node : nodes()) {
            Models.put(stage.artefacts().model(), node, "tiny");
            node.run("loginctl", "enable-linger").orFail();
        }
        maven("prepare-build-image", "strixhalo:build-image");
        maven("prepare-deploy", "strixhalo:deploy");
        var image = ImageRecord.of(stage.project());
        runsOnBoth(image);
        return image;
    }

    /** Takes every container and image off the nodes, and what deploys noted there. */
    void emptyNodes() throws StrixhaloException, Mismatch {
        for (var node : nodes()) {
            patiently(node.program(List.of("podman", "rm", "--all", "--force", "--time", "0")));
            patiently(node.program(List.of("podman", "rmi", "--all", "--force")));
            patiently(node.rootProgram(List.of("rm", "-rf", node.home() + "/.local/state/strixhalo")));
            var left = node.run("podman", "images", "--all", "--quiet").orFail();
            unless(left.out().isEmpty(), node.name() + " still has images: " + left.text());
        }
    }

    /** Demands that both nodes have the very image. */
    void onBoth(ImageRecord image) throws StrixhaloException, Mismatch {
        for (var node : nodes()) {
            unless(has(node, image), node.name() + " does not have the image " + image.imageId());
        }
    }

    /** Demands that both nodes run the very image. */
    void runsOnBoth(ImageRecord image) throws StrixhaloException, Mismatch {
        for (var node : nodes()) {
            var runs = node.run("podman", "ps", "--no-trunc", "--format", "{{.ImageID}}")
                    .orFail();
            unless(runs.out().contains(image.hex()), node.name() + " runs " + runs.text() + " and not " + image);
        }
    }

    /** Takes one image off both nodes again; what it shares with others stays. */
    void forget(ImageRecord image) throws StrixhaloException {
        for (var node : nodes())
            node.run("podman", "rmi", "--force", image.hex()).orFail();
    }

    /** Demands that no node has the image yet. */
    void onNone(ImageRecord image) throws StrixhaloException, Mismatch {
        for (var node : nodes()) {
            unless(!has(node, image), node.name() + " has the image before the clock starts: " + image.imageId());
        }
    }

    private static void patiently(Program program) throws StrixhaloException {
        program.timeout(PATIENCE).run().orFail();
    }

    private static boolean has(Machine node, ImageRecord image) throws StrixhaloException {
        return node.run("podman", "image", "exists", image.hex()).succeeded();
    }
}
