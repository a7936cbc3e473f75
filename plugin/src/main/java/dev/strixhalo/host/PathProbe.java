package dev.strixhalo.host;

import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What came of pings that may not be taken to pieces, as long as the interface allows.
 *
 * @param sent     packets
 * @param received answers
 * @param said     ping's own words where it had some on the size, such as {@code message too long, mtu=1500}; may be empty
 */
public record PathProbe(int sent, int received, String said) {
    private static final Pattern COUNTS =
            Pattern.compile("(\\d{1,6}) packets transmitted, (\\d{1,6}) (?:packets )?received.*");

    static Reading<PathProbe> parse(LookOutput.Answer answer) {
        var said = Stream.concat(answer.errors().stream(), answer.lines().stream())
                .filter(line -> line.contains("mtu") || line.contains("too long") || line.contains("Unreachable"))
                .findFirst()
                .orElse("");
        for (var line : answer.lines()) {
            var match = COUNTS.matcher(line.strip());
            if (match.matches()) {
                return Reading.of(
                        new PathProbe(Integer.parseInt(match.group(1)), Integer.parseInt(match.group(2)), said));
            }
        }
        var words = answer.errors().isEmpty() ? answer.text() : answer.errors().get(0);
        return Reading.absent("'ping' counted nothing: " + (words.isEmpty() ? "it said nothing" : words));
    }
}
