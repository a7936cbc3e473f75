package dev.strixhalo.it.stage;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.StrixhaloException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;

/** Says how every step went and how long it took, and counts. */
public final class Report {
    private final PrintStream out;
    private final Set<String> broken = new LinkedHashSet<>();
    private int passed;
    private int failed;
    private int leftOut;

    public Report(PrintStream out) {
        this.out = out;
    }

    /** Something that must be true; whatever it throws is a failure. */
    public interface Step {
        void run() throws Exception;
    }

    /** The end of a chapter whose step failed; the report has said so already. */
    public static final class ChapterBroken extends Exception {
        private static final long serialVersionUID = 1L;

        ChapterBroken(String step) {
            super(step, null, false, false);
        }
    }

    /** What a chapter does. */
    public interface Part {
        void play() throws ChapterBroken;
    }

    /** Plays a chapter, unless one that it needs is broken; the first of its steps that fails ends it. */
    public void chapter(String name, Set<String> needs, Part part) {
        var missing = needs.stream().filter(broken::contains).toList();
        if (!missing.isEmpty()) {
            out.println(name + ": left out, since '" + missing.get(0) + "' is broken");
            broken.add(name);
            leftOut++;
            return;
        }
        out.println(name);
        try {
            part.play();
        } catch (ChapterBroken e) {
            broken.add(name);
        }
    }

    /** Runs a step that the rest of its chapter builds on. */
    public void step(String sentence, Step step) throws ChapterBroken {
        if (!aside(sentence, step)) throw new ChapterBroken(sentence);
    }

    /** Runs a step that makes something for the rest of its chapter. */
    public <T> T make(String sentence, Callable<T> maker) throws ChapterBroken {
        var made = new AtomicReference<T>();
        step(sentence, () -> made.set(maker.call()));
        return Objects.requireNonNull(made.get(), "a step that made nothing");
    }

    /** Runs a step that nothing builds on. */
    public boolean aside(String sentence, Step step) {
        long start = System.nanoTime();
        Exception failure = null;
        try {
            step.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = e;
        } catch (Exception e) {
            failure = e;
        } catch (AssertionError e) {
            failure = new IllegalStateException(e.getMessage(), e);
        }
        var time = Amount.time(Duration.ofNanos(System.nanoTime() - start));
        out.printf("  %-4s  %-100s %8s%n", failure == null ? "ok" : "FAIL", sentence, time);
        if (failure == null) {
            passed++;
            return true;
        }
        failed++;
        told(failure).lines().forEach(line -> out.println("        | " + line));
        out.flush();
        return false;
    }

    /** The last line; says whether all went well. */
    public boolean close(Duration total) {
        var more = leftOut == 0 ? "" : ", %d chapters left out".formatted(leftOut);
        out.printf("%d passed, %d failed%s in %s%n", passed, failed, more, Amount.time(total));
        return failed == 0 && leftOut == 0 && passed > 0;
    }

    private static String told(Exception failure) {
        if (failure instanceof Mismatch mismatch) return String.valueOf(mismatch.getMessage());
        if (failure instanceof StrixhaloException expected) {
            var text = new StringBuilder();
            for (var problem : expected.problems()) {
                text.append(problem.sentence()).append('\n');
                problem.found()
                        .forEach(line -> text.append("  found  ").append(line).append('\n'));
                problem.fixes()
                        .forEach(line -> text.append("  fix    ").append(line).append('\n'));
            }
            return text.toString();
        }
        var trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
