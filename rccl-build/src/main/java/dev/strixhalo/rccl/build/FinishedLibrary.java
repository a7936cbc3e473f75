package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.LocalFiles;
import dev.strixhalo.rccl.elf.MalformedFileException;
import dev.strixhalo.rccl.library.Inspection;
import dev.strixhalo.rccl.library.Verdict;
import dev.strixhalo.rccl.library.Wanted;
import java.io.IOException;
import java.nio.file.Path;

/** A library file that is to be judged, whoever made it. */
public final class FinishedLibrary {
    private FinishedLibrary() {}

    /**
     * Looks into a file and judges it.
     *
     * @param sha256 whether its checksum is wanted, too
     * @throws StrixhaloException when it cannot be read, or is damaged or no ELF file
     */
    public static Verdict judge(Path file, Wanted wanted, boolean sha256) throws StrixhaloException {
        var files = new LocalFiles();
        try {
            var seen = Inspection.of(files, file.toString(), Inspection::isNccl, target -> true);
            return Verdict.of(sha256 ? seen.withSha256(files) : seen, wanted);
        } catch (IOException e) {
            throw Problem.of("The library cannot be read.")
                    .found(e)
                    .fix("name a file that is there: " + file)
                    .asException(e);
        } catch (MalformedFileException e) {
            throw Problem.of("The library is damaged, or no library at all.")
                    .found(file + ": " + e.getMessage())
                    .fix(
                            "name the file librccl.so.1.0 itself; a link with the text of its target (from a zip file) is none")
                    .asException(e);
        }
    }

    /** A verdict as a failure, when it is one. */
    public static void demandFit(Verdict verdict) throws StrixhaloException {
        if (!verdict.fit()) throw new StrixhaloException(verdict.problems(), null, null);
    }
}
