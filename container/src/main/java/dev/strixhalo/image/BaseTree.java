package dev.strixhalo.image;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is known of the directories and links of a base, which a layer must not damage.
 *
 * <p>Why it matters: podman unpacks each layer into a folder of its own and lays it over the others. An entry's parent
 * directories come into being there, named in the layer or not, and their mode and owner then hide the base's (overlay
 * driver, podman 4.3.1: a layer with nothing but {@code tmp/x} turned {@code /tmp} from 1777 into 755, and {@code bin/x}
 * replaced the link {@code /bin} by a directory; with vfs neither happened). So parents cannot be left out: they are written
 * with the mode and owner that the base gives them, and where those are not known the path is refused.
 *
 * <p>How it is known, without reading a base of 12 GB: the directories below are the same in every distribution (Filesystem
 * Hierarchy Standard 3.0, checked with Debian 12, Ubuntu 24.04 and Fedora 43); a docker archive can be looked into; and the
 * user may say it ({@code <baseFolders>}). {@code /bin}, {@code /lib} and {@code /lib64} are taken for the links into
 * {@code /usr} that they are since usrmerge; in a base where they are not, a file below {@code /usr} is found as well.
 */
public final class BaseTree {
    private static final String[] PLAIN = {
        "/",
        "/etc",
        "/etc/bash_completion.d",
        "/etc/ld.so.conf.d",
        "/etc/profile.d",
        "/etc/ssl",
        "/etc/ssl/certs",
        "/etc/security",
        "/etc/security/limits.d",
        "/etc/sysctl.d",
        "/home",
        "/media",
        "/mnt",
        "/opt",
        "/srv",
        "/usr",
        "/usr/bin",
        "/usr/include",
        "/usr/lib",
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib64",
        "/usr/libexec",
        "/usr/local",
        "/usr/local/bin",
        "/usr/local/etc",
        "/usr/local/include",
        "/usr/local/lib",
        "/usr/local/share",
        "/usr/share",
        "/usr/share/doc",
        "/usr/share/licenses",
        "/usr/src",
        "/var",
        "/var/cache",
        "/var/lib",
        "/var/log"
    };
    private static final Map<String, String> LINKS =
            Map.of("/bin", "/usr/bin", "/lib", "/usr/lib", "/lib64", "/usr/lib64");
    private static final Map<String, String> UNSURE = Map.of(
            "/sbin", "it is a link, to /usr/sbin or, in Fedora since 42, to /usr/bin: use /usr/bin",
            "/usr/sbin", "it is a directory in Debian and a link to /usr/bin in Fedora since 42: use /usr/bin",
            "/usr/local/sbin", "it is a link in Fedora since 42: use /usr/local/bin",
            "/var/run", "it is a link to /run, over which podman lays a file system of its own",
            "/var/lock", "it is a link to /run/lock, over which podman lays a file system of its own");
    private static final Set<String> COVERED = Set.of("/dev", "/proc", "/run", "/sys");

    /** What a path is in the base. */
    private sealed interface Known {}

    private record Plain(LayerItem.Directory directory) implements Known {}

    private record Link(String target) implements Known {}

    /** {@code complete}: what is not here is not in the base. */
    private final Map<String, Known> known;

    private final boolean complete;

    private BaseTree(Map<String, Known> known, boolean complete) {
        this.known = known;
        this.complete = complete;
    }

    /** What all distributions have in common. */
    static BaseTree standard() {
        var known = new TreeMap<String, Known>();
        for (var path : PLAIN) known.put(path, new Plain(new LayerItem.Directory(path, 0755, 0, 0)));
        for (var path : new String[] {"/tmp", "/var/tmp"}) {
            known.put(path, new Plain(new LayerItem.Directory(path, 01777, 0, 0)));
        }
        LINKS.forEach((path, target) -> known.put(path, new Link(target)));
        return new BaseTree(known, false);
    }

