package dev.strixhalo.image;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a layer will hold, entry by entry: every path resolved through the links of the base, every directory above with
 * the mode and owner that it has there, links as links. The order is that of the paths, so that the same input gives the
 * same bytes whatever order a disk lists its files in.
 */
final class LayerPlan {
    private final String purpose;
    private final BaseTree base;
    private final TreeMap<String, LayerItem> items = new TreeMap<>();
    private final Map<String, Object> fileKeys = new HashMap<>();
    private final List<String> ours = new ArrayList<>();

    private LayerPlan(String purpose, BaseTree base) {
        this.purpose = purpose;
        this.base = base;
    }

    /**
     * @throws StrixhaloException when a source is missing, unreadable or of a kind that no layer can hold, a link leads out
     *     of its folder, two sources meet at one path, or a path could damage the base
     */
    static List<LayerItem> of(LayerSource source, BaseTree base) throws StrixhaloException {
        var plan = new LayerPlan(source.purpose(), base);
        for (var copy : source.copies()) {
            if (copy instanceof LayerSource.Folder folder) plan.folder(folder);
            else plan.file((LayerSource.File) copy);
        }
        return plan.settled();
    }

    private void file(LayerSource.File file) throws StrixhaloException {
        if (!Files.isRegularFile(file.from())) {
            throw Problem.of("A file of the layer '%s' is not there.".formatted(purpose))
                    .found(file.from() + " is missing or no file")
                    .fix("make it, or take it out of the pom")
                    .asException();
        }
        try {
            add(
                    base.resolve(file.to()),
                    file.from(),
                    file.fileMode(),
                    Files.readAttributes(file.from(), BasicFileAttributes.class));
        } catch (IOException e) {
            throw unreadable(file.from(), e);
        }
    }

    private void folder(LayerSource.Folder folder) throws StrixhaloException {
        if (!Files.isDirectory(folder.from())) {
            throw Problem.of("The folder of the layer '%s' is not there.".formatted(purpose))
                    .found(folder.from() + (Files.exists(folder.from()) ? " is a file" : " does not exist"))
                    .fix("make it, or correct <from> of this <layer>")
                    .asException();
        }
        int before = items.size();
        var target = base.resolve(folder.to());
        if (base.directory(target).isEmpty()) ours.add(target);
        List<Path> paths;
        try (var walk = Files.walk(folder.from())) {
            paths = walk.sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            throw unreadable(folder.from(), e);
        }
        for (var path : paths) item(folder, target, path);
        if (items.size() == before || items.values().stream().allMatch(LayerItem.Directory.class::isInstance)) {
            throw Problem.of("The folder of the layer '%s' is empty.".formatted(purpose))
                    .found(folder.from().toString())
                    .fix("put files into it, or take the layer out of the pom")
                    .asException();
        }
    }

