package dev.strixhalo.host;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Arguments that the kernel will get at the next boot: those of the boot loader's entries (grubby(8)) where they may be
 * read, else those of GRUB's defaults ({@code /etc/default/grub}, {@code grub.d} and {@code /etc/kernel/cmdline}).
 */
final class BootArguments {
    private static final Pattern ENTRY = Pattern.compile("args=\"(.*)\"");
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?:export\\s+)?(GRUB_CMDLINE_LINUX(?:_DEFAULT)?)(\\+?)=(.*)");
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{(\\w+)\\}|(\\w+))");

    private BootArguments() {}

    static Reading<List<String>> parse(LookOutput output) {
        var entries = output.reading("boot-entries", "grubby --info=ALL", BootArguments::entries);
        if (entries.value() != null) return entries;
        return output.whatever("boot-defaults", "the defaults of the boot loader", answer -> defaults(answer.lines()));
    }

    /** What every entry has: a kernel that may be booted without an argument counts as one that lacks it. */
    private static Reading<List<String>> entries(LookOutput.Answer answer) {
        List<String> common = null;
        for (var line : answer.lines()) {
            var match = ENTRY.matcher(line.strip());
            if (!match.matches()) continue;
            var words = words(match.group(1));
            if (common == null) common = new ArrayList<>(words);
            else common.retainAll(words);
        }
        return common == null ? Reading.absent("grubby told no arguments") : Reading.of(List.copyOf(common));
    }

    /** The files are shell: quotes, lines that go on after a backslash, and variables that are added to. */
    private static Reading<List<String>> defaults(List<String> lines) {
        var values = new HashMap<String, String>();
        var plain = new ArrayList<String>();
        for (var line : joined(lines)) {
            var match = ASSIGNMENT.matcher(line);
            if (match.matches()) {
                var value = expanded(unquoted(match.group(3).strip()), values);
                var before = match.group(2).isEmpty() ? "" : values.getOrDefault(match.group(1), "");
                values.put(match.group(1), before + value);
            } else if (line.matches("[^=\"'$(){};]*root=\\S+ .*")) {
                // /etc/kernel/cmdline is one bare line.
                plain.addAll(words(line));
            }
        }
        if (values.isEmpty() && plain.isEmpty()) {
            return Reading.absent("no arguments stand in /etc/default/grub or /etc/kernel/cmdline");
        }
        values.values().forEach(value -> plain.addAll(words(value)));
        return Reading.of(List.copyOf(plain));
    }

    private static List<String> joined(List<String> lines) {
        var whole = new ArrayList<String>();
        var open = new StringBuilder();
        for (var line : lines) {
            if (open.isEmpty() && line.strip().startsWith("#")) continue;
            boolean goesOn = line.endsWith("\\");
            open.append(goesOn ? line.substring(0, line.length() - 1) : line);
            if (goesOn) continue;
            whole.add(open.toString().strip());
            open.setLength(0);
        }
        if (!open.isEmpty()) whole.add(open.toString().strip());
        return whole;
    }

    private static String unquoted(String text) {
        if (text.isEmpty()) return text;
        char quote = text.charAt(0);
        if (quote != '"' && quote != '\'') {
            var end = text.split("\\s", 2)[0];
            return end.replace("\\", "");
        }
        int end = text.indexOf(quote, 1);
        // Not closed: what stands there is what a reader sees.
        return end < 0 ? text.substring(1) : text.substring(1, end);
    }

    private static String expanded(String text, Map<String, String> values) {
        return VARIABLE.matcher(text).replaceAll(found -> {
            var name = found.group(1) != null ? found.group(1) : found.group(2);
            return Matcher.quoteReplacement(values.getOrDefault(name, ""));
        });
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }
}
