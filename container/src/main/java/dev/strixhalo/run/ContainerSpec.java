package dev.strixhalo.run;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the container on every node is made with: the same on all of them but for names, addresses and home folders.
 * Nothing secret and nothing that changes from launch to launch belongs here, since a container cannot be changed after
 * it was made.
 *
 * @param devices     of the host, opened with the groups that the node's user has
 * @param memlock     limit of locked memory, or null to leave podman's own
 * @param volumes     folders of the host
 * @param environment for every process in it
 * @param runArgs     the user's own words for podman, last of all flags
 * @param command     its main process
 */
public record ContainerSpec(
        List<String> devices,
        @Nullable Memlock memlock,
        List<Volume> volumes,
        Map<String, String> environment,
        List<String> runArgs,
        List<String> command) {
    public ContainerSpec {
        devices = List.copyOf(devices);
        volumes = List.copyOf(volumes);
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
        runArgs = List.copyOf(runArgs);
        command = List.copyOf(command);
    }
}
