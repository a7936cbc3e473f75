package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.LayerSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** An element {@code <layer>} of {@code <layers>}, as Maven fills it. */
public final class LayerConfiguration {
    /** How messages and the record call it; the last part of {@code <to>} unless set. */
    private @Nullable String name;

    /** The folder with the files, relative to the pom, for example {@code src/main/prompts}. */
    private @Nullable String from;

    /** Where it goes: an absolute path in the image, for example {@code /opt/prompts}. */
    private @Nullable String to;

    /** Permissions of the files, octal; {@code auto} (755 for what can be executed here, 644 for the rest) unless set. */
    private @Nullable String fileMode;

    /** Permissions of the directories that the layer brings, octal; 755 unless set. Those of the base stay as they are. */
    private @Nullable String directoryMode;

    LayerSource toSource(Path folder) throws StrixhaloException {
        if (from == null || from.isBlank() || to == null || to.isBlank()) {
            throw Problem.of("A <layer> does not say which folder goes where.")
                    .found("<from>%s</from> <to>%s</to>".formatted(or(from, ""), or(to, "")))
                    .fix("<layer><from>src/main/prompts</from><to>/opt/prompts</to></layer>")
                    .asException();
        }
        var path = to.strip();
        return LayerSource.folder(
                or(
                        name,
                        path.substring(path.lastIndexOf('/', path.length() - 2) + 1)
                                .replace("/", "")),
                folder.resolve(from.strip()),
                path,
                or(fileMode, "auto"),
                or(directoryMode, "auto"));
    }

    private static String or(@Nullable String value, String otherwise) {
        return value == null || value.isBlank() ? otherwise : value.strip();
    }
}
