package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Stage;
import java.util.ArrayList;
import java.util.List;

/** An image out of a base and some files: with nothing made before, with nothing changed, and with one changed file. */
final class Building implements Contest {
    private static final String RIVAL = "podman build";
    private static final Race COLD = new Race("build: cold", RIVAL, Unit.SECONDS, Aim.none());
    private static final Race CHANGED = new Race("build: 1 MB changed", RIVAL, Unit.SECONDS, Aim.none());
    private static final Race WARM = new Race("build: nothing changed", RIVAL, Unit.SECONDS, Aim.none());
    private static final Race GROWTH =
            new Race("build: cold, big base", "ours, small base", Unit.SECONDS, Aim.atMostTimes(1.10));

    private static final String NAME = "localhost/bench-build:latest";
    /** The files of our own layer, and the user's. */
    private static final List<String> FOLDERS = List.of("/opt/strixhalo", "/etc/profile.d", "/opt/prompts");
    /** The rival gets our own layer's files from the layer itself, as a folder beside the user's. */
    private static final String UNPACK = """
            set -eu
            rm -rf rootfs Containerfile
            mkdir rootfs
            tar -xzf ~/.cache/strixhalo/store/blobs/sha256/"$1" -C rootfs
            printf 'FROM %s\\nCOPY rootfs/ /\\nCOPY prompts/ /opt/prompts/\\nLABEL com.github.containers.toolbox=true\\n' "$2" \\
                >Containerfile
            """;

    private static final String SUMS = "find \"$@\" -type f -exec sha256sum {} + | sort -k 2";

    @Override
    public String name() {
        return "build";
    }

    @Override
    public void prepare(Course course) throws Exception {
        var stage = course.stage();
        var base = stage.artefacts().base();
        course.upstream("small", HeavyBase.light(base.path().resolveSibling("bench"), base));
        course.rival();
        course.changeLayer();
        // Maven's own downloads are over after this one.
        course.maven("prepare-build-image", "strixhalo:build-image");
        var record = new ObjectMapper().readTree(stage.project().read("target/strixhalo/image.json"));
        stage.operator()
                .program(List.of(
                        "sh",
                        "-c",
                        "cd \"$3\" && " + UNPACK,
                        "sh",
                        layer(record),
                        big(stage),
                        stage.project().folder()))
                .run()
                .orFail();
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        // Who comes second may find something warm: they take turns.
        boolean bigFirst = number % 2 == 0;
        double cold = bigFirst ? cold(course) : Double.NaN;
        double small = cold(
                course, "-Dstrixhalo.image.from=" + course.stage().registry().host() + "/small:latest");
        if (!bigFirst) cold = cold(course);
        double rivalCold = rival(course, "build-rival-cold", "--no-cache");
        // The last one may have been for the small base.
        course.maven("prepare-build-image", "strixhalo:build-image");
        double warm = course.maven("build-ours-warm", "strixhalo:build-image").seconds();
        double rivalWarm = rival(course, "build-rival-warm");
        course.changeLayer();
        double changed =
                course.maven("build-ours-changed", "strixhalo:build-image").seconds();
        double rivalChanged = rival(course, "build-rival-changed");
        sameFiles(course);

        scores.ours(COLD, cold);
        scores.rival(COLD, rivalCold);
        scores.ours(CHANGED, changed);
        scores.rival(CHANGED, rivalChanged);
        scores.ours(WARM, warm);
        scores.rival(WARM, rivalWarm);
        scores.ours(GROWTH, cold);
        scores.rival(GROWTH, small);
    }

    /** A build on a machine where nothing was ever built. */
    private static double cold(Course course, String... property) throws Exception {
        var operator = course.stage().operator();
        operator.run(
                        "rm",
                        "-rf",
                        operator.home() + "/.cache/strixhalo",
                        course.stage().project().folder() + "/target")
                .orFail();
        var words = new ArrayList<>(List.of("strixhalo:build-image"));
        words.addAll(List.of(property));
        return course.maven(
                        property.length == 0 ? "build-ours-cold" : "build-ours-small-cold",
                        words.toArray(String[]::new))
                .seconds();
    }

    private static double rival(Course course, String label, String... options) throws Exception {
        var argv = new ArrayList<>(List.of("build", "--pull=never", "--tag", NAME));
        argv.addAll(List.of(options));
        argv.add(course.stage().project().folder());
        return course.run(label, course.rival().podman(argv.toArray(String[]::new)))
                .seconds();
    }

    /** Both images hold the same files with the same content where anything was added. */
    private static void sameFiles(Course course) throws Exception {
        var theirs = sums(course, NAME);
        course.rival().take();
        var ours = sums(course, ImageRecord.of(course.stage().project()).hex());
        unless(ours.equals(theirs) && ours.size() > FOLDERS.size(), "ours: " + ours + "\nthe rival's: " + theirs);
    }

    private static List<String> sums(Course course, String image) throws Exception {
        var words = new ArrayList<>(List.of("run", "--rm", "--network", "none", image, "sh", "-c", SUMS, "sh"));
        words.addAll(FOLDERS);
        return course.rival()
                .podman(words.toArray(String[]::new))
                .run()
                .orFail()
                .out();
    }

    private static String big(Stage stage) throws Exception {
        return stage.registry().host() + "/vllm:latest";
    }

    private static String layer(JsonNode record) {
        for (var layer : record.path("layers")) {
            if (layer.path("purpose").asText().equals("rootfs")) {
                return layer.path("digest").asText().substring("sha256:".length());
            }
        }
        throw new IllegalStateException("image.json names no layer 'rootfs': " + record);
    }
}
