package dev.strixhalo.doctor;

import dev.strixhalo.host.Podman;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The programs that deploying, measuring and looking take. */
final class PackageChecks {
    private static final String SOURCE = "setup guide, section 4.1";

    /** Programs with their packages in Fedora and in Debian. */
    private record Packages(String fedora, String debian) {}

    private static final Map<String, Packages> RUN = Map.of(
            "podman", new Packages("podman", "podman"),
            "crun", new Packages("crun", "crun"),
            "ip", new Packages("iproute", "iproute2"));

    private static final Map<String, Packages> RDMA = Map.of(
            "rdma", new Packages("iproute", "iproute2"),
            "ethtool", new Packages("ethtool", "ethtool"),
            "ibv_devinfo", new Packages("libibverbs-utils", "ibverbs-utils"),
            "ib_write_bw", new Packages("perftest", "perftest"));

    private PackageChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "programs",
                        Area.PACKAGES,
                        "Without podman, crun and ip nothing can be deployed.",
                        SOURCE,
                        "The programs are looked for in the PATH of a login over SSH, and in /usr/sbin. crun is what lets a "
                                + "rootless container keep the groups render and video.",
                        subject -> programs(subject, RUN)),
                Check.rdma(
                        "rdma-programs",
                        Area.PACKAGES,
                        "The link cannot be looked at or measured without the tools of RDMA.",
                        SOURCE,
                        "rdma and ethtool tell what the card is, ibv_devinfo what verbs see, ib_write_bw (perftest) measures.",
                        subject -> programs(subject, RDMA)),
                Check.always(
                        "podman-version",
                        Area.PACKAGES,
                        "Older podmans lack options that deploy uses.",
                        SOURCE,
                        "4.3 is the oldest that was tried, on Debian 12.",
                        PackageChecks::podman),
                Check.always(
                        "same-podman",
                        Area.PACKAGES,
                        "Containers of one cluster should be made by one podman.",
                        "setup guide, section 4",
                        "Different versions were seen to work; defaults differ between major versions.",
                        s -> s.sameOnAll(
                                facts -> facts.podman().map(podman -> podman.version()),
                                true,
                                s.install("podman", "podman"))));
    }

    private static Judgement programs(Subject subject, Map<String, Packages> wanted) {
        var found = subject.facts().programs();
        var names = new TreeSet<>(wanted.keySet());
        if (!found.keySet().containsAll(names)) return Judgement.skip("the look did not come to the programs");
        var missing =
                names.stream().filter(name -> !found.getOrDefault(name, false)).toList();
        var all = String.join(" ", names);
        if (missing.isEmpty()) {
            // Neither is needed: they are ways into the container for those who like them.
            var optional = Stream.of("toolbox", "distrobox")
                    .filter(name -> wanted.containsKey("podman") && found.getOrDefault(name, false))
                    .collect(Collectors.joining(" "));
            return Judgement.ok(optional.isEmpty() ? "all there" : "all there, and " + optional, all);
        }
        var fedora = new TreeSet<String>();
        var debian = new TreeSet<String>();
        for (var name : missing) {
            var packages = wanted.getOrDefault(name, new Packages(name, name));
            fedora.add(packages.fedora());
            debian.add(packages.debian());
        }
        return Judgement.fail(
                "without " + String.join(" ", missing),
                all,
                subject.install(String.join(" ", fedora), String.join(" ", debian)));
    }

    private static Judgement podman(Subject subject) {
        return Judgement.of(
                subject.facts().podman(),
                podman -> Judgement.okOrFail(
                        podman.recent(),
                        podman.version(),
                        Podman.OLDEST + " or newer",
                        subject.install("podman", "podman")));
    }
}
