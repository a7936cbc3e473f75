package dev.strixhalo.host;

import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A fact that may not be known.
 *
 * @param value  what was read; null when nothing was
 * @param reason why there is no value, a part of a sentence; empty when there is one
 */
public record Reading<T>(@Nullable T value, String reason) {
    public Reading {
        if ((value == null) == reason.isBlank()) throw new IllegalArgumentException("a value or a reason, not both");
    }

    public static <T> Reading<T> of(T value) {
        return new Reading<>(value, "");
    }

    /** @param reason a part of a sentence, such as {@code 'ethtool' is not installed} */
    public static <T> Reading<T> absent(String reason) {
        return new Reading<>(null, reason);
    }

    public Optional<T> find() {
        return Optional.ofNullable(value);
    }

    /** What follows from the value; the reason stays where there is none. */
    public <R> Reading<R> map(Function<T, R> change) {
        return value == null ? absent(reason) : of(change.apply(value));
    }

    /** What follows from the value, or from the reason why there is none. */
    public <R> R fold(Function<T, R> known, Function<String, R> unknown) {
        return value == null ? unknown.apply(reason) : known.apply(value);
    }
}
