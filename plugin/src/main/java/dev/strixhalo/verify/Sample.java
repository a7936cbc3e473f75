package dev.strixhalo.verify;

import dev.strixhalo.host.Reading;
import org.jspecify.annotations.Nullable;

/**
 * One measurement in one direction.
 *
 * @param quantity what was measured
 * @param from     node that sent, or asked
 * @param to       node that received, or answered
 * @param tool     the program
 * @param place    {@code container} or {@code host}
 * @param unit     {@code ms}, {@code us} or {@code Gbit/s}
 * @param value    what was measured; null when nothing was
 * @param reason   why nothing was; empty when something was
 */
public record Sample(
        Quantity quantity,
        String from,
        String to,
        String tool,
        String place,
        String unit,
        @Nullable Double value,
        String reason) {
    static Sample of(Quantity quantity, Place from, Place to, Tool tool, String unit, Reading<Double> reading) {
        return new Sample(
                quantity, from.node(), to.node(), tool.program(), from.kind(), unit, reading.value(), reading.reason());
    }
}