    /** Exactly this: what a look into the base found. */
    static BaseTree exact(Map<String, LayerItem> found) {
        var known = new TreeMap<String, Known>();
        known.put("/", new Plain(new LayerItem.Directory("/", 0755, 0, 0)));
        found.forEach((path, item) -> {
            if (item instanceof LayerItem.Directory directory) known.put(path, new Plain(directory));
            else if (item instanceof LayerItem.Symlink link) known.put(path, new Link(absolute(path, link.target())));
        });
        return new BaseTree(known, true);
    }

    /** With directories that the user vouches for; directories above them that nobody knows are taken for root's, 755. */
    BaseTree with(List<LayerItem.Directory> declared) {
        var more = new TreeMap<>(known);
        for (var directory : declared) {
            more.put(directory.path(), new Plain(directory));
            for (var up = parent(directory.path()); !more.containsKey(up); up = parent(up)) {
                more.put(up, new Plain(new LayerItem.Directory(up, 0755, 0, 0)));
            }
        }
        return new BaseTree(more, complete);
    }

    /** The directory as the base has it, if that is known. */
    Optional<LayerItem.Directory> directory(String path) {
        return known.get(path) instanceof Plain plain ? Optional.of(plain.directory()) : Optional.empty();
    }

    /**
     * Where a path leads once the links of the base above it are followed. The last element itself may be new.
     *
     * @throws StrixhaloException when it leads through something that nobody knows, or that no layer can put a file into
     */
    String resolve(String path) throws StrixhaloException {
        var at = "/";
        var rest = new ArrayList<>(elements(path));
        for (int links = 0; !rest.isEmpty(); ) {
            var next = at.equals("/") ? "/" + rest.remove(0) : at + "/" + rest.remove(0);
            var why = COVERED.contains(next)
                    ? "podman lays a file system of its own over it"
                    : complete ? null : UNSURE.get(next);
            if (why != null) {
                throw Problem.of("A layer cannot put anything into %s.".formatted(next))
                        .found("%s: %s".formatted(path, why))
                        .fix("choose another path in <layer>")
                        .asException();
            }
            if (known.get(next) instanceof Link link) {
                if (++links > 40) {
                    throw Problem.of("The links of the base go round in a circle.")
                            .found(path + " by way of " + next)
                            .fix("choose another path in <layer>")
                            .asException();
                }
                rest.addAll(0, elements(link.target()));
                at = "/";
                continue;
            }
            at = next;
        }
        return at;
    }

    /**
     * The directories above a resolved path as the base has them, the highest first.
     *
     * @throws StrixhaloException when one of them is not known
     */
    List<LayerItem.Directory> above(String path, List<String> ours) throws StrixhaloException {
        var all = new ArrayList<LayerItem.Directory>();
        for (var up = parent(path); !up.equals("/"); up = parent(up)) {
            if (ours.contains(up)) break;
            var there = directory(up);
            if (there.isPresent()) all.add(0, there.get());
            else if (complete) all.add(0, new LayerItem.Directory(up, 0755, 0, 0));
            else throw unknown(path, up);
        }
        return all;
    }

    private static StrixhaloException unknown(String path, String directory) {
        return Problem.of(
                        "Whether the base has %s, and with which mode and owner, is not known; a layer through it could damage it."
                                .formatted(directory))
                .found(path + " lies below it")
                .fix(
                        "<image><baseFolders><baseFolder><path>%s</path><mode>%s</mode></baseFolder></baseFolders></image>   says how it is"
                                .formatted(directory, directory.equals("/root") ? "700" : "755"))
                .fix("podman run --rm BASE stat -c '%a %u:%g %F' " + directory + "   shows it")
                .asException();
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }

    static List<String> elements(String path) {
        var elements = new ArrayList<String>();
        for (var element : path.split("/", -1)) {
            if (element.isEmpty() || element.equals(".")) continue;
            if (element.equals("..")) {
                if (!elements.isEmpty()) elements.remove(elements.size() - 1);
            } else {
                elements.add(element);
            }
        }
        return elements;
    }

    private static String absolute(String link, String target) {
        var whole = target.startsWith("/") ? target : parent(link) + "/" + target;
        return "/" + String.join("/", elements(whole));
    }
}
