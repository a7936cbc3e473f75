package dev.strixhalo.host;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.run.Memlock;
import java.util.HashMap;
import java.util.regex.Pattern;

/**
 * Hard limits of a new login, by {@code /proc/self/limits}.
 *
 * @param memlock   locked memory
 * @param files     open files; {@link Long#MAX_VALUE} is no limit
 * @param processes of this user; {@link Long#MAX_VALUE} is no limit
 */
public record Limits(Memlock memlock, long files, long processes) {
    private static final Pattern LINE = Pattern.compile("(Max [a-z ]+?)\\s{2,}(\\S+)\\s+(unlimited|\\d{1,18})\\b.*");

    static Reading<Limits> parse(LookOutput.Answer answer) throws StrixhaloException {
        var hard = new HashMap<String, String>();
        for (var line : answer.lines()) {
            var match = LINE.matcher(line);
            if (match.matches()) hard.put(match.group(1), match.group(3));
        }
        var memlock = hard.get("Max locked memory");
        var files = hard.get("Max open files");
        var processes = hard.get("Max processes");
        if (memlock == null || files == null || processes == null) {
            return Reading.absent("/proc/self/limits is not as the kernel writes it");
        }
        return Reading.of(new Limits(Memlock.parse(memlock), number(files), number(processes)));
    }

    private static long number(String text) {
        return text.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(text);
    }
}
