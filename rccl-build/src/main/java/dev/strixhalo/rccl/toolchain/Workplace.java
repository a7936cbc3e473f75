package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A folder where a toolchain works; gone, with all that runs in it, when it is closed. */
public interface Workplace extends AutoCloseable {
    /** Where all of them lie, as scripts see it; before the key. */
    String ROOT = "/var/tmp/strixhalo-rccl-";

    /**
     * The variable by which a script asks for ccache. Whatever its value was, a script gets the folder in which ccache may keep
     * things for the next build.
     */
    String CCACHE = "STRIXHALO_CCACHE";

    /** The folder as scripts see it. */
    String folder();

    /**
     * Runs {@code sh} in the folder. The script and all that it starts end when its time is over, when the waiting thread is
     * interrupted, and when this process ends, in whatever way.
     *
     * @param script      below the folder, with its arguments
     * @param environment variables for it, besides those of the place
     * @param lines       takes what it says on both streams, as it comes, from two threads
     * @return its exit status
     * @throws StrixhaloException when its time is over, or it cannot be run at all
     */
    int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
            throws StrixhaloException;

    /**
     * Brings back what a script made.
     *
     * @param name of a folder in the folder
     * @param to   does not exist yet
     */
    void fetch(String name, Path to) throws StrixhaloException;

    @Override
    void close() throws StrixhaloException;
}
