package dev.strixhalo.prepare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What has to become of arguments of a kernel so that the wanted ones are among them.
 *
 * @param replaced arguments that take the place of others
 * @param added    new ones
 */
record Arguments(Map<String, String> replaced, List<String> added) {
    /** Keys whose value is a list with commas, all of which hold (kernel-parameters.txt). */
    private static final Set<String> LISTS = Set.of("pci");

    /** A wanted argument that is missing replaces one of the same key, joins its list, or is added. */
    static Arguments missing(List<String> present, List<String> wanted) {
        var replaced = new LinkedHashMap<String, String>();
        var added = new ArrayList<String>();
        // Whoever wrote this meant iommu=pt; the kernel passes over it (kernel-parameters.txt).
        if (wanted.contains("iommu=pt") && present.contains("amd_iommu=pt")) {
            replaced.put("amd_iommu=pt", present.contains("iommu=pt") ? "" : "iommu=pt");
        }
        for (var argument : wanted) {
            if (replaced.containsValue(argument)) continue;
            int equals = argument.indexOf('=');
            if (equals < 0) {
                if (!present.contains(argument)) added.add(argument);
                continue;
            }
            var key = key(argument);
            var value = argument.substring(equals + 1);
            var same = present.stream().filter(p -> p.startsWith(key + "=")).toList();
            if (same.isEmpty()) {
                added.add(argument);
            } else if (LISTS.contains(key)) {
                boolean there = same.stream().anyMatch(p -> values(p).contains(value));
                var last = same.get(same.size() - 1);
                if (!there) replaced.put(last, last + "," + value);
            } else if (!same.get(same.size() - 1).equals(argument)) {
                // Of two the kernel takes the last.
                replaced.put(same.get(same.size() - 1), argument);
            }
        }
        return new Arguments(replaced, added);
    }

    /** Whether this argument's value is a list, all of which holds. */
    static boolean list(String argument) {
        return LISTS.contains(key(argument));
    }

    static boolean sameKey(String one, String other) {
        return key(one).equals(key(other));
    }

    /** One argument with all that the present ones of this list have, and the wanted one's value. */
    static String merged(List<String> present, String wanted) {
        var values = new LinkedHashSet<String>();
        for (var argument : present) {
            if (argument.startsWith(key(wanted) + "=")) values.addAll(values(argument));
        }
        values.addAll(values(wanted));
        return key(wanted) + "=" + String.join(",", values);
    }

    private static String key(String argument) {
        return argument.split("=", 2)[0];
    }

    private static List<String> values(String argument) {
        return List.of(argument.substring(argument.indexOf('=') + 1).split(","));
    }

    boolean none() {
        return replaced.isEmpty() && added.isEmpty();
    }
}
