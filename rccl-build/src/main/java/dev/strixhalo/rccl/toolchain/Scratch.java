package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Folders to work in: made for us alone, filled, emptied. Links are kept as links. */
final class Scratch {
    private Scratch() {}

    /**
     * A fresh folder that only its owner may enter; one of ours that was left behind is emptied first.
     *
     * @throws StrixhaloException when somebody else's lies there
     */
    static void fresh(Path folder) throws StrixhaloException {
        try {
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && ours(folder)) remove(folder);
            Files.createDirectory(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            throw Problem.of("Another user's folder lies where RCCL is to be compiled; the path is part of the result.")
                    .found(folder.toString())
                    .fix("wait until that build is over, or have its owner remove it: rm -rf " + folder)
                    .asException(e);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    private static boolean ours(Path folder) throws IOException {
        var probe = Files.createTempFile("strixhalo", ".owner");
        try {
            return Files.getOwner(probe).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
        } finally {
            Files.delete(probe);
        }
    }

    /** Copies what is in a folder into another one. */
    static void copy(Path from, Path to) throws StrixhaloException {
        try {
            Folders.copy(from, to, path -> false);
        } catch (IOException e) {
            throw unwritable(to, e);
        }
    }

    static void remove(Path folder) throws StrixhaloException {
        try {
            Folders.remove(folder);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    static StrixhaloException unwritable(Path folder, Exception e) {
        return Problem.of("The folder in which RCCL is compiled cannot be written.")
                .found(folder + ": " + e.getMessage())
                .fix("make room (a reduced set needs 600 MB, a full one 2 GB) and the folder writable")
                .asException(e);
    }
}
