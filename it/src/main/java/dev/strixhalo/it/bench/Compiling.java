package dev.strixhalo.it.bench;

import dev.strixhalo.it.rccl.TwoWays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * RCCL out of its tarball and a patch, by build-rccl and by hand; all of Maven, the look at the sources and at what came out,
 * and the package count for ours. And a build-rccl that has nothing to do.
 */
final class Compiling implements Contest {
    private static final Race COMPILE =
            new Race("rccl: compiled", "cmake, ninja typed", Unit.SECONDS, Aim.atMostTimes(1.03));
    private static final Race UNCHANGED =
            new Race("rccl: unchanged, with Maven", "mvn validate", Unit.SECONDS, Aim.atMost(2));

    private @Nullable TwoWays ways;

    @Override
    public String name() {
        return "rccl";
    }

    @Override
    public void prepare(Course course) throws Exception {
        // Whatever way the benchmark ends, the machine goes with this process.
        ways = TwoWays.open(course.places(), course.work("rccl"));
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        var both = Objects.requireNonNull(ways, "prepared");
        // Who comes second may find something warm: they take turns.
        boolean oursFirst = number % 2 == 1;
        double ours = oursFirst ? compiled(course, both) : Double.NaN;
        double theirs = course.run("rccl-by-hand", both.byHand()).seconds();
        if (!oursFirst) ours = compiled(course, both);
        both.sameLibrary();
        double unchanged = course.run("rccl-unchanged", both.build()).seconds();
        double nothing = course.run("rccl-maven-alone", both.nothing()).seconds();

        scores.ours(COMPILE, ours);
        scores.rival(COMPILE, theirs);
        scores.ours(UNCHANGED, unchanged);
        scores.rival(UNCHANGED, nothing);
    }

    private static double compiled(Course course, TwoWays both) throws Exception {
        return course.run("rccl-by-goal", both.goal()).seconds();
    }
}
