package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.BaseReference;
import dev.strixhalo.image.LayerSource;
import dev.strixhalo.image.Recipe;
import dev.strixhalo.librccl.RcclChoice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The element {@code <image>}, as Maven fills it; nothing is checked before {@link #toRecipe}. */
public final class ImageConfiguration {
    /** The image to stand on: {@code host/repository:tag}, {@code …@sha256:…} or {@code docker-archive:FILE},
     * for example {@code docker.io/kyuz0/vllm-therock-gfx1151:latest}. */
    private @Nullable String from;

    /** Id of a server of settings.xml with the login for the registry of {@code <from>}; podman's and docker's logins unless set. */
    private @Nullable String fromServer;

    /** Name of the image, without registry and tag; {@code strixhalo/} and the last part of {@code <from>} unless set. */
    private @Nullable String name;

    /** Folders of yours that become layers of their own, the lowest first. */
    private @Nullable List<LayerConfiguration> layers;

    /** Directories of the base that layers go through and that no standard tells: where, which mode, whose. */
    private @Nullable List<BaseFolderConfiguration> baseFolders;

    /** Labels to set, for example {@code <team>speech</team>}; they are part of the image ID. */
    private @Nullable Map<String, String> labels;

    /** Annotations to set on the manifest, for example {@code <team>speech</team>}; the image ID stays the same. */
    private @Nullable Map<String, String> annotations;

    /** Where the image is also pushed to: {@code host/repository:tag} of a registry of yours; nowhere unless set. */
    private @Nullable String registry;

    /** Id of a server of settings.xml with the login for {@code <registry>}; podman's and docker's logins unless set. */
    private @Nullable String registryServer;

    /**
     * Which librccl the image gets: {@code stock} (default: the base's own), {@code patched} (the one of build-rccl over every
     * copy), or {@code auto} (the base's own if it has code for the GPU and all that torch and vLLM want, else patched).
     */
    private RcclChoice.Mode rccl = RcclChoice.Mode.stock;

    /**
     * The base's files that {@code patched} replaces, for a base that neither a node nor this machine's podman has; found by
     * looking into the base unless set, for example {@code /opt/rocm/lib/librccl.so.1.0}.
     */
    private @Nullable List<String> rcclPaths;

    /**
     * What was described.
     *
     * @param folder   to which relative paths are relative
     * @param version  of this plugin
     * @param revision of the sources, or null
     * @throws StrixhaloException with everything that is wrong
     */
    Recipe toRecipe(Path folder, String version, @Nullable String revision) throws StrixhaloException {
        if (from == null || from.isBlank()) {
            throw Problem.of("There is no <from> in <image>: on which image to build is not said.")
                    .fix("<image><from>docker.io/kyuz0/vllm-therock-gfx1151:latest</from></image>")
                    .fix("for one run: -Dstrixhalo.image.from=docker.io/kyuz0/vllm-therock-gfx1151:latest")
                    .asException();
        }
        var failures = new ArrayList<StrixhaloException>();
        var sources = new ArrayList<LayerSource>();
        for (var layer : or(layers)) {
            try {
                sources.add((layer == null ? new LayerConfiguration() : layer).toSource(folder));
            } catch (StrixhaloException e) {
                failures.add(e);
            }
        }
        var directories = new ArrayList<Recipe.Directory>();
        for (var directory : or(baseFolders)) {
            try {
                directories.add((directory == null ? new BaseFolderConfiguration() : directory).toDirectory());
            } catch (StrixhaloException e) {
                failures.add(e);
            }
        }
        try {
            var base = BaseReference.parse(from, folder);
            var recipe = Recipe.of(
                    name == null ? Recipe.nameFor(base) : name.strip(),
                    base,
                    sources,
                    directories,
                    labels == null ? Map.of() : labels,
                    annotations == null ? Map.of() : annotations,
                    version,
                    revision);
            if (failures.isEmpty()) return recipe;
        } catch (StrixhaloException e) {
            failures.add(e);
        }
        throw StrixhaloException.all(failures);
    }

    /** The image to stand on as it was written, or null. */
    @Nullable
    String from() {
        return from == null || from.isBlank() ? null : from.strip();
    }

    RcclChoice.Mode rccl() {
        return rccl;
    }

    List<String> rcclPaths() {
        return or(rcclPaths).stream().map(String::strip).toList();
    }

    @Nullable
    String fromServer() {
        return fromServer;
    }

    @Nullable
    String registry() {
        return registry;
    }

    @Nullable
    String registryServer() {
        return registryServer;
    }

    private static <T> List<T> or(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
