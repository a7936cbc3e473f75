package dev.strixhalo.doctor;

import dev.strixhalo.base.Problem;
import java.util.List;

/** Whether a node answers at all; the one check that is judged without facts. */
final class NodeChecks {
    private static final Check REACHABLE = Check.always(
            "reachable",
            Area.NODE,
            "Nothing can be done with a node that does not answer.",
            "CHECKS: SSH",
            "One session of SSH, or this machine itself, runs one script that only reads. When it cannot be run, all other "
                    + "checks of the node are skipped.",
            subject -> Judgement.ok("answered", "answers"));

    private NodeChecks() {}

    static List<Check> checks() {
        return List.of(REACHABLE);
    }

    /** What a check says of a node that did not answer. */
    static Finding unreached(Check check, String node, Problem why) {
        if (!check.equals(REACHABLE)) return check.finding(node, Judgement.skip("the node did not answer"));
        var found = why.found().isEmpty() ? why.what() : why.what() + " " + String.join(" ", why.found());
        var fixes = why.fixes().isEmpty()
                ? new String[] {"log in there by hand: ssh"}
                : why.fixes().toArray(String[]::new);
        return check.finding(node, Judgement.fail(found, "answers", fixes));
    }
}
