package dev.strixhalo.doctor;

import java.util.Arrays;

/** Compares versions by their numbers from the left, as far as the wanted one goes. */
final class Versions {
    private Versions() {}

    /**
     * Whether a version is at least another.
     *
     * @param found  begins with its numbers, {@code 6.18.44-fc-v669}
     * @param wanted numbers with dots alone, {@code 6.18.4}
     */
    static boolean atLeast(String found, String wanted) {
        var mine = numbers(found);
        var least = numbers(wanted);
        for (int i = 0; i < least.length; i++) {
            long have = i < mine.length ? mine[i] : 0;
            if (have != least[i]) return have > least[i];
        }
        return true;
    }

    /** Whether a text begins with a number, so that it can be compared at all. */
    static boolean comparable(String text) {
        return !text.isEmpty() && Character.isDigit(text.charAt(0));
    }

    private static long[] numbers(String version) {
        return Arrays.stream(version.split("[^0-9]+"))
                .filter(part -> !part.isEmpty() && part.length() < 18)
                .mapToLong(Long::parseLong)
                .toArray();
    }
}
