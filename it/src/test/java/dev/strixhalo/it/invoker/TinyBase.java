package dev.strixhalo.it.invoker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A base image of one layer with one file, as {@code docker save} writes it. */
final class TinyBase {
    private TinyBase() {}

    static void write(Path archive) throws IOException {
        var layer = tar("etc/os-release", "ID=tiny\n".getBytes(StandardCharsets.UTF_8));
        var config = """
                {"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sh"]},\
                "rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"tiny"}]}""".formatted(sha256(layer)).getBytes(StandardCharsets.UTF_8);
        var name = sha256(config) + ".json";
        var manifest = "[{\"Config\":\"%s\",\"RepoTags\":[\"tiny:1\"],\"Layers\":[\"layer.tar\"]}]".formatted(name);
        Files.write(
                archive,
                tar(name, config, "layer.tar", layer, "manifest.json", manifest.getBytes(StandardCharsets.UTF_8)));
    }

    private static byte[] tar(Object... namesAndBytes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < namesAndBytes.length; i += 2) {
                var content = (byte[]) namesAndBytes[i + 1];
                var entry = new TarArchiveEntry((String) namesAndBytes[i]);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
