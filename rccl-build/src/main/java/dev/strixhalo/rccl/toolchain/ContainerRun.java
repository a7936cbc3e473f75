package dev.strixhalo.rccl.toolchain;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A throw-away container in which a script compiles, on whichever machine: what {@code podman run} gets for it.
 *
 * @param image    as podman takes it
 * @param key      of the build
 * @param here     the workplace's folder on the machine of that podman
 * @param ccache   the folder of ccache there
 * @param rootless whether podman is a plain user's
 */
public record ContainerRun(String image, String key, String here, String ccache, boolean rootless) {
    /** The format by which {@code podman info} tells whether it is rootless. */
    public static final String ROOTLESS = "{{.Host.Security.Rootless}}";

    private static final String CCACHE_INSIDE = Workplace.ROOT + "ccache";

    /** The folder as scripts see it. */
    public String folder() {
        return Workplace.ROOT + key;
    }

    /** The container's name; one that was left behind is replaced. */
    public String name() {
        return "strixhalo-rccl-" + key;
    }

    /**
     * The whole command.
     *
     * @param timeout     of the script; the container ends a minute later at the latest, though nobody waits for it
     * @param environment for the script
     * @param script      below the folder, with its arguments
     */
    public List<String> argv(Duration timeout, Map<String, String> environment, List<String> script) {
        var argv = new ArrayList<>(List.of(
                "podman",
                "run",
                "--rm",
                "--interactive",
                "--replace",
                "--name=" + name(),
                // Newer RCCL fetches headers while it is configured; and a network of its own is what rootless podman
                // most
                // often lacks something for.
                "--network=host",
                // SELinux would want the folder relabelled.
                "--security-opt=label=disable",
                "--pids-limit=-1",
                "--timeout=" + timeout.plusMinutes(1).toSeconds(),
                "--volume=" + here + ":" + folder(),
                "--workdir=" + folder()));
        // What is made belongs to who builds.
        if (rootless) argv.add("--userns=keep-id");
        var all = new TreeMap<>(environment);
        if (all.replace(Workplace.CCACHE, CCACHE_INSIDE) != null) argv.add("--volume=" + ccache + ":" + CCACHE_INSIDE);
        all.forEach((variable, value) -> argv.add("--env=" + variable + "=" + value));
        var command = Leash.command(folder(), timeout, script);
        argv.add("--entrypoint=" + command.get(0));
        argv.add(image);
        argv.addAll(command.subList(1, command.size()));
        return argv;
    }
}
