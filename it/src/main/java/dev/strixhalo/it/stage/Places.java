package dev.strixhalo.it.stage;

import dev.strixhalo.it.bed.BedSettings;
import dev.strixhalo.it.bed.VmDisks;
import java.nio.file.Path;
import java.util.Map;

/**
 * The folders of this machine that a run on the bed needs, as the scripts that start it name them.
 *
 * @param cache      where the base image, wheels and beds lie
 * @param repository our own artefacts, in the layout of a Maven repository
 * @param maven      this machine's local Maven repository, from which the operator's Maven gets everything else
 */
public record Places(Path cache, Path repository, Path maven) {
    /**
     * Reads them from the environment.
     *
     * @throws IllegalArgumentException when a variable is not set
     */
    public static Places of(Map<String, String> environment) {
        return new Places(
                path(environment, "STRIXHALO_BED_CACHE"),
                path(environment, "STRIXHALO_BED_REPOSITORY"),
                path(environment, "STRIXHALO_BED_MAVEN"));
    }

    /** Two nodes, and an operator's machine on which Maven finds both repositories. */
    public BedSettings bed() {
        return BedSettings.in(cache)
                .share("operator", maven, Project.MACHINE_REPOSITORY)
                .share("operator", repository, Project.OUR_REPOSITORY);
    }

    /** Two virtual machines, and the same operator's machine. */
    public BedSettings virtualBed(VmDisks disks) {
        return bed().virtual(disks);
    }

    private static Path path(Map<String, String> environment, String name) {
        var value = environment.get(name);
        if (value == null) throw new IllegalArgumentException("the variable " + name + " is not set");
        return Path.of(value);
    }
}
