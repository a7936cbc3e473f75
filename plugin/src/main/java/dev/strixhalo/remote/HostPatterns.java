package dev.strixhalo.remote;

import java.util.List;
import java.util.Locale;

/** Patterns of ssh_config(5): {@code *} is anything, {@code ?} one character, a leading {@code !} takes away. */
final class HostPatterns {
    private HostPatterns() {}

    /** Like {@link #match}, for names that know no case: those of Match host and of settings, but not those of Host. */
    static boolean matchAnyCase(List<String> patterns, String name) {
        return match(
                patterns.stream()
                        .map(pattern -> pattern.toLowerCase(Locale.ROOT))
                        .toList(),
                name.toLowerCase(Locale.ROOT));
    }

    /** Whether one of the patterns fits and none with {@code !} does. */
    static boolean match(List<String> patterns, String name) {
        boolean matched = false;
        for (var pattern : patterns) {
            boolean negated = pattern.startsWith("!");
            if (!fits(pattern.substring(negated ? 1 : 0), name)) continue;
            if (negated) return false;
            matched = true;
        }
        return matched;
    }

    /** Greedy with one way back, so that no pattern takes more than quadratic time. */
    private static boolean fits(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int starAt = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                starAt = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++starAt;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') p++;
        return p == pattern.length();
    }
}
