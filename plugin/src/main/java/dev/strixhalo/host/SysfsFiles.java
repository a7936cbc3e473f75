package dev.strixhalo.host;

import java.util.ArrayList;
import java.util.List;

/** Reads what {@code grep -sH} prints of small files: {@code /path/of/it:its text}, a line each. */
final class SysfsFiles {
    private SysfsFiles() {}

    /**
     * A line of a file.
     *
     * @param path of the file
     * @param text of the line
     */
    record Entry(String path, String text) {
        /** A folder or the file in the path, counted from its end; 0 is the file itself. */
        String fromEnd(int index) {
            var parts = path.split("/");
            return index < parts.length ? parts[parts.length - 1 - index] : "";
        }

        /** Its text as a number of 0 or more; -1 when it is none. */
        long number() {
            return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
        }
    }

    static List<Entry> parse(List<String> lines) {
        var entries = new ArrayList<Entry>();
        for (var line : lines) {
            if (!line.startsWith("/sys/")) continue;
            // No path under /sys/class holds a colon, while the texts do: addresses, and "4: ACTIVE".
            int colon = line.indexOf(':');
            if (colon > 0)
                entries.add(new Entry(
                        line.substring(0, colon), line.substring(colon + 1).strip()));
        }
        return List.copyOf(entries);
    }
}
