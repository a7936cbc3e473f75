package dev.strixhalo.it.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * An OCI image layout on disk that holds one image under the tag {@code latest}.
 *
 * @param path         the folder with {@code index.json}
 * @param digest       of the manifest
 * @param imageId      digest of the configuration
 * @param layers       the lowest first
 */
public record OciLayout(Path path, String digest, String imageId, List<Layer> layers) {
    public OciLayout {
        layers = List.copyOf(layers);
    }

    /**
     * A layer as the manifest tells it.
     *
     * @param digest of the compressed blob
     * @param size   of the compressed blob in bytes
     */
    public record Layer(String digest, long size) {}

    /** Reads a layout; its blobs are not checked. */
    public static OciLayout read(Path path) throws StrixhaloException {
        var json = new ObjectMapper();
        try {
            var index = json.readTree(path.resolve("index.json").toFile());
            var digest = text(index.at("/manifests/0/digest"), "digest of the manifest");
            var manifest = json.readTree(blob(path, digest).toFile());
            var layers = new ArrayList<Layer>();
            for (var layer : manifest.path("layers")) {
                layers.add(new Layer(
                        text(layer.path("digest"), "digest of a layer"),
                        layer.path("size").asLong()));
            }
            return new OciLayout(path, digest, text(manifest.at("/config/digest"), "image ID"), layers);
        } catch (IOException e) {
            throw Problem.of("There is no readable OCI image layout in " + path + ".")
                    .found(e.toString())
                    .fix("delete it; the bed makes it again")
                    .asException(e);
        }
    }

    /** Bytes of all layers, compressed. */
    public long size() {
        return layers.stream().mapToLong(Layer::size).sum();
    }

    /** The name under which skopeo and podman find the image: {@code oci:/path:latest}. */
    public String reference() {
        return "oci:" + path + ":latest";
    }

    private static Path blob(Path path, String digest) {
        return path.resolve("blobs").resolve(digest.replace(':', '/'));
    }

    private static String text(JsonNode node, String what) throws IOException {
        if (!node.isTextual()) throw new IOException("no " + what);
        return node.asText();
    }
}
