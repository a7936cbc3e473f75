package dev.strixhalo.image;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an image is made of. The same recipe on the same base gives the same image ID on every machine.
 *
 * @param name        of the image, for example {@code strixhalo/vllm-therock-gfx1151}
 * @param base        what it stands on
 * @param layers      on top of ours, the lowest first
 * @param directories of the base that the user vouches for
 * @param labels      of the user; part of the configuration, so they change the image ID
 * @param annotations of the user; part of the manifest only
 * @param facts       what the caller knows of what it put in: labels below {@code dev.strixhalo.}, and part of the record
 * @param version     of this plugin
 * @param revision    of the sources that the user builds from, or null. An annotation and no label: a commit that changes
 *     no byte of the image must not make the nodes switch to another
 */
public record Recipe(
        String name,
        BaseReference base,
        List<LayerSource> layers,
        List<Directory> directories,
        Map<String, String> labels,
        Map<String, String> annotations,
        Map<String, String> facts,
        String version,
        @Nullable String revision) {
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*");
    /** Labels by which this plugin finds what was built from what. */
    private static final String RESERVED = "dev.strixhalo.";

    /**
     * A directory of the base as it is there.
     *
     * @param path  absolute
     * @param mode  permissions with the sticky and set-ID bits
     * @param user  number of its owner
     * @param group number of its group
     */
    public record Directory(String path, int mode, int user, int group) {}

    /** @throws IllegalArgumentException when something is wrong; what a user wrote goes through {@link #of} */
    public Recipe {
        var wrong = problems(name, layers, directories, labels);
        if (!wrong.isEmpty()) throw new IllegalArgumentException(wrong.toString());
        layers = List.copyOf(layers);
        directories = List.copyOf(directories);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        annotations = Collections.unmodifiableMap(new TreeMap<>(annotations));
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /**
     * A recipe as a user wrote it.
     *
     * @throws StrixhaloException with everything that is wrong
     */
    public static Recipe of(
            String name,
            BaseReference base,
            List<LayerSource> layers,
            List<Directory> directories,
            Map<String, String> labels,
            Map<String, String> annotations,
            String version,
            @Nullable String revision)
            throws StrixhaloException {
        var wrong = problems(name, layers, directories, labels);
        if (!wrong.isEmpty()) throw new StrixhaloException(wrong, null, null);
        return new Recipe(name, base, layers, directories, labels, annotations, Map.of(), version, revision);
    }

    private static List<Problem> problems(
            String name, List<LayerSource> layers, List<Directory> directories, Map<String, String> labels) {
        var wrong = new ArrayList<Problem>();
        if (!NAME.matcher(name).matches()) {
            wrong.add(
                    Problem.of("The image has a name that registries and podman do not take.")
                            .found("<name>" + name + "</name>")
                            .fix(
                                    "use lower-case letters and digits, with '.', '_', '-' between them and '/' between parts; no tag: strixhalo/vllm"));
        }
        var purposes = new HashSet<String>(List.of(Rootfs.PURPOSE));
        for (var layer : layers) {
            if (purposes.add(layer.purpose())) continue;
            wrong.add(Problem.of("Two layers have the same name.")
                    .found("'" + layer.purpose() + "'")
                    .fix("give each <layer> a <name> of its own; '" + Rootfs.PURPOSE + "' is taken"));
        }
        for (var key : labels.keySet()) {
            if (!key.startsWith(RESERVED)) continue;
            wrong.add(Problem.of("A label has a name that belongs to this plugin.")
                    .found(key)
                    .fix("give it a name that does not begin with " + RESERVED));
        }
        for (var directory : directories) {
            if (directory.path().matches("(/[^/]+)+") && !directory.path().matches(".*/\\.\\.?(/.*)?")) continue;
            wrong.add(Problem.of("A directory of the base is not written as an absolute path.")
                    .found("<path>" + directory.path() + "</path>")
                    .fix("write it from the root, without '..' and without a slash at the end: /root"));
        }
        return wrong;
    }

    /**
     * The same recipe with one more layer of ours on top and what is known of it.
     *
     * @param layer  or null when there is nothing to lay over
     * @param places directories of the base that the layer goes through
     * @param about  names without {@code dev.strixhalo.} → values
     */
    public Recipe with(@Nullable LayerSource layer, List<Directory> places, Map<String, String> about) {
        var allLayers = new ArrayList<>(layers);
        if (layer != null) allLayers.add(layer);
        // What the user vouches for comes last and wins.
        var allDirectories = new ArrayList<>(places);
        allDirectories.addAll(directories);
        var allFacts = new TreeMap<>(facts);
        allFacts.putAll(about);
        return new Recipe(name, base, allLayers, allDirectories, labels, annotations, allFacts, version, revision);
    }

    /** The name that an image gets when the user gives none: {@code strixhalo/} and the last part of the base's. */
    public static String nameFor(BaseReference base) {
        if (base instanceof RegistryReference registry) {
            var repository = registry.repository();
            return "strixhalo/" + repository.substring(repository.lastIndexOf('/') + 1);
        }
        return "strixhalo/image";
    }
}
