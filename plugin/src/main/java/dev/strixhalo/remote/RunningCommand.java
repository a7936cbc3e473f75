package dev.strixhalo.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A command that was started: on a channel of an SSH session, or as a process of this machine. */
interface RunningCommand {
    InputStream out() throws IOException;

    InputStream err() throws IOException;

    OutputStream in() throws IOException;

    /** Whether nothing more will come of it, well or badly. */
    boolean over();

    /** Its exit code, 128 + n when signal n ended it; empty until it has ended, or for ever when the connection broke. */
    OptionalInt exitCode();

    /** Why no exit code will come, where that is known. */
    default Optional<String> cutOffBy() {
        return Optional.empty();
    }

    /**
     * Ends the command, if it is not over, and lets go of it.
     *
     * @param process that leads its group there, if it has said so yet
     */
    void end(OptionalLong process);
}
