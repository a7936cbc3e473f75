package dev.strixhalo.host;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the files of the node's SSH server say, where plain users may read them ({@code sshd -T} is root's).
 *
 * @param settings keywords in small letters with the first value that is given outside of any Match; sshd_config(5)
 */
public record Sshd(Map<String, String> settings) {
    public Sshd {
        settings = Map.copyOf(settings);
    }

    /** The value of a keyword; nothing where the default holds. */
    public Optional<String> value(String keyword) {
        return Optional.ofNullable(settings.get(keyword.toLowerCase(Locale.ROOT)));
    }

    static Reading<Sshd> parse(LookOutput output) {
        return output.whatever("sshd", "the files of sshd", answer -> {
            for (var error : answer.errors()) {
                if (error.contains("Permission denied")) {
                    return Reading.absent("root alone may read the settings of sshd there");
                }
            }
            var settings = new HashMap<String, String>();
            boolean conditional = false;
            String file = "";
            for (var line : answer.lines()) {
                int colon = line.indexOf(':');
                if (colon < 0) continue;
                if (!line.substring(0, colon).equals(file)) {
                    file = line.substring(0, colon);
                    conditional = false;
                }
                var words = line.substring(colon + 1).strip().split("[\\s=]+", 2);
                if (words.length < 2) continue;
                var keyword = words[0].toLowerCase(Locale.ROOT);
                if (keyword.equals("match")) conditional = !words[1].strip().equalsIgnoreCase("all");
                else if (!conditional) settings.putIfAbsent(keyword, words[1].strip());
            }
            return settings.isEmpty()
                    ? Reading.absent("no settings of sshd are there to be read")
                    : Reading.of(new Sshd(settings));
        });
    }
}
