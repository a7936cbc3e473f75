package dev.strixhalo.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.PodmanFlags;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The container of a cluster on a node, as podman tells it now; an empty {@code target/} does not matter.
 *
 * @param name     podman's name of it
 * @param imageId  {@code sha256:…}
 * @param running  whether its main process is alive
 * @param outOfMemory whether the kernel killed it for want of memory
 * @param exitCode of the main process when it is not; 137 is signal 9
 * @param ended    when that was; null while it runs
 */
public record NodeContainer(
        String name,
        String imageId,
        boolean running,
        boolean outOfMemory,
        int exitCode,
        @Nullable Instant ended) {
    /** The one that runs, else the one that ended last; nothing when the cluster was never deployed there. */
    public static Optional<NodeContainer> current(NodeConnection connection, String cluster) throws StrixhaloException {
        // "list" and "inspect" in one round trip; with no container inspect is not called.
        var script = """
                ids=$(podman ps --all --quiet --no-trunc --filter "label=$1") || exit
                [ -z "$ids" ] || podman inspect --type container $ids
                """;
        var result = connection
                .run(RemoteCommand.script(script, PodmanFlags.CLUSTER_LABEL + "=" + cluster))
                .orFail();
        return parse(result.text());
    }

    static Optional<NodeContainer> parse(String json) throws StrixhaloException {
        if (json.isBlank()) return Optional.empty();
        try {
            var found = new ArrayList<NodeContainer>();
            for (JsonNode each : RecordFile.json().readTree(json)) {
                var state = each.path("State");
                // Made by a deploy that never came to start it.
                if (state.path("Status").asText().equals("created")
                        || state.path("Status").asText().equals("configured")) continue;
                boolean running = state.path("Running").asBoolean();
                var image = each.path("Image").asText();
                found.add(new NodeContainer(
                        each.path("Name").asText(),
                        image.startsWith("sha256:") ? image : "sha256:" + image,
                        running,
                        state.path("OOMKilled").asBoolean(),
                        state.path("ExitCode").asInt(),
                        running ? null : instant(state.path("FinishedAt").asText())));
            }
            return found.stream()
                    .max(Comparator.comparing(NodeContainer::running)
                            .thenComparing(c -> c.ended == null ? Instant.MAX : c.ended));
        } catch (JsonProcessingException e) {
            throw Problem.of("'podman inspect' printed no JSON.")
                    .found(e.getOriginalMessage())
                    .fix("try it there by hand")
                    .asException(e);
        }
    }

    private static @Nullable Instant instant(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            // A podman that writes it another way: the moment is for display only.
            return null;
        }
    }

    /** {@code signal 9} for 137, {@code out of memory}, else {@code exit code N}. */
    public String how() {
        if (outOfMemory) return "out of memory";
        return exitCode > 128 ? "signal " + (exitCode - 128) : "exit code " + exitCode;
    }
}
