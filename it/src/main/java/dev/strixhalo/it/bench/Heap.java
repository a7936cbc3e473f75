package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The base comes through Maven ({@code baseFrom operator}), and in it a blob of 2 GiB; the virtual machine's own log says how
 * much heap that took.
 */
final class Heap implements Contest {
    private static final Race PEAK = new Race(
            "heap: peak, 2 GiB blob",
            Race.ALONE,
            Unit.BYTES,
            // "Below 256 MB".
            Aim.atMost(256_000_000));

    /** What was used before and after a collection: {@code Pause Young (Normal) (G1 Evacuation Pause) 25M->5M(64M) 3.2ms}. */
    private static final Pattern COLLECTION = Pattern.compile("\\s(\\d+)M->\\d+M\\(\\d+M\\)");
    /** What was used when it ended: {@code garbage-first heap   total 65536K, used 23456K [0x…}. */
    private static final Pattern EXIT = Pattern.compile("gc,heap,exit.* heap +total \\d+K, used (\\d+)K");

    @Override
    public String name() {
        return "heap";
    }

    @Override
    public void prepare(Course course) throws Exception {
        var stage = course.stage();
        course.deployed();
        course.upstream(
                "heavy",
                HeavyBase.make(
                        stage.artefacts().base().path().resolveSibling("bench"),
                        stage.artefacts().base()));
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        var stage = course.stage();
        var project = stage.project();
        var from = "-Dstrixhalo.image.from=" + stage.registry().host() + "/heavy:latest";
        course.maven("prepare-build-image", "strixhalo:build-image", from);
        var image = ImageRecord.of(project);
        course.emptyNodes();
        int asked = stage.registry().accesses().size();
        var gc = project.folder() + "/target/gc.log";
        // The limit is half of what the project's own jvm.config gives: whoever held the blob would die of it.
        var options = "MAVEN_OPTS=-Xmx256m -XX:+UseG1GC -Xlog:gc,gc+heap+exit:file=" + gc + ":uptime,level,tags";
        course.run(
                "heap-ours",
                project.goals(
                        List.of(options), List.of("strixhalo:deploy", from, "-Dstrixhalo.deploy.baseFrom=operator")));
        course.runsOnBoth(image);

        var accesses = stage.registry().accesses();
        var blobs = accesses.subList(asked, accesses.size()).stream()
                .filter(access -> access.readBlob())
                .toList();
        var operator = stage.operator().lanAddress();
        unless(
                blobs.stream().anyMatch(blob -> blob.client().equals(operator) && blob.bytes() >= HeavyBase.WEIGHT),
                "the blob of 2 GiB never went to the operator: " + blobs);
        unless(
                blobs.stream().allMatch(blob -> blob.client().equals(operator)),
                "a node fetched blobs by itself: " + blobs);
        scores.ours(PEAK, peak(project.read(gc)));
    }

    /** Between two collections the heap only grows, so it was at its fullest right before one of them, or at the end. */
    static double peak(String log) throws Mismatch {
        var exit = EXIT.matcher(log);
        unless(exit.find(), "the virtual machine's log does not tell of the heap at exit:\n" + log);
        double atExit = Long.parseLong(exit.group(1)) * 1024.0;
        double before = COLLECTION
                .matcher(log)
                .results()
                .mapToDouble(line -> Long.parseLong(line.group(1)) * 1024.0 * 1024)
                .max()
                .orElse(0);
        return Math.max(atExit, before);
    }
}
