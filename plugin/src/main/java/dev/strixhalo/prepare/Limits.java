package dev.strixhalo.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Limits of the user: pam_limits for logins, a drop-in for the user's manager, under which containers run. Lines of others in
 * our file stay.
 */
final class Limits {
    static final String PAM = "/etc/security/limits.d/90-strixhalo.conf";
    static final String MANAGER = "/etc/systemd/system/user@.service.d/90-strixhalo.conf";

    private Limits() {}

    static Optional<Remedy.Draft> draft(Host host) {
        var lines = new ArrayList<String>();
        var service = new ArrayList<String>();
        var limits = host.facts().limits().find();
        var wanted = host.wishes().wanted();
        if (host.cluster().link().rdma()) {
            lines.add("memlock unlimited");
            service.add("LimitMEMLOCK=infinity");
        }
        // What is enough already is nobody's business, unless our own file made it so.
        if (limits.isPresent() && (limits.get().files() < wanted.openFiles() || ours(host, "nofile"))) {
            lines.add("nofile " + wanted.openFiles());
            service.add("LimitNOFILE=" + wanted.openFiles());
        }
        if (limits.isPresent() && (limits.get().processes() < wanted.processes() || ours(host, "nproc"))) {
            lines.add("nproc " + wanted.processes());
            service.add("LimitNPROC=" + wanted.processes());
        }
        if (lines.isEmpty() || enoughWithoutUs(host)) return Optional.empty();
        var steps = new ArrayList<Step>();
        steps.add(Step.Command.onUndo("systemctl", "daemon-reload"));
        host.state().writing(PAM, "644", merged(host, lines)).ifPresent(steps::add);
        host.state()
                .writing(MANAGER, "644", "[Service]\n" + String.join("\n", service) + "\n")
                .ifPresent(steps::add);
        if (steps.size() == 1) return Optional.empty();
        steps.add(Step.Command.of("systemctl", "daemon-reload"));
        return Remedy.Draft.of(steps, Afterwards.NEW_LOGIN, Afterwards.USER_MANAGER);
    }

    /** Somebody else has raised them, for logins and for the manager: then there is nothing to do. */
    private static boolean enoughWithoutUs(Host host) {
        boolean file =
                host.state().file(PAM).map(HostState.FileState::there).find().orElse(false);
        boolean dropIn = host.state()
                .file(MANAGER)
                .map(HostState.FileState::there)
                .find()
                .orElse(false);
        if (file || dropIn) return false;
        boolean login = host.facts()
                .limits()
                .map(l -> (!host.cluster().link().rdma() || l.memlock().unlimited())
                        && l.files() >= host.wishes().wanted().openFiles()
                        && l.processes() >= host.wishes().wanted().processes())
                .find()
                .orElse(false);
        boolean manager = !host.cluster().link().rdma()
                || host.root()
                || host.state().managerLimit().map("unlimited"::equals).find().orElse(false);
        return login && manager;
    }

    private static boolean ours(Host host, String item) {
        return host.state()
                .content(PAM)
                .lines()
                .anyMatch(line -> is(line, host.state().user(), item));
    }

    private static boolean is(String line, String user, String item) {
        var words = line.strip().split("\\s+");
        return words.length >= 4 && words[0].equals(user) && words[2].equals(item);
    }

    private static String merged(Host host, List<String> lines) {
        var user = host.state().user();
        var text = new StringBuilder();
        host.state()
                .content(PAM)
                .lines()
                .filter(line -> lines.stream().noneMatch(ours -> is(line, user, ours.split(" ")[0])))
                .forEach(line -> text.append(line).append('\n'));
        for (var line : lines) text.append(user).append(" - ").append(line).append('\n');
        return text.toString();
    }
}
