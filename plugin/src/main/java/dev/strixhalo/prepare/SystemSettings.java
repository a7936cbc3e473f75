package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.DeviceAccess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of systemd and udev that are a file or a switch each. */
final class SystemSettings {
    static final String LOGIND = "/etc/systemd/logind.conf.d/90-strixhalo.conf";
    static final String RULES = "/etc/udev/rules.d/70-strixhalo.rules";

    static final String MODULES = "/etc/modules-load.d/90-strixhalo.conf";
    static final String STORAGE = "/etc/containers/storage.conf";

    /** The folders are podman's own defaults, which root's podman wants to read where there is such a file. */
    private static final String OVERLAY = """
            [storage]
            driver = "overlay"
            runroot = "/run/containers/storage"
            graphroot = "/var/lib/containers/storage"
            """;

    private static final List<String> SLEEP =
            List.of("sleep.target", "suspend.target", "hibernate.target", "hybrid-sleep.target");

    private SystemSettings() {}

    static Optional<Remedy.Draft> logind(Host host) {
        boolean bad = host.facts()
                .logind()
                .map(logind -> logind.killsProcesses() || logind.removesIpc())
                .find()
                .orElse(false);
        if (!bad) return Optional.empty();
        var reload = List.of("systemctl", "reload-or-restart", "systemd-logind.service");
        var steps = new ArrayList<Step>();
        steps.add(new Step.Command(List.of(), reload, List.of()));
        host.state()
                .writing(LOGIND, "644", "[Login]\nKillUserProcesses=no\nRemoveIPC=no\n")
                .ifPresent(steps::add);
        steps.add(new Step.Command(reload, List.of(), List.of()));
        return Remedy.Draft.of(steps);
    }

    /**
     * The kernel's overlay, which a user cannot load, and the word for it: without both, Debian's podman chooses vfs at its
     * first call, for good. A storage that is there already is never touched, since its images would be lost.
     */
    static Optional<Remedy.Draft> overlay(Host host) throws StrixhaloException {
        boolean vfs = host.facts()
                .podman()
                .map(podman -> podman.rootless() && !podman.storageDriver().equals("overlay"))
                .find()
                .orElse(false);
        if (!vfs || host.state().storage()) return Optional.empty();
        if (host.state().file(STORAGE).find().map(HostState.FileState::there).orElse(false)) {
            throw Problem.of("podman would not choose overlay, and %s is somebody's already.".formatted(STORAGE))
                    .fix("set driver = \"overlay\" under [storage] in it, then run the goal again")
                    .asException();
        }
        var steps = new ArrayList<Step>();
        host.state().writing(MODULES, "644", "overlay\n").ifPresent(steps::add);
        steps.add(Step.Command.of("modprobe", "overlay"));
        host.state().writing(STORAGE, "644", OVERLAY).ifPresent(steps::add);
        return Remedy.Draft.of(steps);
    }

    static Optional<Remedy.Draft> oomd(Host host) {
        if (!host.wishes().oomd()) return Optional.empty();
        var steps = new ArrayList<Step>();
        for (var unit : List.of("systemd-oomd", "earlyoom")) {
            boolean runs = host.facts()
                    .services()
                    .find()
                    .orElse(Map.of())
                    .getOrDefault(unit, "")
                    .equals("active");
            // Masked, since a socket or another unit would start it again.
            if (runs) {
                steps.add(Step.Command.of("systemctl", "mask", "--now", unit + ".service")
                        .undoneBy(
                                "sh",
                                "-c",
                                "systemctl unmask \"$1\" && systemctl start \"$1\"",
                                "sh",
                                unit + ".service"));
            }
        }
        return Remedy.Draft.of(steps);
    }

    static Optional<Remedy.Draft> suspend(Host host) {
        var state = host.facts().suspend().find().orElse("");
        if (!host.wishes().suspend() || state.isEmpty() || state.equals("masked")) return Optional.empty();
        var mask = new ArrayList<>(List.of("systemctl", "mask"));
        mask.addAll(SLEEP);
        var unmask = new ArrayList<>(List.of("systemctl", "unmask"));
        unmask.addAll(SLEEP);
        return Remedy.Draft.of(List.of(new Step.Command(mask, unmask, List.of())));
    }

    /** Devices of which mode or group are other than ROCm and rdma-core have them. */
    static Optional<Remedy.Draft> devices(Host host) {
        var rules = new ArrayList<String>();
        var closed = host.facts().devices().find().orElse(List.of()).stream()
                .filter(d -> d.state() == DeviceAccess.State.DENIED)
                .toList();
        for (var device : closed) {
            // Detail: path, mode, owner and group; with those of ROCm the user's groups are what is missing.
            var words = device.detail().split("\\s+");
            boolean right = words.length == 3 && words[1].startsWith("crw-rw") && words[2].endsWith(":render");
            switch (device.path()) {
                case "/dev/kfd" -> {
                    if (!right) rules.add("SUBSYSTEM==\"kfd\", KERNEL==\"kfd\", GROUP=\"render\", MODE=\"0660\"");
                }
                case "/dev/dri" -> {
                    if (!right) rules.add("SUBSYSTEM==\"drm\", KERNEL==\"renderD*\", GROUP=\"render\", MODE=\"0660\"");
                }
                case "/dev/infiniband" -> {
                    if (!host.cluster().link().rdma()) continue;
                    rules.add("SUBSYSTEM==\"infiniband_verbs\", KERNEL==\"uverbs*\", MODE=\"0666\"");
                    rules.add("SUBSYSTEM==\"misc\", KERNEL==\"rdma_cm\", MODE=\"0666\"");
                }
                default -> {}
            }
        }
        if (rules.isEmpty()) return Optional.empty();
        var text = new StringBuilder();
        host.state()
                .content(RULES)
                .lines()
                .filter(line -> !rules.contains(line))
                .forEach(line -> text.append(line).append('\n'));
        rules.forEach(rule -> text.append(rule).append('\n'));
        var trigger = List.of(
                "sh",
                "-c",
                "udevadm control --reload && udevadm trigger --action=change --subsystem-match=kfd --subsystem-match=drm"
                        + " --subsystem-match=infiniband_verbs --subsystem-match=misc && udevadm settle --timeout=30");
        var steps = new ArrayList<Step>();
        steps.add(new Step.Command(List.of(), trigger, List.of()));
        host.state().writing(RULES, "644", text.toString()).ifPresent(steps::add);
        steps.add(new Step.Command(trigger, List.of(), List.of()));
        return Remedy.Draft.of(steps);
    }
}
