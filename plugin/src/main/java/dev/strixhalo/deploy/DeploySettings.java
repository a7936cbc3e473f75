package dev.strixhalo.deploy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.run.ContainerSpec;
import dev.strixhalo.run.Memlock;
import dev.strixhalo.run.Volume;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a deploy is asked for beside image and cluster.
 *
 * @param baseFrom    who fetches the base
 * @param memlock     limit of locked memory in the container, or null to leave podman's own
 * @param devices     demanded and handed in
 * @param volumes     the user's own
 * @param environment of every process in the container
 * @param runArgs     the user's own words for podman
 * @param pullTimeout for one pull on one node
 * @param gateTimeout for the gate on one node
 */
public record DeploySettings(
        BaseFrom baseFrom,
        @Nullable Memlock memlock,
        List<String> devices,
        List<Volume> volumes,
        Map<String, String> environment,
        List<String> runArgs,
        Duration pullTimeout,
        Duration gateTimeout) {
    /** What ROCm opens (setup guide, section 5.2). */
    private static final List<String> GPU = List.of("/dev/kfd", "/dev/dri");

    private static final String RDMA = "/dev/infiniband";
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern SECRET = Pattern.compile("(?i).*(TOKEN|SECRET|PASSWORD|API_?KEY).*");

    public DeploySettings {
        devices = List.copyOf(devices);
        volumes = List.copyOf(volumes);
        environment = Map.copyOf(environment);
        runArgs = List.copyOf(runArgs);
    }

    /**
     * Makes settings of what was written down; a null is an element that is not there.
     *
     * @param link decides whether RDMA's device and unlimited memlock are demanded
     * @throws StrixhaloException with everything that is wrong
     */
    public static DeploySettings of(
            Link link,
            @Nullable String baseFrom,
            @Nullable String memlock,
            List<String> devices,
            List<String> volumes,
            Map<String, String> environment,
            List<String> runArgs,
            Duration pullTimeout,
            Duration gateTimeout)
            throws StrixhaloException {
        var failures = new ArrayList<StrixhaloException>();
        var from = BaseFrom.NODE;
        Memlock limit = link.rdma() ? Memlock.UNLIMITED : null;
        var folders = new ArrayList<Volume>();
        try {
            if (baseFrom != null) from = BaseFrom.parse(baseFrom);
        } catch (StrixhaloException e) {
            failures.add(e);
        }
        try {
            if (memlock != null) limit = Memlock.parse(memlock);
        } catch (StrixhaloException e) {
            failures.add(e);
        }
        for (var volume : volumes) {
            try {
                folders.add(Volume.parse(volume));
            } catch (StrixhaloException e) {
                failures.add(e);
            }
        }
        var wanted = new ArrayList<>(GPU);
        if (link.rdma()) wanted.add(RDMA);
        for (var device : devices) {
            if (!device.startsWith("/dev/")) {
                failures.add(Problem.of("<device> is '%s', which is no device.".formatted(device))
                        .fix("a path below /dev, for example <device>/dev/fuse</device>")
                        .asException());
            } else if (!wanted.contains(device)) {
                wanted.add(device);
            }
        }
        for (var name : environment.keySet()) {
            if (!VARIABLE.matcher(name).matches()) {
                failures.add(Problem.of("<environment> names '%s', which is no variable.".formatted(name))
                        .fix("letters, digits and '_', not a digit first")
                        .asException());
            } else if (SECRET.matcher(name).matches()) {
                failures.add(Problem.of(
                                "<environment> sets %s: everyone on the node could read it there.".formatted(name))
                        .fix("give tokens and keys to launch instead (huggingFaceServer, apiKeyServer); they travel on"
                                + " standard input")
                        .asException());
            }
        }
        if (!failures.isEmpty()) throw StrixhaloException.all(failures);
        return new DeploySettings(from, limit, wanted, folders, environment, runArgs, pullTimeout, gateTimeout);
    }

    /**
     * The container that these settings ask for.
     *
     * @param cluster whose name is part of the state folder on the nodes
     */
    public ContainerSpec spec(String cluster) {
        var all = new ArrayList<>(List.of(
                // What a launch downloads and compiles outlives the container: weights, vLLM's and Triton's caches.
                new Volume("~/.cache/huggingface", "/root/.cache/huggingface", ""),
                new Volume("~/.cache/vllm", "/root/.cache/vllm", ""),
                new Volume("~/.triton", "/root/.triton", ""),
                new Volume(state(cluster) + "/logs", "/var/log/strixhalo", ""),
                new Volume(state(cluster) + "/run", "/run/strixhalo", "")));
        all.addAll(volumes);
        var variables = new LinkedHashMap<>(environment);
        return new ContainerSpec(
                devices, memlock, all, variables, runArgs, List.of("/opt/strixhalo/bin/strixhalo-node", "supervise"));
    }

    /** Where a node keeps what is ours: records, journal, logs. */
    static String state(String cluster) {
        return "~/.local/state/strixhalo/" + cluster;
    }
}
