package dev.strixhalo.base;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A failure that the user can act on: every problem that was found, not the first only, and the state that things are in
 * now. A bug is never one of these; it stays an unchecked exception with a stack trace.
 */
public final class StrixhaloException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final @Nullable String state;

    /**
     * @param problems at least one
     * @param state    what was and was not changed, one sentence; null when nothing could have been
     * @param cause    the failure beneath, shown with {@code -e} only
     */
    public StrixhaloException(Collection<Problem> problems, @Nullable String state, @Nullable Throwable cause) {
        super(problems.stream().map(Problem::sentence).collect(Collectors.joining(" ")), cause);
        if (problems.isEmpty()) throw new IllegalArgumentException("a failure without a problem");
        this.problems = List.copyOf(problems);
        this.state = state;
    }

    public List<Problem> problems() {
        return problems;
    }

    /** What state things are in after the failure, if anyone has said so. */
    public @Nullable String state() {
        return state;
    }

    /** The same failure, told of this node where a problem names none yet. */
    public StrixhaloException on(String node) {
        var told = problems.stream().map(p -> p.node() == null ? p.on(node) : p).toList();
        return new StrixhaloException(told, state, this);
    }

    /** The same failure with a word on the state that things were left in. */
    public StrixhaloException leaving(String newState) {
        return new StrixhaloException(problems, newState, this);
    }

    /** Many failures as one, for work that went on side by side. */
    public static StrixhaloException all(List<StrixhaloException> failures) {
        if (failures.size() == 1) return failures.get(0);
        var problems = new ArrayList<Problem>();
        failures.forEach(f -> problems.addAll(f.problems()));
        var state = failures.stream()
                .map(StrixhaloException::state)
                .filter(s -> s != null)
                .distinct()
                .collect(Collectors.joining(" "));
        var one = new StrixhaloException(problems, state.isEmpty() ? null : state, failures.get(0));
        failures.subList(1, failures.size()).forEach(one::addSuppressed);
        return one;
    }
}
