package dev.strixhalo.prepare;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Our shell scripts; they lie beside this class in the jar. */
final class Script {
    private Script() {}

    /** The text of these files, one after the other. */
    static String text(String... files) {
        var text = new StringBuilder();
        for (var file : files) {
            try (InputStream stream = Script.class.getResourceAsStream(file)) {
                if (stream == null) throw new IllegalStateException(file + " is not in the jar");
                text.append(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new IllegalStateException(file + " in the jar", e);
            }
        }
        return text.toString();
    }
}
