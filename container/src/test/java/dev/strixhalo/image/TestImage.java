package dev.strixhalo.image;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.store.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A small base image with everything that a careless layer would damage, as {@code docker save} writes it. */
final class TestImage {
    private final List<byte[]> layers = new ArrayList<>();
    private final byte[] config;

    /** A distribution of merged /usr with sticky /tmp, a closed /root and a user's home. */
    static TestImage distribution() throws IOException {
        return new TestImage(tar(
                directory("usr/", 0755, 0),
                directory("usr/bin/", 0755, 0),
                directory("usr/lib/", 0755, 0),
                directory("usr/lib64/", 0755, 0),
                link("bin", "usr/bin"),
                link("lib", "usr/lib"),
                link("lib64", "usr/lib64"),
                directory("tmp/", 01777, 0),
                directory("root/", 0700, 0),
                directory("opt/", 0755, 0),
                directory("etc/", 0755, 0),
                directory("home/", 0755, 0),
                directory("home/user/", 0750, 1000),
                file("usr/bin/hello", "hello\n".repeat(20_000), 0755)));
    }

    TestImage(byte[]... layers) {
        this.layers.addAll(List.of(layers));
        this.config = configuration();
    }

    Digest imageId() {
        return Digest.of(config);
    }

    byte[] config() {
        return config;
    }

    List<byte[]> layers() {
        return layers;
    }

    private byte[] configuration() {
        var root = RecordFile.json().createObjectNode();
        root.put("architecture", "amd64").put("os", "linux").put("created", "2026-01-02T03:04:05Z");
        var inner = root.putObject("config");
        inner.putArray("Env").add("PATH=/opt/venv/bin:/usr/bin").add("KEPT=yes");
        inner.putArray("Entrypoint").add("/usr/bin/hello");
        inner.putObject("Labels").put("of.the.base", "kept");
        root.put("x-unknown", "kept");
        var ids = root.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        var history = root.putArray("history");
        for (var layer : layers) {
            ids.add(Digest.of(layer).value());
            history.addObject().put("created_by", "the base");
        }
        history.addObject().put("created_by", "CMD").put("empty_layer", true);
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Writes a docker archive. */
    Path save(Path file) throws IOException {
        var names = new ArrayList<String>();
        try (var tar = open(Files.newOutputStream(file))) {
            for (int i = 0; i < layers.size(); i++) {
                names.add("layer" + i + "/layer.tar");
                put(tar, names.get(i), layers.get(i));
            }
            put(tar, imageId().hex() + ".json", config);
            var manifest = RecordFile.json()
                    .writeValueAsBytes(List.of(Map.of(
                            "Config", imageId().hex() + ".json", "RepoTags", List.of("test/base:1"), "Layers", names)));
            put(tar, "manifest.json", manifest);
        }
        return file;
    }

    record Entry(String name, byte type, int mode, int owner, String content) {}

    static Entry directory(String name, int mode, int owner) {
        return new Entry(name, TarConstants.LF_DIR, mode, owner, "");
    }

    static Entry link(String name, String target) {
        return new Entry(name, TarConstants.LF_SYMLINK, 0777, 0, target);
    }

    static Entry file(String name, String content, int mode) {
        return new Entry(name, TarConstants.LF_NORMAL, mode, 0, content);
    }

    static byte[] tar(Entry... entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = open(bytes)) {
            for (var e : entries) {
                var entry = new TarArchiveEntry(e.name(), e.type());
                entry.setModTime(0);
                entry.setMode(e.mode());
                entry.setIds(e.owner(), e.owner());
                var content = e.content().getBytes(StandardCharsets.UTF_8);
                if (e.type() == TarConstants.LF_SYMLINK) entry.setLinkName(e.content());
                else entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                if (e.type() == TarConstants.LF_NORMAL) tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static TarArchiveOutputStream open(OutputStream to) {
        var tar = new TarArchiveOutputStream(to);
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        return tar;
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }
}
