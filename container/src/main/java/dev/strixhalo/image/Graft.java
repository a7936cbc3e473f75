package dev.strixhalo.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.store.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Grafts our layers onto a base: its configuration and its manifest as they are, unknown fields included, with ours added.
 *
 * <p>Two manifests come out, of one configuration and thus of one image ID:
 * <ul>
 *   <li>the <b>published</b> one names the base's layers as the base's own manifest does, so that a registry that has them
 *       is sent nothing; it keeps the base's family of media types;
 *   <li>the <b>deploy</b> one names the base's layers by diff ID as {@code …layer.v1.tar}, so that podman finds them
 *       whatever way the base came to the node. Tried with podman 4.3.1, overlay and vfs: for a base that came by {@code podman
 *       load}, from a gzip registry or from a zstd one, it asked for our configuration and our layer and for nothing of
 *       the base. The size in these descriptors is not looked at (0, 1, −1, 10¹² and the true one behaved the same), so it
 *       is 0: the true one is not known without reading the base, and the specification demands a number that is not
 *       negative. On a node without the base podman asks for the diff ID and gets a 404.
 * </ul>
 *
 * <p>{@code created} is the base's: a time of this build would give another image ID every time.
 */
final class Graft {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
    static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    private static final String EPOCH = "1970-01-01T00:00:00Z";

    private final BaseImage base;
    private final List<OwnLayer> layers;
    private final Recipe recipe;

    Graft(BaseImage base, List<OwnLayer> layers, Recipe recipe) {
        this.base = base;
        this.layers = List.copyOf(layers);
        this.recipe = recipe;
    }

    /** The configuration; its digest is the image ID. */
    byte[] config() {
        var config = base.config();
        var created = config.path("created").asText(EPOCH);
        if (!config.hasNonNull("created")) config.put("created", created);
        var inner = object(config, "config");
        var labels = object(inner, "Labels");
        labels().forEach(labels::put);
        var diffIds = (ArrayNode) config.path("rootfs").path("diff_ids");
        for (var layer : layers) diffIds.add(layer.diffId().value());
        // A base without history stays without: entries for our layers alone would be taken for the lowest ones.
        if (config.path("history") instanceof ArrayNode history && !history.isEmpty()) {
            for (var layer : layers) {
                history.addObject()
                        .put("created", created)
                        .put("created_by", "strixhalo:build-image layer " + layer.purpose())
                        .put("comment", "strixhalo-maven-plugin " + recipe.version());
            }
        }
        return bytes(config);
    }

    /** The manifest for registries and archives. */
    byte[] publishedManifest(byte[] config) {
        var manifest = base.manifestTree();
        boolean oci = base.manifest().mediaType().equals(Manifest.OCI);
        name((ObjectNode) manifest.path("config"), config);
        var all = (ArrayNode) manifest.path("layers");
        for (var layer : layers) {
            all.add(descriptor(oci ? OCI_LAYER + "+gzip" : DOCKER_LAYER + ".gzip", layer.digest(), layer.size()));
        }
        // Docker's schema 2 has no annotations; the labels say the same there.
        if (oci) {
            // Said of the base, not of what was made from it.
            manifest.remove("subject");
            annotate(manifest);
        }
        return bytes(manifest);
    }

    /** The manifest for nodes that have the base. */
    byte[] deployManifest(byte[] config) {
        var manifest = NODES.objectNode().put("schemaVersion", 2).put("mediaType", Manifest.OCI);
        manifest.set("config", descriptor(Manifest.OCI_CONFIG, Digest.of(config), config.length));
        var all = manifest.putArray("layers");
        for (var diffId : base.diffIdsOfLayers()) all.add(descriptor(OCI_LAYER, diffId, 0));
        for (var layer : layers) all.add(descriptor(OCI_LAYER + "+gzip", layer.digest(), layer.size()));
        annotate(manifest);
        return bytes(manifest);
    }

    private void annotate(ObjectNode manifest) {
        var annotations = object(manifest, "annotations");
        labels().forEach(annotations::put);
        if (recipe.revision() != null) {
            annotations.put("org.opencontainers.image.revision", recipe.revision());
            annotations.put("dev.strixhalo.revision", recipe.revision());
        }
        recipe.annotations().forEach(annotations::put);
    }

    private Map<String, String> labels() {
        var labels = new TreeMap<String, String>();
        labels.put("org.opencontainers.image.title", recipe.name());
        labels.put("org.opencontainers.image.base.name", base.reference().text());
        labels.put("com.github.containers.toolbox", "true");
        labels.put("dev.strixhalo.base.reference", base.reference().text());
        labels.put("dev.strixhalo.base.imageId", base.imageId().value());
        labels.put("dev.strixhalo.version", recipe.version());
        if (base.digest() != null) {
            labels.put("org.opencontainers.image.base.digest", base.digest().value());
            labels.put("dev.strixhalo.base.digest", base.digest().value());
        }
        recipe.facts().forEach((name, value) -> labels.put("dev.strixhalo." + name, value));
        labels.putAll(recipe.labels());
        return labels;
    }

    private static void name(ObjectNode descriptor, byte[] config) {
        descriptor.put("digest", Digest.of(config).value()).put("size", config.length);
    }

    private static ObjectNode descriptor(String mediaType, Digest digest, long size) {
        return NODES.objectNode()
                .put("mediaType", mediaType)
                .put("digest", digest.value())
                .put("size", size);
    }

    /** The object under this key; made when it is missing or null, as docker writes it. */
    private static ObjectNode object(ObjectNode parent, String key) {
        if (parent.path(key) instanceof ObjectNode there) return there;
        return Objects.requireNonNull(parent.putObject(key));
    }

    private static byte[] bytes(ObjectNode tree) {
        return tree.toString().getBytes(StandardCharsets.UTF_8);
    }
}
