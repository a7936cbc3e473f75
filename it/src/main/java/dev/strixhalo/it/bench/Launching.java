package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.it.stage.Question;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** From nothing but containers to the first completion of a model over both nodes. */
final class Launching implements Contest {
    private static final Race COMPLETION =
            new Race("launch: first completion", "typed by hand", Unit.SECONDS, Aim.atMostTimes(1.10));

    private static final int TOKENS = 16;
    /** A container that was stopped in whatever way starts anew, and nothing of before is in shared memory. */
    private static final String AFRESH = """
            set -eu
            podman stop --time 20 "$1" >/dev/null
            find /dev/shm -mindepth 1 -user "$(id -u)" ! -name 'libpod_*' -delete
            podman start "$1" >/dev/null
            for _ in $(seq 100); do
                if podman exec "$1" /opt/strixhalo/bin/strixhalo-node status </dev/null >/dev/null 2>&1; then exit 0; fi
                sleep 0.2
            done
            echo "the node script does not answer" >&2
            exit 1
            """;

    private @Nullable String container;
    private @Nullable ByHand hand;

    @Override
    public String name() {
        return "launch";
    }

    @Override
    public void prepare(Course course) throws Exception {
        var image = course.deployed();
        container = "strix-" + image.brief();
        afresh(course);
        // The files of the image are in memory for both sides after this one, and it shows what is to be typed.
        course.maven("prepare-launch", "strixhalo:launch");
        hand = ByHand.watch(course, container());
        course.maven("prepare-stop", "strixhalo:stop");
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        // Who comes second may find something warm: they take turns.
        boolean first = number % 2 == 1;
        var ours = first ? ours(course, scores) : List.<Integer>of();
        var theirs = theirs(course, scores);
        if (!first) ours = ours(course, scores);
        unless(ours.equals(theirs), "not the same answer; ours: " + ours + ", by hand: " + theirs);
    }

    private List<Integer> ours(Course course, Scores scores) throws Exception {
        afresh(course);
        var launched = course.maven("launch-ours", "strixhalo:launch");
        // What follows the first completion, the proof of the transport, nobody types; its own clock says what it took.
        scores.ours(COMPLETION, launched.seconds() - Said.seconds(launched.result(), "tcp"));
        var answer = answer(course);
        course.maven("launch-ours-stop", "strixhalo:stop");
        return answer;
    }

    private List<Integer> theirs(Course course, Scores scores) throws Exception {
        afresh(course);
        if (hand == null) throw new IllegalStateException("not prepared");
        scores.rival(COMPLETION, hand.launch().seconds());
        var answer = answer(course);
        afresh(course);
        return answer;
    }

    private void afresh(Course course) throws Exception {
        for (var node : course.nodes()) {
            node.program(List.of("sh", "-c", AFRESH, "sh", container()))
                    .timeout(Duration.ofMinutes(3))
                    .run()
                    .orFail();
        }
    }

    private static List<Integer> answer(Course course) throws Exception {
        var answer = Question.ask(course.stage().operator(), course.stage().apiKey(), TOKENS);
        unless(answer.status() == 200 && answer.tokens().size() == TOKENS, answer.toString());
        return answer.tokens();
    }

    private String container() {
        if (container == null) throw new IllegalStateException("not prepared");
        return container;
    }
}
