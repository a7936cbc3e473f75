package dev.strixhalo.serve;

import dev.strixhalo.base.RecordFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a launch left running, {@code target/strixhalo/launch.json}; no secret is in it.
 *
 * @param launch         its id, also the name of its folder of logs on the nodes
 * @param cluster        name of the cluster
 * @param model          that is served; null when only Ray was wanted
 * @param executor       by which executor
 * @param tensorParallel over how many ranks
 * @param endpoint       address of the API, for a program on the head; null when only Ray was wanted
 * @param bind           the address that it listens on
 * @param keyed          whether it asks for a key
 * @param nodes          who takes part, the head first
 * @param ready          when the answer was complete
 * @param seconds        from the beginning of the launch until then
 * @param answer         the completion that proved it; null when only Ray was wanted
 * @param proof          how the ranks were seen to speak to each other; null when only Ray was wanted
 */
public record LaunchRecord(
        String launch,
        String cluster,
        @Nullable String model,
        String executor,
        int tensorParallel,
        @Nullable String endpoint,
        @Nullable String bind,
        boolean keyed,
        List<Participant> nodes,
        Instant ready,
        double seconds,
        @Nullable Completion answer,
        @Nullable LaunchProof proof) {
    /**
     * A node that takes part.
     *
     * @param name            of the node
     * @param host            as the user wrote it
     * @param container       that the parts run in
     * @param imageId         of that container
     * @param fabricInterface by which it reaches the others
     */
    public record Participant(String name, String host, String container, String imageId, String fabricInterface) {}

    /** The record of the last launch. */
    public static RecordFile<LaunchRecord> file(Path records) {
        return new RecordFile<>(records.resolve("launch.json"), "strixhalo.launch", 2, LaunchRecord.class, "launch");
    }
}
