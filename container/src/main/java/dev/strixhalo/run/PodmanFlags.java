package dev.strixhalo.run;

import dev.strixhalo.base.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link ContainerSpec} in podman's words. */
public final class PodmanFlags {
    /** Which cluster a container belongs to. */
    public static final String CLUSTER_LABEL = "dev.strixhalo.cluster";
    /** Which node of it the container was made for. */
    public static final String NODE_LABEL = "dev.strixhalo.node";
    /** The image ID that the container was made of. */
    public static final String IMAGE_LABEL = "dev.strixhalo.image";
    /** {@link #settings} of the container. */
    public static final String SETTINGS_LABEL = "dev.strixhalo.settings";

    private PodmanFlags() {}

    /**
     * The flags that every container of ours gets, the throw-away one of the gate and the one that stays.
     *
     * <p>Groups: in a rootless container a group's name is looked up in the image and gives no access to the host's
     * devices; {@code keep-groups} (crun only) keeps those of the user. {@code --http-proxy=false}: podman hands its
     * caller's proxy variables on, and Ray's gRPC would then ask the proxy for its peers.
     *
     * @param home the home folder of the node's user, for volumes below it
     */
    public static List<String> common(ContainerSpec spec, String home) {
        var flags = new ArrayList<String>(List.of(
                "--network=host",
                "--ipc=host",
                "--init",
                "--http-proxy=false",
                "--pids-limit=-1",
                "--security-opt=seccomp=unconfined",
                "--group-add=keep-groups"));
        spec.devices().forEach(device -> flags.add("--device=" + device));
        var memlock = spec.memlock();
        if (memlock != null) flags.add("--ulimit=memlock=" + memlock.bytes() + ":" + memlock.bytes());
        spec.volumes().forEach(volume -> flags.add("--volume=" + volume.rendered(home)));
        spec.environment().forEach((name, value) -> flags.add("--env=" + name + "=" + value));
        flags.addAll(spec.runArgs());
        return List.copyOf(flags);
    }

    /** The whole command that makes the lasting container. */
    public static List<String> create(
            ContainerSpec spec, String home, String name, Map<String, String> labels, String imageId) {
        var argv = new ArrayList<String>(List.of("podman", "create", "--name=" + name));
        labels.forEach((label, value) -> argv.add("--label=" + label + "=" + value));
        argv.addAll(common(spec, home));
        argv.add(imageId);
        argv.addAll(spec.command());
        return List.copyOf(argv);
    }

    /** A digest of all that a spec says, the same on every node; another digest means another container. */
    public static String settings(ContainerSpec spec) {
        var words = new ArrayList<>(common(spec, "~"));
        words.addAll(spec.command());
        return Digests.sha256(String.join("\0", words));
    }
}
