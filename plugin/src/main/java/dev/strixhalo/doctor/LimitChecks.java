package dev.strixhalo.doctor;

import dev.strixhalo.host.ByHand;
import dev.strixhalo.run.Memlock;
import java.util.List;

/** Limits of a new login, of the user's manager, and inside the container. */
final class LimitChecks {
    private static final String SOURCE = "setup guide, section 5.2; limits.conf(5)";

    private LimitChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.rdma(
                        "memlock",
                        Area.LIMITS,
                        "RDMA locks the memory that it sends from; a rootless container cannot raise the limit.",
                        SOURCE,
                        "Judged is the hard limit of our own login, and what limits.conf and limits.d give to the next one.",
                        LimitChecks::memlock),
                Check.rdma(
                        "manager-memlock",
                        Area.LIMITS,
                        "What runs under systemd's manager of the user has that manager's limit, whatever a login has.",
                        "systemd.exec(5), LimitMEMLOCK; user@.service(5)",
                        "A manager that lingers keeps the limit that it was started with until it is started again.",
                        LimitChecks::manager),
                Check.rdma(
                        "container-memlock",
                        Area.LIMITS,
                        "What counts in the end is the limit inside the container.",
                        "setup guide, section 5.2; podman-run(1), --ulimit",
                        "Asked is the container of the cluster that runs there (podman exec); before the first deploy there is "
                                + "none.",
                        subject -> Judgement.of(
                                subject.facts().inside(),
                                inside -> Judgement.okOrFail(
                                        inside.memlock().unlimited(),
                                        inside.memlock().toString(),
                                        "unlimited",
                                        "see to memlock and manager-memlock above, then make the container anew:\n"
                                                + "mvn strixhalo:deploy"))),
                Check.always(
                        "open-files",
                        Area.LIMITS,
                        "Ray and vLLM keep thousands of files and sockets open.",
                        SOURCE,
                        "Judged is the hard limit of our own login (nofile).",
                        subject -> Judgement.of(
                                subject.facts().limits(),
                                limits -> atLeast(
                                        subject,
                                        limits.files(),
                                        subject.wanted().openFiles(),
                                        "nofile"))),
                Check.always(
                        "processes",
                        Area.LIMITS,
                        "Ray starts many processes, and threads count as such.",
                        SOURCE,
                        "Judged is the hard limit of our own login (nproc).",
                        subject -> Judgement.of(
                                subject.facts().limits(),
                                limits -> atLeast(
                                        subject,
                                        limits.processes(),
                                        subject.wanted().processes(),
                                        "nproc"))),
                Check.always(
                        "tasks",
                        Area.LIMITS,
                        "systemd counts the processes and threads of all of a user's sessions together.",
                        "systemd.resource-control(5), TasksMax; logind.conf(5), UserTasksMax",
                        "Read is pids.max of the user's slice and of the user's manager in /sys/fs/cgroup.",
                        subject -> Judgement.of(
                                subject.facts().tasks(),
                                tasks -> Judgement.okOrWarn(
                                        tasks >= subject.wanted().processes(),
                                        number(tasks),
                                        subject.wanted().processes() + " or more",
                                        "sudo systemctl set-property user-$(id -u %s).slice TasksMax=infinity"
                                                .formatted(subject.user())))));
    }

    private static Judgement memlock(Subject subject) {
        var next = subject.facts().pending().memlock().find();
        return Judgement.of(subject.facts().limits(), limits -> {
            var mine = limits.memlock();
            if (mine.unlimited()) return Judgement.ok("unlimited", "unlimited");
            if (next.isPresent() && next.get().unlimited()) {
                return Judgement.fail(
                        Judgement.NOT_YET + "unlimited, here " + mine,
                        "unlimited",
                        "log in anew",
                        "where a new login has no more: see that sshd_config says 'UsePAM yes', then: sudo reboot");
            }
            return Judgement.fail(mine.toString(), "unlimited", line(subject, "memlock unlimited"));
        });
    }

    private static Judgement manager(Subject subject) {
        // pam_limits has the last word over the unit where PAM's service systemd-user asks it, as on Fedora and Debian.
        boolean given = subject.facts()
                .pending()
                .memlock()
                .map(Memlock::unlimited)
                .find()
                .orElse(false);
        return Judgement.of(subject.facts().pending().manager(), manager -> {
            if (manager.running().unlimited()) return Judgement.ok("unlimited", "unlimited");
            var restart = ByHand.restartManager(subject.user());
            if (manager.set().unlimited() || given) {
                return Judgement.fail(
                        Judgement.NOT_YET + "unlimited, here " + manager.running(),
                        "unlimited",
                        restart + "   (ends what runs under it)",
                        "sudo reboot");
            }
            if (manager.reload()) {
                return Judgement.fail(
                        manager.running() + ", and files of its unit changed",
                        "unlimited",
                        "sudo systemctl daemon-reload\n" + restart);
            }
            return Judgement.fail(
                    manager.running().toString(),
                    "unlimited",
                    "sudo mkdir -p /etc/systemd/system/user@.service.d\n"
                            + "printf '[Service]\\nLimitMEMLOCK=infinity\\n' |\n"
                            + "sudo tee /etc/systemd/system/user@.service.d/90-strixhalo.conf\n"
                            + "sudo systemctl daemon-reload\n"
                            + restart);
        });
    }

    private static String number(long count) {
        return count == Long.MAX_VALUE ? "unlimited" : String.valueOf(count);
    }

    private static Judgement atLeast(Subject subject, long found, long wanted, String item) {
        return Judgement.okOrWarn(
                found >= wanted, number(found), wanted + " or more", line(subject, item + " " + wanted));
    }

    private static String line(Subject subject, String limit) {
        return ByHand.limit(subject.user(), limit);
    }
}
