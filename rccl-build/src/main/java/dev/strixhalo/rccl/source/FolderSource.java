package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A folder of the user's, as it is; it is read only.
 *
 * @param folder that holds {@code CMakeLists.txt}
 */
public record FolderSource(Path folder) implements Source {
    @Override
    public String text() {
        return folder.toString();
    }

    @Override
    public Tree bring(Path cache, Progress progress) throws StrixhaloException {
        if (!Files.isDirectory(folder)) {
            throw Problem.of("The folder with RCCL's sources does not exist.")
                    .found("<folder>" + folder + "</folder>")
                    .fix("the folder that holds RCCL's CMakeLists.txt")
                    .asException();
        }
        return new Tree(folder, "files:" + hash(folder), "", "");
    }

    /** Over paths, kinds, executable bits and contents; git's own folder and time stamps do not count. */
    private static String hash(Path folder) throws StrixhaloException {
        var digest = Digests.sha256();
        try {
            for (var file : Folders.files(folder, path -> path.startsWith(".git"))) {
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) continue;
                var path = folder.relativize(file).toString();
                if (Files.isSymbolicLink(file)) {
                    add(digest, "l " + path + "\0" + Files.readSymbolicLink(file) + "\0");
                } else {
                    add(digest, (Files.isExecutable(file) ? "x " : "f ") + path + "\0" + Files.size(file) + "\0");
                    Digests.update(digest, file);
                }
            }
        } catch (IOException e) {
            throw Problem.of("The folder with RCCL's sources cannot be read.")
                    .found(e)
                    .fix("make all of " + folder + " readable")
                    .asException(e);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
    }
}
