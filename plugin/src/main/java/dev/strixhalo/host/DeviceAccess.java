package dev.strixhalo.host;

import java.util.List;

/**
 * Whether the node's user can open a device, or the devices in a folder.
 *
 * @param path   as it was asked for
 * @param state  what was seen
 * @param detail the first device that is closed to the user with its mode and owner; else empty
 */
public record DeviceAccess(String path, State state, String detail) {
    /** What was seen at the path. */
    public enum State {
        /** It can be read and written. */
        OPEN,
        /** It is there, and closed to this user. */
        DENIED,
        /** There is nothing of that name. */
        MISSING,
        /** A folder without devices. */
        EMPTY
    }

    static List<DeviceAccess> parse(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.isBlank())
                .map(line -> {
                    var parts = line.split(" ", 3);
                    var state = switch (parts[1]) {
                        case "ok" -> State.OPEN;
                        case "missing" -> State.MISSING;
                        case "empty" -> State.EMPTY;
                        default -> State.DENIED;
                    };
                    return new DeviceAccess(parts[0], state, parts.length == 3 ? parts[2] : "");
                })
                .toList();
    }
}
