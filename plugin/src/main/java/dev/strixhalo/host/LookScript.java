package dev.strixhalo.host;

import dev.strixhalo.remote.RemoteCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The pieces of shell that look at a node, joined into the one script that a look sends. */
public final class LookScript {
    private LookScript() {}

    /**
     * A look of another room's own, by the same questions and answers.
     *
     * @param probeTime  that each probe has
     * @param text       of the script, which follows {@code probe.sh}; what waits for something far away is gathered at its end
     * @param parameters of the script
     */
    public static RemoteCommand asking(Duration probeTime, String text, List<String> parameters) {
        var words = new ArrayList<>(List.of(String.valueOf(probeTime.toSeconds())));
        words.addAll(parameters);
        return RemoteCommand.script(whole("", text), words.toArray(String[]::new));
    }

    /**
     * A look that asks what these pieces ask.
     *
     * @param probeTime  that each probe has
     * @param pieces     names of resources, in the order in which they take their parameters
     * @param parameters of the pieces, in order
     * @param devices    paths to try
     */
    static RemoteCommand command(
            Duration probeTime, List<String> pieces, List<String> parameters, List<String> devices) {
        var programs = quoted("devices.sh") + (pieces.contains("neighbours.sh") ? quoted("reach.py") : "");
        var text = pieces.stream().map(LookScript::piece).collect(Collectors.joining());
        var words = new ArrayList<>(List.of(String.valueOf(probeTime.toSeconds())));
        words.addAll(parameters);
        words.addAll(devices);
        return RemoteCommand.script(whole(programs, text), words.toArray(String[]::new));
    }

    /** All answers leave the node by one pipe, at whose end they become JSON. */
    private static String whole(String programs, String text) {
        return piece("probe.sh") + programs + "look() {\n" + text + "gather\n}\nlook \"$@\" | answers\n";
    }

    /** A function that prints a program, for those who give it to another shell: {@code reach.py} by {@code reach_py}. */
    private static String quoted(String name) {
        return "%s() {\ncat <<'@@%s'\n%s@@%s\n}\n".formatted(name.replace('.', '_'), name, piece(name), name);
    }

    private static String piece(String name) {
        try (InputStream stream = LookScript.class.getResourceAsStream(name)) {
            if (stream == null) throw new IllegalStateException(name + " is not in the jar");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " in the jar", e);
        }
    }
}
