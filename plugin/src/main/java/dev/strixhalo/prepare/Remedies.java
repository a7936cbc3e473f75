package dev.strixhalo.prepare;

import dev.strixhalo.doctor.Area;
import java.util.List;

/** All kinds of change, in the order in which they are made: packages first, for others run what they bring. */
final class Remedies {
    /** Files that kinds of change may write, to be read before. */
    static final List<String> FILES = List.of(
            Limits.PAM,
            Limits.MANAGER,
            SystemSettings.LOGIND,
            SystemSettings.RULES,
            SystemSettings.MODULES,
            SystemSettings.STORAGE,
            FabricProfile.KEYFILE,
            FabricProfile.NETWORKD,
            FabricProfile.NETPLAN,
            RoceMode.UNIT,
            KernelArguments.MAIN);

    private Remedies() {}

    static List<Remedy> all() {
        return List.of(
                new Remedy(
                        "packages",
                        Area.PACKAGES,
                        List.of("programs", "rdma-programs"),
                        "The link cannot be set up, looked at or measured without these tools.",
                        Packages::draft),
                new Remedy(
                        "kernel-arguments",
                        Area.MEMORY,
                        List.of("kernel-arguments", "gtt-size"),
                        "The GPU reaches most of the memory, and the card its full speed, with these arguments of the kernel.",
                        KernelArguments::draft),
                new Remedy(
                        "roce-mode",
                        Area.RDMA,
                        List.of("roce-mode"),
                        "In iWARP mode RCCL falls back to TCP in silence.",
                        RoceMode::draft),
                new Remedy(
                        "fabric-profile",
                        Area.ADDRESS,
                        List.of("fabric-interface", "gid-index", "fabric-route", "default-route", "mtu", "mtu-proof"),
                        "The fabric's address and MTU have to be there after a reboot, too.",
                        FabricProfile::draft),
                new Remedy(
                        "memlock",
                        Area.LIMITS,
                        List.of("memlock", "open-files", "processes"),
                        "RDMA locks the memory that it sends from; logins and the user's manager have to allow it.",
                        Limits::draft),
                new Remedy(
                        "groups",
                        Area.USER,
                        List.of("groups"),
                        "The devices of the GPU belong to the groups render and video.",
                        UserSettings::groups),
                new Remedy(
                        "device-rules",
                        Area.DEVICES,
                        List.of("gpu-devices", "rdma-devices"),
                        "The container opens these devices as the user.",
                        SystemSettings::devices),
                new Remedy(
                        "subordinate-ids",
                        Area.USER,
                        List.of("subordinate-ids"),
                        "A rootless container needs user and group IDs to give to the users inside.",
                        UserSettings::subordinateIds),
                new Remedy(
                        "overlay",
                        Area.CONTAINER,
                        List.of("storage-driver"),
                        "Where the kernel's overlay is not loaded, podman's first call chooses a driver that copies whole images.",
                        SystemSettings::overlay),
                new Remedy(
                        "linger",
                        Area.USER,
                        List.of("linger"),
                        "Without linger the container ends when the login ends.",
                        UserSettings::linger),
                new Remedy(
                        "logind",
                        Area.USER,
                        List.of("logind"),
                        "KillUserProcesses ends the model at logout, RemoveIPC wipes its shared memory.",
                        SystemSettings::logind),
                new Remedy(
                        "oom-killers",
                        Area.MEMORY,
                        List.of("oom-killers"),
                        "They end what uses most memory, and that is the model.",
                        SystemSettings::oomd),
                new Remedy(
                        "suspend",
                        Area.MEMORY,
                        List.of("suspend"),
                        "A node that goes to sleep takes the model with it.",
                        SystemSettings::suspend),
                new Remedy(
                        "node-key",
                        Area.ADDRESS,
                        List.of("node-ssh"),
                        "Whoever logs in from node to node without a password needs a key there.",
                        NodeKeys::pair),
                new Remedy(
                        NodeKeys.LOGINS,
                        Area.ADDRESS,
                        List.of("node-ssh"),
                        "The keys of the other nodes let their users in, and their host keys say that it is they.",
                        NodeKeys::logins));
    }
}
