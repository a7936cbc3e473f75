package dev.strixhalo.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The manifest of one image: which configuration and which layers it is made of.
 *
 * @param mediaType OCI's or docker's
 * @param config    its configuration; the digest is the image ID
 * @param layers    the base's first
 */
public record Manifest(String mediaType, Descriptor config, List<Descriptor> layers) {
    static final String OCI = "application/vnd.oci.image.manifest.v1+json";
    static final String DOCKER = "application/vnd.docker.distribution.manifest.v2+json";
    static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
    static final String DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";

    public Manifest {
        layers = List.copyOf(layers);
    }

    /**
     * Reads a manifest of one image.
     *
     * @param bytes as a registry or the store gave them
     * @param whose for messages
     * @throws StrixhaloException when it is none, or one of docker's schema 1
     */
    public static Manifest parse(byte[] bytes, String whose) throws StrixhaloException {
        return of(tree(bytes, whose), whose);
    }

    static Manifest of(ObjectNode tree, String whose) throws StrixhaloException {
        var mediaType = mediaType(tree);
        if (!mediaType.equals(OCI) && !mediaType.equals(DOCKER)) {
            throw Problem.of("The manifest of %s is of a kind that is not supported.".formatted(whose))
                    .found("schemaVersion %s, mediaType %s"
                            .formatted(tree.path("schemaVersion").asText("none"), mediaType))
                    .fix("push the image again with a current podman, buildah or docker: they write schema 2 or OCI")
                    .asException();
        }
        var layers = new ArrayList<Descriptor>();
        for (var layer : tree.path("layers")) layers.add(descriptor(layer, whose));
        return new Manifest(mediaType, descriptor(tree.path("config"), whose), layers);
    }

    /** An OCI manifest may leave its media type out (specification 1.0); what it holds tells then. */
    static String mediaType(JsonNode tree) {
        var said = tree.path("mediaType").asText("");
        if (!said.isEmpty() || tree.path("schemaVersion").asInt() != 2) return said.isEmpty() ? "none" : said;
        return tree.has("manifests") ? OCI_INDEX : OCI;
    }

    static ObjectNode tree(byte[] bytes, String whose) throws StrixhaloException {
        try {
            if (RecordFile.json().readTree(bytes) instanceof ObjectNode object) return object;
            throw damaged(whose, "it is no JSON object", null);
        } catch (JsonProcessingException e) {
            throw damaged(whose, e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new AssertionError("bytes in memory can be read", e);
        }
    }

    static Descriptor descriptor(JsonNode node, String whose) throws StrixhaloException {
        var digest = node.path("digest").asText("");
        if (digest.isEmpty()) throw damaged(whose, "a blob without a digest: " + node, null);
        return new Descriptor(
                node.path("mediaType").asText(""),
                Digest.parse(digest),
                node.path("size").asLong());
    }

    /** Bytes of all layers together, as they travel. */
    public long layersSize() {
        return layers.stream().mapToLong(Descriptor::size).sum();
    }

    private static StrixhaloException damaged(
            String whose, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        var problem = Problem.of("The manifest or the configuration of %s cannot be understood.".formatted(whose))
                .found(why)
                .fix("look at it: skopeo inspect --raw");
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
