package dev.strixhalo.prepare;

import dev.strixhalo.host.LookOutput;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connection profile of NetworkManager, by {@code nmcli -t connection show}: one {@code setting.property:value} a line,
 * colons and backslashes of a value with a backslash before them.
 *
 * @param uuid   its id
 * @param file   that it is kept in; empty when nmcli does not tell
 * @param fields all properties that were asked for
 */
record NmProfile(String uuid, String file, Map<String, String> fields) {
    NmProfile {
        fields = Map.copyOf(fields);
    }

    static NmProfile parse(String uuid, String file, LookOutput.Answer answer) {
        var fields = new HashMap<String, String>();
        for (var line : answer.lines()) {
            int colon = line.indexOf(':');
            if (colon > 0) fields.put(line.substring(0, colon), unescaped(line.substring(colon + 1)));
        }
        return new NmProfile(uuid, file, fields);
    }

    String get(String field) {
        return fields.getOrDefault(field, "");
    }

    /** Its name for people. */
    String name() {
        return get("connection.id");
    }

    /** The interface that it is bound to; empty when it is for any. */
    String device() {
        return get("connection.interface-name");
    }

    int priority() {
        var text = get("connection.autoconnect-priority");
        return text.matches("-?\\d{1,4}") ? Integer.parseInt(text) : 0;
    }

    /** Fields of a line of {@code nmcli -t}, without their backslashes. */
    static List<String> split(String line) {
        var fields = new ArrayList<String>();
        int from = 0;
        for (int at = 0; at < line.length(); at++) {
            // What a backslash stands before is text, be it another backslash right before a separator.
            if (line.charAt(at) == '\\') at++;
            else if (line.charAt(at) == ':') {
                fields.add(unescaped(line.substring(from, at)));
                from = at + 1;
            }
        }
        fields.add(unescaped(line.substring(from)));
        return List.copyOf(fields);
    }

    private static String unescaped(String text) {
        return text.replaceAll("\\\\(.)", "$1");
    }
}
