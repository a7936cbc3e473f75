package dev.strixhalo.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Our programs; they lie beside this class in the jar. */
enum Script {
    SERVER("server.sh"),
    CLIENT("client.sh"),
    TOOLS("tools.sh"),
    LEFTOVERS("leftovers.sh"),
    ALL_REDUCE("all_reduce.py");

    private final String file;

    Script(String file) {
        this.file = file;
    }

    String text() {
        try (InputStream stream = Script.class.getResourceAsStream(file)) {
            if (stream == null) throw new IllegalStateException(file + " is not in the jar");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(file + " in the jar", e);
        }
    }
}
