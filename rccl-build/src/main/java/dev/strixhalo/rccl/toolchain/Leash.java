package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The scripts of this room: what ends with whoever waits for it, what finds ROCm, what looks. */
public final class Leash {
    /** The name of the folder of scripts in a workplace. */
    public static final String SCRIPTS = "scripts";

    private static final List<String> ALL = List.of("leash.sh", "look.sh", "rocm.sh");
    /** The caller's own limit comes first; this one is for when the caller is gone. */
    private static final Duration LATER = Duration.ofSeconds(30);

    private Leash() {}

    /**
     * Puts the scripts where a workplace has them.
     *
     * @param input folder that becomes the workplace
     */
    public static void put(Path input) throws StrixhaloException {
        try {
            var scripts = Files.createDirectories(input.resolve(SCRIPTS));
            for (var name : ALL) Files.writeString(scripts.resolve(name), text(name));
        } catch (IOException e) {
            throw Scratch.unwritable(input, e);
        }
    }

    /** The command by which a workplace runs a script. */
    static List<String> command(String folder, Duration timeout, List<String> script) {
        var argv = new ArrayList<>(List.of(
                "sh",
                folder + "/" + SCRIPTS + "/leash.sh",
                String.valueOf(timeout.plus(LATER).toSeconds()),
                "sh"));
        argv.add(folder + "/" + script.get(0));
        argv.addAll(script.subList(1, script.size()));
        return argv;
    }

    private static String text(String name) {
        try (InputStream in = Objects.requireNonNull(Leash.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
