package dev.strixhalo.run;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.regex.Pattern;

/**
 * A folder of the host that the container sees.
 *
 * @param host      absolute, or below the home of the node's user when it starts with {@code ~/}
 * @param container absolute path in the container
 * @param options   podman's words after the second colon, for example {@code ro}; may be empty
 */
public record Volume(String host, String container, String options) {
    private static final Pattern OPTIONS = Pattern.compile("[a-zA-Z0-9,=_-]*");

    public Volume {
        if (!(host.startsWith("/") || host.startsWith("~/"))) throw new IllegalArgumentException(host);
        if (!container.startsWith("/")) throw new IllegalArgumentException(container);
    }

    /**
     * Reads {@code host:container[:options]}.
     *
     * @throws StrixhaloException when a path is not absolute (or {@code ~/…} on the host's side) or a part is missing
     */
    public static Volume parse(String text) throws StrixhaloException {
        var parts = text.strip().split(":", -1);
        if (parts.length == 2 || parts.length == 3) {
            var options = parts.length == 3 ? parts[2] : "";
            boolean hostFits = parts[0].startsWith("/") || parts[0].startsWith("~/");
            boolean plain = (parts[0] + parts[1]).chars().noneMatch(Character::isISOControl);
            if (hostFits
                    && plain
                    && parts[1].startsWith("/")
                    && OPTIONS.matcher(options).matches()) {
                return new Volume(parts[0], parts[1], options);
            }
        }
        throw Problem.of("<volume> is '%s', which is no volume.".formatted(text))
                .fix("a folder of the node, a colon and an absolute path in the container, for example"
                        + " <volume>~/models:/models:ro</volume>")
                .asException();
    }

    /** This volume as podman takes it, on a node whose user has this home. */
    String rendered(String home) {
        return hostPath(home) + ":" + container + (options.isEmpty() ? "" : ":" + options);
    }

    /** The folder on a node whose user has this home. */
    public String hostPath(String home) {
        return host.startsWith("~/") ? home + host.substring(1) : host;
    }
}
