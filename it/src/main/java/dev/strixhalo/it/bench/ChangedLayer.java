package dev.strixhalo.it.bench;

import dev.strixhalo.it.stage.ImageRecord;

/** Of an image of 3 GB one layer of 1 MB has changed, and both nodes shall have it. */
final class ChangedLayer implements Contest {
    private static final Race PULL =
            new Race("1 MB layer: pull", RivalPodman.SAVE_AND_LOAD, Unit.SECONDS, Aim.timesLess(20));
    private static final Race PULL_OR_SCP = new Race(PULL.what(), RivalPodman.SCP, Unit.SECONDS, Aim.none());
    private static final Race WHOLE =
            new Race("1 MB layer: whole deploy", RivalPodman.SAVE_AND_LOAD, Unit.SECONDS, Aim.none());
    private static final Race WHOLE_OR_SCP = new Race(WHOLE.what(), RivalPodman.SCP, Unit.SECONDS, Aim.none());

    @Override
    public String name() {
        return "layer";
    }

    @Override
    public void prepare(Course course) throws Exception {
        course.deployed();
        course.rival();
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        course.changeLayer();
        course.maven("prepare-build-image", "strixhalo:build-image");
        var image = ImageRecord.of(course.stage().project());
        course.onNone(image);
        var deploy = course.maven("layer-ours", "strixhalo:deploy");
        course.runsOnBoth(image);
        // The deploy's own clock: from the first pull's start until every node has confirmed the image ID.
        double pull = Said.seconds(deploy.result(), "image");

        // The rival gets another change of the same size; the nodes have all but that layer, as ours had them.
        course.changeLayer();
        var other = course.rival().take();
        course.onNone(other);
        double load = course.rival().saveAndLoad().seconds();
        course.onBoth(other);
        course.forget(other);
        double scp = course.rival().imageScp().seconds();
        course.onBoth(other);
        course.forget(other);

        scores.ours(PULL, pull);
        scores.rival(PULL, load);
        scores.ours(PULL_OR_SCP, pull);
        scores.rival(PULL_OR_SCP, scp);
        scores.ours(WHOLE, deploy.seconds());
        scores.rival(WHOLE, load);
        scores.ours(WHOLE_OR_SCP, deploy.seconds());
        scores.rival(WHOLE_OR_SCP, scp);
    }
}
