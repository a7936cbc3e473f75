package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.it.bed.UpstreamRegistry;
import dev.strixhalo.it.stage.Counters;
import dev.strixhalo.it.stage.Mismatch;

/** The nodes run what shall run: a deploy has nothing to do, and a script that does not know it does everything. */
final class Unchanged implements Contest {
    private static final Race TIME =
            new Race("unchanged: whole deploy", RivalPodman.SAVE_AND_LOAD, Unit.SECONDS, Aim.atMost(5));
    private static final Race RECEIVED =
            new Race("unchanged: bytes received", RivalPodman.SAVE_AND_LOAD, Unit.BYTES, Aim.none());
    private static final Race LAYERS = new Race("unchanged: bytes of layers", Race.ALONE, Unit.BYTES, Aim.atMost(0));

    @Override
    public String name() {
        return "unchanged";
    }

    @Override
    public void prepare(Course course) throws Exception {
        course.rival().take();
        course.deployed();
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        var registry = course.stage().registry();
        int asked = registry.accesses().size();
        long received = received(course);
        var deploy = course.maven("unchanged-ours", "strixhalo:deploy");
        scores.ours(TIME, deploy.seconds());
        scores.ours(RECEIVED, received(course) - received);
        // Our own registry is not even started when this is said; the other one keeps a log.
        Mismatch.unlessSaid(deploy.result(), "nothing to do");
        var accesses = registry.accesses();
        scores.ours(
                LAYERS,
                accesses.subList(asked, accesses.size()).stream()
                        .filter(UpstreamRegistry.Access::readBlob)
                        .mapToLong(UpstreamRegistry.Access::bytes)
                        .sum());

        received = received(course);
        scores.rival(TIME, course.rival().saveAndLoad().seconds());
        long moved = received(course) - received;
        unless(moved > course.stage().artefacts().base().size(), "the rival moved " + moved + " bytes only");
        scores.rival(RECEIVED, moved);
    }

    private static long received(Course course) throws Exception {
        long sum = 0;
        for (var node : course.nodes()) sum += Counters.read(node, "lan0").received();
        return sum;
    }
}