    private void item(LayerSource.Folder folder, String target, Path path) throws StrixhaloException {
        var relative = folder.from()
                .relativize(path)
                .toString()
                .replace(path.getFileSystem().getSeparator(), "/");
        var wanted = relative.isEmpty() ? target : join(target, relative);
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isDirectory() || relative.isEmpty()) {
                directory(base.resolve(wanted), folder.directoryMode());
                return;
            }
            // Only what lies above is resolved: the entry itself is what the layer brings.
            var at = join(base.resolve(BaseTree.parent(wanted)), wanted.substring(wanted.lastIndexOf('/') + 1));
            if (attributes.isSymbolicLink()) link(folder, path, wanted, at);
            else if (attributes.isRegularFile()) add(at, path, folder.fileMode(), attributes);
            else {
                throw Problem.of("The layer '%s' holds something that is neither file, folder nor link."
                                .formatted(purpose))
                        .found(path + " is a socket, a pipe or a device")
                        .fix("take it out of the folder")
                        .asException();
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private void directory(String at, int mode) throws StrixhaloException {
        if (at.equals("/")) return;
        var there = base.directory(at);
        if (there.isPresent()) {
            put(there.get());
            return;
        }
        above(at);
        if (ours.contains(BaseTree.parent(at))) ours.add(at);
        // Neither ours nor known: refused like the parent of a file would be.
        else if (!ours.contains(at)) above(join(at, "x"));
        put(new LayerItem.Directory(at, mode, 0, 0));
    }

    private void add(String at, Path source, int mode, BasicFileAttributes attributes)
            throws StrixhaloException, IOException {
        above(at);
        if (base.directory(at).isPresent()) {
            throw Problem.of("A file of the layer '%s' would take the place of a directory of the base."
                            .formatted(purpose))
                    .found(source + " → " + at)
                    .fix("write the whole path with the file's name, or choose another")
                    .asException();
        }
        if (!Files.isReadable(source)) throw unreadable(source, null);
        int permissions = mode != LayerSource.AS_HERE ? mode : executable(source) ? 0755 : 0644;
        put(new LayerItem.Regular(at, source, attributes.size(), permissions));
        if (attributes.fileKey() != null
                && source.getFileSystem().supportedFileAttributeViews().contains("unix")
                && (int) Files.getAttribute(source, "unix:nlink") > 1) {
            fileKeys.put(at, attributes.fileKey());
        }
    }

    /** The jar that carries our own files knows no permissions; there the folder tells. */
    private static boolean executable(Path source) {
        return source.getFileSystem().supportedFileAttributeViews().contains("posix") && Files.isExecutable(source);
    }

    private void link(LayerSource.Folder folder, Path path, String wanted, String at)
            throws StrixhaloException, IOException {
        var target = Files.readSymbolicLink(path);
        var inside = path.resolveSibling(target).normalize();
        if (target.isAbsolute() || !inside.startsWith(folder.from().normalize())) {
            throw Problem.of("The layer '%s' has a link that leads out of its folder.".formatted(purpose))
                    .found(path + " → " + target)
                    .fix("put the file itself there: cp --remove-destination \"$(readlink -f '%s')\" '%s'"
                            .formatted(path, path))
                    .fix("make it a relative link to something in the folder")
                    .asException();
        }
        above(at);
        var text = target.toString();
        if (!BaseTree.parent(wanted).equals(BaseTree.parent(at))) {
            var leadsTo = folder.from().normalize().relativize(inside).toString();
            text = Path.of(BaseTree.parent(at))
                    .relativize(Path.of(base.resolve(join(base.resolve(folder.to()), leadsTo))))
                    .toString();
        }
        put(new LayerItem.Symlink(at, text));
    }

    private void above(String at) throws StrixhaloException {
        for (var directory : base.above(at, ours)) items.putIfAbsent(directory.path(), directory);
    }

    private void put(LayerItem item) throws StrixhaloException {
        var other = items.put(item.path(), item);
        if (other == null || (other instanceof LayerItem.Directory && item instanceof LayerItem.Directory)) return;
        throw Problem.of("Two things of the layer '%s' go to one path.".formatted(purpose))
                .found(item.path())
                .fix("give each a path of its own")
                .asException();
    }

    /** In order, second names of one file as hard links. */
    private List<LayerItem> settled() {
        var firsts = new HashMap<Object, LayerItem.Regular>();
        var settled = new ArrayList<LayerItem>();
        for (var item : items.values()) {
            var key = fileKeys.get(item.path());
            if (key == null || !(item instanceof LayerItem.Regular file)) {
                settled.add(item);
                continue;
            }
            var first = firsts.putIfAbsent(key, file);
            settled.add(first == null ? file : new LayerItem.HardLink(file.path(), first.path(), first.mode()));
        }
        return settled;
    }

    private static String join(String directory, String name) {
        return directory.equals("/") ? "/" + name : directory + "/" + name;
    }

    private StrixhaloException unreadable(Path path, @Nullable Throwable cause) {
        var problem = Problem.of("A part of the layer '%s' cannot be read.".formatted(purpose))
                .found(path + (cause == null ? ": permission denied" : ": " + UpstreamFailure.rootMessage(cause)))
                .fix("make it readable: chmod -R u+rX '" + path + "'");
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
