package dev.strixhalo.deploy;

import dev.strixhalo.remote.RemoteCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Our shell scripts; they lie beside this class in the jar. */
enum Script {
    BACK("taking the switch back"),
    CREATE("making the container"),
    LOCK("holding the cluster's lock"),
    PREPARE("making the folders of the volumes"),
    PULL("pulling through this machine"),
    PULL_THERE("pulling from where the image comes from"),
    RECORD("writing the record"),
    REMOVE("removing"),
    START("starting the container"),
    TIDY("tidying up");

    private final String title;

    Script(String title) {
        this.title = title;
    }

    /** The script's text. */
    String text() {
        var file = name().toLowerCase(Locale.ROOT).replace('_', '-') + ".sh";
        try (InputStream stream = Script.class.getResourceAsStream(file)) {
            if (stream == null) throw new IllegalStateException(file + " is not in the jar");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(file + " in the jar", e);
        }
    }

    /** The script as a command that reads something of its own on standard input. */
    RemoteCommand reading(String stdin, String... parameters) {
        var argv = new ArrayList<>(List.of("sh", "-c", text(), "strixhalo"));
        argv.addAll(List.of(parameters));
        return RemoteCommand.of(argv).stdin(stdin).called(title);
    }

    /** The script as a command, itself on standard input. */
    RemoteCommand command(String... parameters) {
        return RemoteCommand.script(text(), parameters).called(title);
    }
}
