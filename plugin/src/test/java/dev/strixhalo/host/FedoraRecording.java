package dev.strixhalo.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** What a program printed on somebody's Fedora; where each was published stands in dev/strixhalo/fedora/sources.txt. */
public final class FedoraRecording {
    private FedoraRecording() {}

    /** The whole of a recording, by the name of its file. */
    public static String text(String name) {
        try (var stream = FedoraRecording.class.getResourceAsStream("/dev/strixhalo/fedora/" + name)) {
            return new String(Objects.requireNonNull(stream, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
