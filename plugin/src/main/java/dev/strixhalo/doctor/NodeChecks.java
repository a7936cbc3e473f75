package dev.strixhalo.doctor;

import dev.strixhalo.base.Problem;
import java.util.List;

/** Whether a node answers at all, judged without facts, and its SSH server. */
final class NodeChecks {
    private static final Check REACHABLE = Check.always(
            "reachable",
            Area.NODE,
            "Nothing can be done with a node that does not answer.",
            "ssh(1)",
            "One session of SSH, or this machine itself, runs one script that only reads. When it cannot be run, all other "
                    + "checks of the node are skipped.",
            subject -> Judgement.ok("answered", "answers"));

    /** Sessions that a goal opens at once on one login: what it does, what it watches, and the forwarded port. */
    private static final int SESSIONS = 4;

    private NodeChecks() {}

    static List<Check> checks() {
        return List.of(
                REACHABLE,
                Check.always(
                        "ssh-server",
                        Area.NODE,
                        "deploy brings images through a forwarded port, and opens several sessions on one login.",
                        "sshd_config(5), AllowTcpForwarding, DisableForwarding, MaxSessions, PerSourcePenalties",
                        "Read are sshd_config and sshd_config.d where plain users may, outside of Match. On Fedora only root "
                                + "may; that forwarding works is then seen at the first deploy.",
                        NodeChecks::server));
    }

    private static Judgement server(Subject subject) {
        return Judgement.of(subject.facts().sshd(), sshd -> {
            var wanted = "forwarding allowed, %d sessions or more".formatted(SESSIONS);
            var forwarding = sshd.value("AllowTcpForwarding").orElse("yes");
            if (sshd.value("DisableForwarding").orElse("no").equalsIgnoreCase("yes")) {
                return Judgement.fail(
                        "DisableForwarding yes",
                        wanted,
                        "take DisableForwarding out of /etc/ssh/sshd_config, then: sudo systemctl reload "
                                + (subject.debianLike() ? "ssh" : "sshd"));
            }
            if (!forwarding.matches("(?i)yes|all|remote")) {
                return Judgement.fail(
                        "AllowTcpForwarding " + forwarding, wanted, setting(subject, "AllowTcpForwarding yes"));
            }
            var sessions =
                    sshd.value("MaxSessions").filter(n -> n.matches("\\d{1,6}")).map(Integer::parseInt);
            if (sessions.isPresent() && sessions.get() < SESSIONS) {
                return Judgement.warn("MaxSessions " + sessions.get(), wanted, setting(subject, "MaxSessions 10"));
            }
            var penalties = sshd.value("PerSourcePenalties");
            return Judgement.ok(
                    "forwarding allowed"
                            + penalties.map(p -> ", PerSourcePenalties " + p).orElse(""),
                    wanted);
        });
    }

    /** Before all other files, since the first value of a keyword counts. */
    private static String setting(Subject subject, String line) {
        return "echo '%s' | sudo tee /etc/ssh/sshd_config.d/00-strixhalo.conf\nsudo systemctl reload %s"
                .formatted(line, subject.debianLike() ? "ssh" : "sshd");
    }

    /** What a check says of a node that did not answer. */
    static Finding unreached(Check check, String node, Problem why) {
        if (!check.equals(REACHABLE)) return check.finding(node, Judgement.skip("the node did not answer"));
        var found = why.found().isEmpty() ? why.what() : why.what() + " " + String.join(" ", why.found());
        var fixes = why.fixes().isEmpty()
                ? new String[] {"log in there by hand: ssh"}
                : why.fixes().toArray(String[]::new);
        return check.finding(node, Judgement.fail(found, "answers", fixes));
    }
}
