package dev.strixhalo.store;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;

/** A blob of the store whose bytes no longer fit its digest, found while it was read; it has been removed. */
public final class DamagedBlobException extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    DamagedBlobException(Digest digest, String found, String removal) {
        this(Problem.of("A blob of the content store is damaged: its bytes no longer fit its digest.")
                .found(digest + ": " + found)
                .found(removal)
                .fix("run mvn strixhalo:build-image again: it makes what is missing anew")
                .fix("if it comes again, check the disk: journalctl -k -p err; smartctl -H <device>"));
    }

    private DamagedBlobException(Problem problem) {
        super(problem.sentence() + " " + String.join("; ", problem.found()));
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }

    /** The same failure as one that the user can act on. */
    public StrixhaloException asStrixhaloException() {
        return problem.asException(this);
    }
}
