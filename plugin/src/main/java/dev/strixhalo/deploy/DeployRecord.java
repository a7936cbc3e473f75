package dev.strixhalo.deploy;

import dev.strixhalo.base.RecordFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a deploy did: lies in {@code target/strixhalo/deploy.json} on this side, and in the state folder of every node.
 *
 * @param cluster  its name
 * @param imageId  {@code sha256:…}
 * @param settings digest of the container's settings
 * @param nodes    what runs on each
 * @param when     it was done
 * @param by       user and machine that did it
 * @param from     version of this plugin
 */
public record DeployRecord(
        String cluster, String imageId, String settings, List<Deployed> nodes, Instant when, String by, String from) {
    /**
     * One node's part.
     *
     * @param node      its name
     * @param host      as the pom has it
     * @param container that runs there
     * @param previous  container kept for going back; null when there is none
     */
    public record Deployed(
            String node,
            String host,
            String container,
            @Nullable String previous) {}

    public DeployRecord {
        nodes = List.copyOf(nodes);
    }

    /** The record on this side. */
    public static RecordFile<DeployRecord> file(Path records) {
        return new RecordFile<>(records.resolve("deploy.json"), "strixhalo.deploy", 1, DeployRecord.class, "deploy");
    }
}
