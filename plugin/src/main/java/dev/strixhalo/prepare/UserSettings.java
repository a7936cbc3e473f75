package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.NodeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The user who logs in: groups, lingering, subordinate IDs. */
final class UserSettings {
    private static final long COUNT = 65536;
    /** Where shadow begins on Fedora and Debian is 524288 and 100000; above both nobody is in the way. */
    private static final long FIRST = 524288;

    private UserSettings() {}

    static Optional<Remedy.Draft> groups(Host host) throws StrixhaloException {
        if (host.root()) return Optional.empty();
        var missing = Stream.of("render", "video")
                .filter(group -> !host.state().member().contains(group))
                .toList();
        for (var group : missing) {
            if (host.state().groups().contains(group)) continue;
            throw Problem.of("The group %s, to which the GPU's devices belong, does not exist.".formatted(group))
                    .fix("sudo groupadd --system " + group + ", then run the goal again")
                    .asException();
        }
        if (!missing.isEmpty() && host.state().manager().equals(HostState.OSTREE)) {
            // A group that stands in the image alone gets no member from usermod, which says nothing of it.
            throw Problem.of("%s is no member of %s, and groups of an image of ostree's are not changed here."
                            .formatted(host.state().user(), String.join(" and ", missing)))
                    .found("/run/ostree-booted")
                    .fix(
                            ("for g in %s; do grep -q \"^$g:\" /etc/group || grep \"^$g:\" /usr/lib/group | sudo tee -a /etc/group;"
                                            + " sudo usermod -aG $g %s; done, then run the goal again")
                                    .formatted(
                                            String.join(" ", missing),
                                            host.state().user()))
                    .asException();
        }
        var steps = new ArrayList<Step>();
        for (var group : missing) {
            steps.add(Step.Command.of(
                            "usermod",
                            "--append",
                            "--groups",
                            group,
                            host.state().user())
                    .undoneBy("gpasswd", "--delete", host.state().user(), group));
        }
        return Remedy.Draft.of(steps, Afterwards.NEW_LOGIN, Afterwards.USER_MANAGER);
    }

    static Optional<Remedy.Draft> linger(Host host) {
        boolean off = host.facts()
                .login()
                .map(login -> login.linger() == NodeFacts.Linger.DISABLED)
                .find()
                .orElse(false);
        if (!off) return Optional.empty();
        return Remedy.Draft.of(List.of(
                Step.Command.of("loginctl", "enable-linger", host.state().user())
                        .undoneBy("loginctl", "disable-linger", host.state().user())));
    }

    static Optional<Remedy.Draft> subordinateIds(Host host) throws StrixhaloException {
        if (host.root()) return Optional.empty();
        var steps = new ArrayList<Step>();
        range(host, host.state().subuids(), "uids").ifPresent(steps::add);
        range(host, host.state().subgids(), "gids").ifPresent(steps::add);
        if (steps.isEmpty()) return Optional.empty();
        if (host.state().packages().contains("podman")) {
            demandNoContainers(host);
            // Podman keeps a process that holds the old mapping.
            var migrate = host.asUser("podman", "system", "migrate");
            steps.add(0, new Step.Command(List.of(), migrate, List.of()));
            steps.add(new Step.Command(migrate, List.of(), List.of()));
        }
        return Remedy.Draft.of(steps);
    }

    private static void demandNoContainers(Host host) throws StrixhaloException {
        if (host.state().containers() == 0) return;
        throw Problem.of("New subordinate IDs need podman system migrate, which ends containers.")
                .found(host.state().runningContainers())
                .fix("take down what was deployed: mvn strixhalo:remove; then run the goal again")
                .fix("podman ps there shows others")
                .asException();
    }

    private static Optional<Step> range(Host host, List<String> lines, String kind) {
        var user = host.state().user();
        long mine = 0;
        long free = FIRST;
        for (var line : lines) {
            var parts = line.strip().split(":");
            if (parts.length != 3 || !(parts[1] + parts[2]).matches("\\d{1,18}")) continue;
            long from = Long.parseLong(parts[1]);
            long count = Long.parseLong(parts[2]);
            if (parts[0].equals(user) || parts[0].equals(host.state().uid())) mine += count;
            free = Math.max(free, from + count);
        }
        if (mine >= COUNT) return Optional.empty();
        var range = free + "-" + (free + COUNT - 1);
        return Optional.of(Step.Command.of("usermod", "--add-sub" + kind, range, user)
                .undoneBy("usermod", "--del-sub" + kind, range, user));
    }
}
