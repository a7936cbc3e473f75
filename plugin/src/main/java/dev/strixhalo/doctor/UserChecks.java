package dev.strixhalo.doctor;

import dev.strixhalo.host.ByHand;
import dev.strixhalo.host.DeviceAccess;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.host.Subordinates;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The user who logs in: groups, subordinate IDs, what happens at logout, and devices. */
final class UserChecks {
    private UserChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "groups",
                        Area.USER,
                        "The devices of the GPU belong to the groups render and video.",
                        "ROCm documentation, prerequisites: render and video groups",
                        "Judged are the groups of our own login. Those that were added to the database since come with the next one, "
                                + "and doctor says so.",
                        UserChecks::groups),
                Check.always(
                        "subordinate-ids",
                        Area.USER,
                        "A rootless container needs user and group IDs to give to the users inside.",
                        "subuid(5); podman(1), rootless mode",
                        "Counted are the lines of the user in /etc/subuid and /etc/subgid.",
                        UserChecks::subordinate),
                Check.always(
                        "linger",
                        Area.USER,
                        "Without linger the container ends, or loses its shared memory, when the login ends.",
                        "loginctl(1), enable-linger",
                        "With linger the user's manager, and what runs under it, stays after the last logout.",
                        UserChecks::linger),
                Check.always(
                        "logind",
                        Area.USER,
                        "KillUserProcesses ends the model at logout, RemoveIPC wipes its shared memory.",
                        "logind.conf(5)",
                        "Asked is the running logind (busctl). The settings are those of logind.conf(5); RemoveIPC is on by "
                                + "default. With linger the user never counts as logged out, and this check only warns.",
                        UserChecks::logind),
                Check.always(
                        "gpu-devices",
                        Area.DEVICES,
                        "The container opens the GPU as this user.",
                        "setup guide, section 5.2",
                        "Tried are /dev/kfd and what ROCm opens in /dev/dri, for reading and writing.",
                        subject -> devices(subject, "/dev/kfd", "/dev/dri")),
                Check.rdma(
                        "rdma-devices",
                        Area.DEVICES,
                        "The container opens the verbs device as this user.",
                        "setup guide, section 5.2",
                        "Tried are uverbs* and rdma_cm in /dev/infiniband, for reading and writing.",
                        subject -> devices(subject, "/dev/infiniband")),
                Check.always(
                        "container-devices",
                        Area.DEVICES,
                        "What counts in the end is whether the devices open inside the container.",
                        "setup guide, section 5.2; podman-run(1), --device",
                        "Tried are the same devices in the container of the cluster that runs there (podman exec); with link "
                                + "tcp not those of RDMA. Before the first deploy there is none.",
                        UserChecks::inside),
                Check.always(
                        "selinux",
                        Area.DEVICES,
                        "SELinux can close a device to containers that the user may open.",
                        "container_selinux(8); podman-run(1), --ipc",
                        "A container with --ipc host is not confined by SELinux, so that Enforcing is no hindrance by itself. "
                                + "Warned of are denials of containers in the journal since the last boot, where the user may "
                                + "read it.",
                        UserChecks::selinux));
    }

    private static Judgement groups(Subject subject) {
        return Judgement.of(subject.facts().login(), login -> {
            if (login.user().equals("root")) return Judgement.ok("root", "render video");
            var missing = Stream.of("render", "video")
                    .filter(group -> !login.groups().contains(group))
                    .toList();
            if (missing.isEmpty()) return Judgement.ok("render video", "render video");
            boolean set =
                    new HashSet<>(subject.facts().pending().groups().find().orElse(List.of())).containsAll(missing);
            if (set) {
                return Judgement.fail(
                        Judgement.NOT_YET + String.join(" ", missing),
                        "render video",
                        "log in anew; a user manager that lingers too:\n" + ByHand.restartManager(login.user()),
                        "sudo reboot");
            }
            return Judgement.fail("not in " + String.join(" ", missing), "render video", ByHand.groups(login.user()));
        });
    }

    private static Judgement subordinate(Subject subject) {
        return Judgement.of(subject.facts().login(), login -> {
            if (login.user().equals("root")) return Judgement.skip("root needs none");
            long least = Math.min(login.subuid(), login.subgid());
            return Judgement.okOrFail(
                    least >= Subordinates.NEEDED,
                    "%d UIDs, %d GIDs".formatted(login.subuid(), login.subgid()),
                    Subordinates.NEEDED + " of each",
                    ByHand.subordinates(subject.facts().subordinates(), login.user(), List.of("subuid", "subgid")));
        });
    }

    private static Judgement linger(Subject subject) {
        return Judgement.of(subject.facts().login(), login -> switch (login.linger()) {
            case ENABLED -> Judgement.ok("on", "on");
            case DISABLED -> Judgement.fail("off", "on", "sudo loginctl enable-linger " + login.user());
            case NO_SYSTEMD -> Judgement.skip("no systemd there, nobody ends processes at logout");
        });
    }

    private static Judgement logind(Subject subject) {
        return Judgement.of(subject.facts().logind(), logind -> {
            var on = Stream.of(
                            logind.killsProcesses() ? "KillUserProcesses" : "", logind.removesIpc() ? "RemoveIPC" : "")
                    .filter(name -> !name.isEmpty())
                    .toList();
            var wanted = "KillUserProcesses=no RemoveIPC=no";
            if (on.isEmpty()) return Judgement.ok("both off", wanted);
            var found = String.join(" ", on) + (on.size() == 1 ? " is on" : " are on");
            var lines = on.stream().map(name -> name + "=no").collect(Collectors.joining("\\n"));
            var fix = "sudo mkdir -p /etc/systemd/logind.conf.d\n"
                    + "printf '[Login]\\n%s\\n' | sudo tee /etc/systemd/logind.conf.d/strixhalo.conf\n".formatted(lines)
                    + "sudo systemctl reload systemd-logind";
            boolean lingers =
                    subject.facts().login().map(HostFacts.Login::linger).find().orElse(NodeFacts.Linger.DISABLED)
                            == NodeFacts.Linger.ENABLED;
            return lingers ? Judgement.warn(found, wanted, fix) : Judgement.fail(found, wanted, fix);
        });
    }

    private static Judgement devices(Subject subject, String... paths) {
        return Judgement.of(subject.facts().devices(), all -> {
            var asked =
                    all.stream().filter(d -> List.of(paths).contains(d.path())).toList();
            if (asked.size() < paths.length) return Judgement.skip("the look did not come to the devices");
            var wanted = String.join(" ", paths) + " open";
            var shut = asked.stream()
                    .filter(d -> d.state() != DeviceAccess.State.OPEN)
                    .toList();
            if (shut.isEmpty()) return Judgement.ok("open", wanted);
            var found = shut.stream().map(UserChecks::words).collect(Collectors.joining(", "));
            boolean denied = shut.stream().anyMatch(d -> d.state() == DeviceAccess.State.DENIED);
            var user = subject.facts().login().map(HostFacts.Login::user).find().orElse("USER");
            var fix = denied
                    ? ByHand.groups(user)
                    : "sudo modprobe " + (paths[0].contains("infiniband") ? "-a ib_uverbs rdma_ucm" : "amdgpu");
            return Judgement.fail(found, wanted, fix);
        });
    }

    private static Judgement inside(Subject subject) {
        return Judgement.of(subject.facts().inside(), inside -> {
            var asked = inside.devices().stream()
                    .filter(d -> subject.cluster().link().rdma() || !d.path().contains("infiniband"))
                    .toList();
            if (asked.isEmpty()) return Judgement.skip("the container did not tell of devices");
            var shut = asked.stream()
                    .filter(d -> d.state() != DeviceAccess.State.OPEN)
                    .toList();
            var wanted = asked.stream().map(DeviceAccess::path).collect(Collectors.joining(" ")) + " open";
            return Judgement.okOrFail(
                    shut.isEmpty(),
                    shut.isEmpty()
                            ? "open"
                            : shut.stream().map(UserChecks::words).collect(Collectors.joining(", ")),
                    wanted,
                    "see to gpu-devices and rdma-devices above, then make the container anew:\nmvn strixhalo:deploy");
        });
    }

    private static Judgement selinux(Subject subject) {
        return Judgement.of(
                subject.facts().selinux(),
                selinux -> Judgement.okOrWarn(
                        selinux.denials().isEmpty() || !selinux.mode().equals("Enforcing"),
                        selinux.denials().isEmpty()
                                ? selinux.mode()
                                : "%s, %s"
                                        .formatted(
                                                selinux.mode(),
                                                selinux.denials().get(0)),
                        "no denial of a container",
                        "sudo setsebool -P container_use_devices true"));
    }

    private static String words(DeviceAccess device) {
        return switch (device.state()) {
            case OPEN -> device.path() + " open";
            case DENIED -> device.detail() + " is closed";
            case MISSING -> "no " + device.path();
            case EMPTY -> device.path() + " is empty";
        };
    }
}
