package dev.strixhalo.image;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files of ours that every image gets: what lies in this package's resource folder {@code rootfs}, in the jar or, in
 * development, in a folder. Permissions come from the place, since a jar keeps none: 755 for programs, which are those below
 * {@code /opt/strixhalo/bin} and {@link #COMPARISON}, 644 elsewhere.
 */
final class Rootfs implements AutoCloseable {
    static final String PURPOSE = "rootfs";
    /** The one directory of the image that is ours alone. */
    static final LayerItem.Directory HOME = new LayerItem.Directory("/opt/strixhalo", 0755, 0, 0);

    /** Where the setup guide has its comparison of the ways between the nodes (section 5.3). */
    private static final String COMPARISON = "/opt/compare_eth_vs_rdma.sh";

    private final Path root;
    private final @Nullable FileSystem jar;

    private Rootfs(Path root, @Nullable FileSystem jar) {
        this.root = root;
        this.jar = jar;
    }

    static Rootfs open() throws IOException {
        try {
            var code = Path.of(Rootfs.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            var inside = Rootfs.class.getPackageName().replace('.', '/') + "/rootfs";
            if (Files.isDirectory(code)) return new Rootfs(code.resolve(inside), null);
            // A file system of our own: the one that goes by the jar's URI is shared with other goals of a parallel
            // build.
            var jar = FileSystems.newFileSystem(code, (ClassLoader) null);
            return new Rootfs(jar.getPath("/" + inside), jar);
        } catch (URISyntaxException e) {
            throw new IOException("the place of this code is no path", e);
        }
    }

    LayerSource source() throws IOException {
        var copies = new ArrayList<LayerSource.Copy>();
        copies.add(new LayerSource.Folder(root.resolve("etc"), "/etc", 0644, 0755));
        copies.add(new LayerSource.File(root.resolve(COMPARISON.substring(1)), COMPARISON, 0755));
        for (var folder : children(root.resolve(HOME.path().substring(1)))) {
            var name = folder.getFileName().toString();
            copies.add(
                    new LayerSource.Folder(folder, HOME.path() + "/" + name, name.equals("bin") ? 0755 : 0644, 0755));
        }
        return new LayerSource(PURPOSE, copies);
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.exists(folder)) return List.of();
        try (var list = Files.list(folder)) {
            return list.sorted().toList();
        }
    }

    @Override
    public void close() throws IOException {
        if (jar != null) jar.close();
    }
}
