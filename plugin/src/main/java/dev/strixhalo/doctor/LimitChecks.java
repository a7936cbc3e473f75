package dev.strixhalo.doctor;

import java.util.List;

/** Limits of a new login. */
final class LimitChecks {
    private static final String SOURCE = "CHECKS: Limits; setup guide §5.2";

    private LimitChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.rdma(
                        "memlock",
                        Area.LIMITS,
                        "RDMA locks the memory that it sends from; a rootless container cannot raise the limit.",
                        SOURCE,
                        "Judged is the hard limit of our own login. It holds from the next login on; a user manager that "
                                + "lingers keeps the old one until it is started again.",
                        subject -> Judgement.of(
                                subject.facts().limits(),
                                limits -> Judgement.okOrFail(
                                        limits.memlock().unlimited(),
                                        limits.memlock().toString(),
                                        "unlimited",
                                        line(subject, "memlock unlimited")))),
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
                                        "nproc"))));
    }

    private static Judgement atLeast(Subject subject, long found, long wanted, String item) {
        return Judgement.okOrWarn(
                found >= wanted,
                found == Long.MAX_VALUE ? "unlimited" : String.valueOf(found),
                wanted + " or more",
                line(subject, item + " " + wanted));
    }

    private static String line(Subject subject, String limit) {
        var user = subject.facts().login().map(login -> login.user()).find().orElse("USER");
        return "echo '%s - %s' | sudo tee -a /etc/security/limits.d/90-strixhalo.conf\nthen log in anew"
                .formatted(user, limit);
    }
}
