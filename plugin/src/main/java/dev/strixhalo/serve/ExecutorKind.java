package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the ranks of a model find and drive each other. */
public enum ExecutorKind {
    /** Ray starts the ranks on all nodes; vLLM runs on the head. */
    RAY,
    /** vLLM's own multiprocessing: vLLM runs on every node, without an API on all but the head. */
    MP;

    /** The name as it stands in a pom. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ExecutorKind parse(String text, List<Problem> problems) {
        for (var kind : values()) {
            if (kind.text().equals(text.strip())) return kind;
        }
        problems.add(Problem.of("<executor> is '%s', which is no executor.".formatted(text))
                .fix("one of: "
                        + Arrays.stream(values()).map(ExecutorKind::text).collect(Collectors.joining(", "))));
        return RAY;
    }
}
