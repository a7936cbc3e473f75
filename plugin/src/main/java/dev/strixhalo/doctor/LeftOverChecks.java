package dev.strixhalo.doctor;

import dev.strixhalo.base.Amount;
import dev.strixhalo.host.LeftOvers;
import dev.strixhalo.host.LeftOvers.GpuUser;
import dev.strixhalo.host.LeftOvers.Listener;
import java.util.List;
import java.util.stream.Collectors;

/** What earlier work, or other people's, left behind on a node. */
final class LeftOverChecks {
    private LeftOverChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "ports",
                        Area.LEFTOVERS,
                        "A launch cannot listen where somebody else does.",
                        "setup guide, section 6.1; ss(8)",
                        "Looked for are listeners on the ports of Ray's head and of the API; which ones is a wanted value. Those "
                                + "of the cluster's own container are as they should be.",
                        LeftOverChecks::ports),
                Check.always(
                        "processes-left",
                        Area.LEFTOVERS,
                        "A rank that stayed behind keeps the GPU's memory, and a foreign Ray takes workers in.",
                        "Ray documentation, ray stop; vLLM documentation, distributed serving",
                        "Looked for are processes of Ray and vLLM outside of the cluster's container, and in it while nothing "
                                + "was launched. Only names are read, no arguments.",
                        LeftOverChecks::processes),
                Check.always(
                        "gpu-users",
                        Area.LEFTOVERS,
                        "Memory of the GPU that somebody else holds is missing for the model.",
                        "Linux, drivers/gpu/drm/amd/amdkfd/kfd_process.c",
                        "/sys/class/kfd/kfd/proc lists who has the GPU open, with what each holds of its own memory.",
                        LeftOverChecks::gpu),
                Check.always(
                        "shared-memory",
                        Area.LEFTOVERS,
                        "Segments that a killed rank left in /dev/shm take memory until the next boot.",
                        "shm_overview(7)",
                        "Looked for are psm_*, nccl-*, torch_* and sem.mp-* of the user that no process has open or mapped. "
                                + "Only the user's own processes can be asked.",
                        LeftOverChecks::segments),
                Check.always(
                        "compiler-cache",
                        Area.LEFTOVERS,
                        "A file without content in the cache of the GPU's compiler lets every start fail in the same place.",
                        "LLVM, amd/comgr, README.md (AMD_COMGR_CACHE)",
                        "A node that lost its power while it compiled leaves such files in ~/.cache/comgr.",
                        LeftOverChecks::cache),
                Check.always(
                        "login-environment",
                        Area.LEFTOVERS,
                        "Settings of NCCL and Ray that every login inherits overrule what launch sets.",
                        "setup guide, section 6.1; NCCL and Ray documentation, environment variables",
                        "A forgotten NCCL_PROTO has cost 30 % once. Looked for are NCCL_*, RCCL_* and RAY_* in a login shell; "
                                + "only names are read, never values.",
                        LeftOverChecks::environment));
    }

    private static Judgement ports(Subject subject) {
        var left = subject.facts().leftOvers();
        return Judgement.of(left.ports(), listeners -> {
            var wanted = subject.wanted().ports();
            var names = wanted.stream().map(String::valueOf).collect(Collectors.joining(" "));
            var held = listeners.stream().filter(l -> wanted.contains(l.port())).toList();
            if (held.isEmpty()) return Judgement.ok("free", names + " free");
            var foreign = held.stream().filter(l -> !ours(left, l)).toList();
            if (foreign.isEmpty()) return Judgement.ok("held by the cluster's own container", names + " free");
            return Judgement.fail(
                    foreign.stream().map(LeftOverChecks::words).distinct().collect(Collectors.joining(", ")),
                    names + " free",
                    "see who it is and end it: sudo ss -ltnp 'sport = :%d'"
                            .formatted(foreign.get(0).port()),
                    "launch with other ports");
        });
    }

    private static boolean ours(LeftOvers left, Listener listener) {
        return left.processes().find().orElse(List.of()).stream()
                .anyMatch(process -> process.ours() && process.pid() == listener.pid());
    }

    private static String words(Listener listener) {
        return "%d by %s".formatted(listener.port(), listener.who().isEmpty() ? "another user" : listener.who());
    }

    private static Judgement processes(Subject subject) {
        var left = subject.facts().leftOvers();
        return Judgement.of(left.processes(), all -> {
            var foreign = all.stream().filter(process -> !process.ours()).toList();
            var wanted = "none outside of the cluster's container, none in it without a launch";
            if (!foreign.isEmpty()) {
                return Judgement.warn(
                        told(foreign),
                        wanted,
                        "end them: kill %s"
                                .formatted(foreign.stream()
                                        .map(process -> String.valueOf(process.pid()))
                                        .collect(Collectors.joining(" "))));
            }
            if (!all.isEmpty() && !left.launched()) {
                return Judgement.warn("orphans: " + told(all), wanted, "mvn strixhalo:stop");
            }
            return Judgement.ok(all.isEmpty() ? "none" : all.size() + " of the launch", wanted);
        });
    }

    /** The first three; a Ray has dozens. */
    private static String told(List<LeftOvers.Process> processes) {
        return processes.stream().limit(3).map(LeftOvers.Process::toString).collect(Collectors.joining(", "))
                + (processes.size() > 3 ? " and %d more".formatted(processes.size() - 3) : "");
    }

    private static Judgement gpu(Subject subject) {
        return Judgement.of(subject.facts().leftOvers().gpuUsers(), users -> {
            var foreign = users.stream().filter(user -> !user.process().ours()).toList();
            return Judgement.okOrWarn(
                    foreign.isEmpty(),
                    foreign.isEmpty()
                            ? (users.isEmpty() ? "nobody" : "the cluster's own container")
                            : foreign.stream().map(LeftOverChecks::words).collect(Collectors.joining(", ")),
                    "nobody but the cluster's container",
                    "see whether they are needed: ps -fp "
                            + foreign.stream()
                                    .map(user -> String.valueOf(user.process().pid()))
                                    .collect(Collectors.joining(",")));
        });
    }

    private static String words(GpuUser user) {
        return "%s holds %s".formatted(user.process(), Amount.bytes(user.bytes()));
    }

    private static Judgement segments(Subject subject) {
        return Judgement.of(
                subject.facts().leftOvers().segments(),
                names -> Judgement.okOrWarn(
                        names.isEmpty(),
                        names.isEmpty() ? "none" : "%d, such as %s".formatted(names.size(), names.get(0)),
                        "none that nobody uses",
                        "rm -f -- "
                                + names.stream()
                                        .limit(20)
                                        .map(name -> "/dev/shm/" + name)
                                        .collect(Collectors.joining(" "))));
    }

    private static Judgement cache(Subject subject) {
        return Judgement.of(
                subject.facts().leftOvers().emptyCache(),
                count -> Judgement.okOrWarn(
                        count == 0,
                        count == 0 ? "whole" : "%d files without content".formatted(count),
                        "no file without content",
                        "find ~/.cache/comgr -type f -size 0 -delete"));
    }

    private static Judgement environment(Subject subject) {
        return Judgement.of(
                subject.facts().foreign(),
                names -> Judgement.okOrWarn(
                        names.isEmpty(),
                        names.isEmpty() ? "none" : String.join(" ", names),
                        "none",
                        "take them out of ~/.bashrc, ~/.profile and /etc/profile.d"));
    }
}
