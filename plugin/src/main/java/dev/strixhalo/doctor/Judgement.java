package dev.strixhalo.doctor;

import dev.strixhalo.host.Reading;
import java.util.List;
import java.util.function.Function;

/**
 * What a check thinks of the facts of one node.
 *
 * @param verdict the verdict
 * @param found   what was seen, short enough for a column; with {@code skip}, why nothing can be said
 * @param wanted  what it is measured by; empty with {@code skip}
 * @param fixes   what to do, each ready to paste or to follow; never empty with {@code fail}
 */
record Judgement(Verdict verdict, String found, String wanted, List<String> fixes) {
    /** Begins what was found where the node is set as wanted, and only a login or a reboot is missing. */
    static final String NOT_YET = "set, but not yet in force: ";

    Judgement {
        fixes = List.copyOf(fixes);
        if (found.isBlank()) throw new IllegalArgumentException("nothing found, not even that nothing is there");
        if (verdict == Verdict.FAIL && fixes.isEmpty()) throw new IllegalArgumentException("no way out of " + found);
    }

    static Judgement ok(String found, String wanted) {
        return new Judgement(Verdict.OK, found, wanted, List.of());
    }

    static Judgement warn(String found, String wanted, String... fixes) {
        return new Judgement(Verdict.WARN, found, wanted, List.of(fixes));
    }

    static Judgement fail(String found, String wanted, String... fixes) {
        return new Judgement(Verdict.FAIL, found, wanted, List.of(fixes));
    }

    static Judgement skip(String why) {
        return new Judgement(Verdict.SKIP, why, "", List.of());
    }

    /** Judges a fact that is known; skips one that is not, with the reason. */
    static <T> Judgement of(Reading<T> fact, Function<T, Judgement> judge) {
        return fact.fold(judge, Judgement::skip);
    }

    /** Ok or warn. */
    static Judgement okOrWarn(boolean fit, String found, String wanted, String... fixes) {
        return fit ? ok(found, wanted) : warn(found, wanted, fixes);
    }

    /** Ok or fail. */
    static Judgement okOrFail(boolean fit, String found, String wanted, String... fixes) {
        return fit ? ok(found, wanted) : fail(found, wanted, fixes);
    }
}
