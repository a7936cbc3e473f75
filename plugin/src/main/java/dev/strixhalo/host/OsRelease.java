package dev.strixhalo.host;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The distribution of a node, by os-release(5).
 *
 * @param id      {@code fedora}, {@code debian}, {@code ubuntu} …
 * @param like    distributions that it is made from; may be empty
 * @param version {@code 43}, {@code 24.04}; empty where there are no releases, as in Debian sid
 * @param title   for people
 */
public record OsRelease(String id, List<String> like, String version, String title) {
    private static final Pattern LINE = Pattern.compile("([A-Z_]+)=(?:\"(.*)\"|'(.*)'|(.*))");

    public OsRelease {
        like = List.copyOf(like);
    }

    /** Whether packages come by dpkg and apt. */
    public boolean debianLike() {
        return id.equals("debian") || id.equals("ubuntu") || like.contains("debian") || like.contains("ubuntu");
    }

    /** For a narrow column: {@code fedora 43}. */
    public String brief() {
        return (id + " " + version).strip();
    }

    static Reading<OsRelease> parse(LookOutput.Answer answer) {
        String id = "";
        String like = "";
        String version = "";
        String title = "";
        for (var line : answer.lines()) {
            var match = LINE.matcher(line.strip());
            if (!match.matches()) continue;
            var quoted = match.group(2) != null ? match.group(2) : match.group(3);
            var value = quoted != null ? quoted : match.group(4);
            switch (match.group(1)) {
                case "ID" -> id = value;
                case "ID_LIKE" -> like = value;
                case "VERSION_ID" -> version = value;
                case "PRETTY_NAME" -> title = value;
                default -> {}
            }
        }
        if (id.isEmpty()) return Reading.absent("/etc/os-release names no ID");
        return Reading.of(new OsRelease(id, List.of(like.split(" ")), version, title.isEmpty() ? id : title));
    }
}
