package dev.strixhalo.prepare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
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
            var key = argument.substring(0, equals);
            var value = argument.substring(equals + 1);
            var same = present.stream().filter(p -> p.startsWith(key + "=")).toList();
            if (same.isEmpty()) {
                added.add(argument);
            } else if (LISTS.contains(key)) {
                boolean there = same.stream()
                        .anyMatch(p -> List.of(p.substring(key.length() + 1).split(","))
                                .contains(value));
                var last = same.get(same.size() - 1);
                if (!there) replaced.put(last, last + "," + value);
            } else if (!same.get(same.size() - 1).equals(argument)) {
                // Of two the kernel takes the last.
                replaced.put(same.get(same.size() - 1), argument);
            }
        }
        return new Arguments(replaced, added);
    }

    boolean none() {
        return replaced.isEmpty() && added.isEmpty();
    }
}
