package dev.strixhalo.deploy;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.run.PodmanFlags;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every node is to run.
 *
 * @param cluster    name of the cluster
 * @param imageId    {@code sha256:…}
 * @param settings   digest of the container's settings
 * @param baseLayers diff IDs of the base, from the lowest up
 */
record Target(String cluster, String imageId, String settings, List<String> baseLayers) {
    Target {
        if (!imageId.matches("sha256:[0-9a-f]{64}")) throw new IllegalArgumentException(imageId);
        baseLayers = List.copyOf(baseLayers);
    }

    /** The image ID as people read it, seven digits. */
    String shortId() {
        return imageId.substring("sha256:".length(), "sha256:".length() + 7);
    }

    String plainName() {
        return cluster + "-" + shortId();
    }

    /** The name that the nodes keep the image under. */
    String imageName() {
        return "localhost/strixhalo/" + cluster + ":" + shortId();
    }

    Map<String, String> labels(Node node) {
        return new TreeMap<>(Map.of(
                PodmanFlags.CLUSTER_LABEL, cluster,
                PodmanFlags.NODE_LABEL, node.name(),
                PodmanFlags.IMAGE_LABEL, imageId,
                PodmanFlags.SETTINGS_LABEL, settings));
    }

    /** Whether a container with these labels is the one that this node is to run. */
    boolean matches(Map<String, String> labels, Node node) {
        return labels(node).entrySet().stream().allMatch(e -> e.getValue().equals(labels.get(e.getKey())));
    }
}
