package dev.strixhalo.it.bench;

import dev.strixhalo.it.stage.ImageRecord;

/** The nodes have nothing: base and all have to come. */
final class FirstDeploy implements Contest {
    private static final Race BYTES =
            new Race("empty nodes: pull", RivalPodman.SAVE_AND_LOAD, Unit.SECONDS, Aim.none());
    private static final Race WHOLE =
            new Race("empty nodes: whole deploy", RivalPodman.SAVE_AND_LOAD, Unit.SECONDS, Aim.none());

    @Override
    public String name() {
        return "first";
    }

    @Override
    public void prepare(Course course) throws Exception {
        course.deployed();
        course.rival().take();
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        var image = ImageRecord.of(course.stage().project());
        course.emptyNodes();
        var deploy = course.maven("first-ours", "strixhalo:deploy");
        course.runsOnBoth(image);

        course.emptyNodes();
        double load = course.rival().saveAndLoad().seconds();
        course.onBoth(image);

        scores.ours(BYTES, Said.seconds(deploy.result(), "base") + Said.seconds(deploy.result(), "image"));
        scores.rival(BYTES, load);
        scores.ours(WHOLE, deploy.seconds());
        scores.rival(WHOLE, load);
    }
}
