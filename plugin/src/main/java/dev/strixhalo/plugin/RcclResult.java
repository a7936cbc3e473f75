package dev.strixhalo.plugin;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.build.RcclBuild;
import dev.strixhalo.rccl.build.RcclPackage;
import java.io.IOException;
import java.nio.file.Path;

/** What build-rccl leaves in {@code target/strixhalo/rccl}, from wherever the library came. */
final class RcclResult {
    /** The folder in that of the records. */
    static final String FOLDER = "rccl";

    private final Path place;
    private final Path here;
    private final Progress progress;

    RcclResult(Path records, Path here, Progress progress) {
        this.place = records.resolve(FOLDER);
        this.here = here;
        this.progress = progress;
    }

    /** @return whether anything here is another than before */
    boolean take(RcclBuild.Outcome outcome) throws StrixhaloException {
        boolean there = outcome.contents().same(packed());
        if (!there) {
            empty();
            outcome.contents().copyTo(place);
        }
        tell(packed(), outcome.built() ? "built" : "unchanged");
        return !there;
    }

    void takeFile(Path file, String target) throws StrixhaloException {
        empty();
        tell(RcclPackage.ofFile(place, file, shown(file), target), "judged");
    }

    void takeArchive(Path archive, String name, String target) throws StrixhaloException {
        empty();
        tell(RcclPackage.ofArchive(place, archive, name, target), "judged");
    }

    RcclPackage packed() {
        return new RcclPackage(place);
    }

    private void tell(RcclPackage packed, String word) throws StrixhaloException {
        progress.line(word, packed.record().summary() + "  " + shown(packed.library()));
    }

    private void empty() throws StrixhaloException {
        try {
            Folders.remove(place);
        } catch (IOException e) {
            throw Problem.of("What an earlier run left cannot be replaced.")
                    .found(e)
                    .fix("make the folder writable: " + place)
                    .asException(e);
        }
    }

    private String shown(Path file) {
        return (file.startsWith(here) ? here.relativize(file) : file).toString();
    }
}
