package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.Recipe;
import org.jspecify.annotations.Nullable;

/** An element {@code <baseFolder>} of {@code <baseFolders>}, as Maven fills it: how a directory is in the base. */
public final class BaseFolderConfiguration {
    /** Its absolute path in the image, for example {@code /root}. */
    private @Nullable String path;

    /** Its permissions there, octal; 755 unless set. */
    private @Nullable String mode;

    /** Number of its owner there; 0 unless set. */
    private int user;

    /** Number of its group there; 0 unless set. */
    private int group;

    Recipe.Directory toDirectory() throws StrixhaloException {
        var text = mode == null || mode.isBlank() ? "755" : mode.strip();
        if (path == null || path.isBlank() || !text.matches("[0-7]{3,4}") || user < 0 || group < 0) {
            throw Problem.of("A <baseFolder> does not say which directory of the base it is, or how it is there.")
                    .found("<path>%s</path> <mode>%s</mode> <user>%d</user> <group>%d</group>"
                            .formatted(path == null ? "" : path, text, user, group))
                    .fix("<baseFolder><path>/root</path><mode>700</mode></baseFolder>")
                    .fix("podman run --rm IMAGE stat -c '%a %u %g' /root   shows mode, user and group")
                    .asException();
        }
        return new Recipe.Directory(path.strip(), Integer.parseInt(text, 8), user, group);
    }
}
