package dev.strixhalo.registry;

import dev.strixhalo.registry.RegistryContent.Manifest;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** A small true image, byte by byte: a layer per file, a configuration, a manifest. */
final class HandMadeImage {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String GZIPPED = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";

    private record Layer(byte[] tar, byte[] gzipped) {}

    private final List<Layer> layers = new ArrayList<>();

    /** With another layer that holds this one file. */
    HandMadeImage layer(String path, byte[] content) throws IOException {
        var tar = tar(path, content);
        var gzipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(gzipped)) {
            gzip.write(tar);
        }
        layers.add(new Layer(tar, gzipped.toByteArray()));
        return this;
    }

    Digest diffId(int layer) {
        return Digest.of(layers.get(layer).tar);
    }

    Digest gzippedLayer(int layer) {
        return Digest.of(layers.get(layer).gzipped);
    }

    byte[] configuration() {
        var ids = layers.stream().map(l -> '"' + Digest.of(l.tar).value() + '"').toList();
        return bytes(
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":["
                        + String.join(",", ids) + "]}}");
    }

    /** Digest of the configuration: the identity of the image on a node. */
    Digest imageId() {
        return Digest.of(configuration());
    }

    /** @param known so many of the first layers are named by diff ID, for those who have them already */
    Manifest manifest(int known) {
        var descriptors = new ArrayList<String>();
        for (int i = 0; i < layers.size(); i++) {
            var layer = layers.get(i);
            descriptors.add(i < known ? descriptor(PLAIN, layer.tar) : descriptor(GZIPPED, layer.gzipped));
        }
        return new Manifest(
                MANIFEST,
                bytes("{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                        .formatted(
                                MANIFEST,
                                descriptor("application/vnd.oci.image.config.v1+json", configuration()),
                                String.join(",", descriptors))));
    }

    /** What a registry serves of it; the layers that the puller knows are not served. */
    RegistryContent served(String repository, ContentStore store, int known) throws Exception {
        var manifest = manifest(known);
        var content = RegistryContent.of(repository)
                .with(manifest)
                .withTag("latest", manifest.digest())
                .withBlob(store, store.put(configuration()));
        for (var layer : layers.subList(known, layers.size())) {
            content = content.withBlob(store, store.put(layer.gzipped));
        }
        return content;
    }

    static String descriptor(String mediaType, byte[] content) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                .formatted(mediaType, Digest.of(content), content.length);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One regular file in the ustar format (POSIX.1-1988). */
    private static byte[] tar(String path, byte[] content) {
        var header = new byte[512];
        put(header, 0, path);
        put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
        put(header, 124, "%011o\0%011o\0".formatted(content.length, 1));
        put(header, 148, "        0");
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) sum += b & 0xff;
        put(header, 148, "%06o\0 ".formatted(sum));
        var tar = new ByteArrayOutputStream();
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512 + 1024]);
        return tar.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
