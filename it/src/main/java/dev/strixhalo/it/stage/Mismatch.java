package dev.strixhalo.it.stage;

import dev.strixhalo.base.Program;
import java.util.ArrayList;
import java.util.List;

/** What was seen is not what must be; with all that a program said. */
public final class Mismatch extends Exception {
    private static final long serialVersionUID = 1L;

    public Mismatch(String what) {
        super(what);
    }

    /** Demands something of the world. */
    public static void unless(boolean holds, String what) throws Mismatch {
        if (!holds) throw new Mismatch(what);
    }

    /** Demands that a program said all of this somewhere in its output. */
    public static void unlessSaid(Program.Result result, String... all) throws Mismatch {
        for (var words : all) if (!said(result).contains(words)) throw of("it never said '" + words + "'", result);
    }

    /** Demands that a program ended well. */
    public static Program.Result unlessGood(Program.Result result) throws Mismatch {
        if (!result.succeeded()) throw of("exit code " + result.exitCode(), result);
        return result;
    }

    /** Everything that a program said. */
    public static String said(Program.Result result) {
        return result.text() + "\n" + String.join("\n", result.err());
    }

    public static Mismatch of(String what, Program.Result result) {
        var lines = new ArrayList<>(List.of(what, "$ " + String.join(" ", result.argv())));
        lines.addAll(result.out());
        lines.addAll(result.err());
        return new Mismatch(String.join("\n", lines));
    }
}
