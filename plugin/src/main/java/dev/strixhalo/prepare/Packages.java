package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Packages of the distribution: what doctor, deploy and verify run on the host. */
final class Packages {
    /** A package by its names; the third is whether only links with RDMA need it. */
    private record Package(String fedora, String debian, boolean rdma) {}

    private static final List<Package> WANTED = List.of(
            new Package("podman", "podman", false),
            new Package("crun", "crun", false),
            new Package("iproute", "iproute2", false),
            new Package("iputils", "iputils-ping", false),
            new Package("iperf3", "iperf3", false),
            new Package("rdma-core", "rdma-core", true),
            new Package("libibverbs-utils", "ibverbs-utils", true),
            new Package("perftest", "perftest", true),
            new Package("ethtool", "ethtool", true));

    /** All names of all distributions, to be asked for. */
    static final List<String> NAMES = WANTED.stream()
            .flatMap(p -> Stream.of(p.fedora(), p.debian()))
            .distinct()
            .toList();

    private Packages() {}

    static Optional<Remedy.Draft> draft(Host host) throws StrixhaloException {
        if (!host.wishes().packages()) return Optional.empty();
        boolean rdma = host.cluster().link().rdma();
        boolean apt = host.state().manager().equals("apt");
        var missing = WANTED.stream()
                .filter(p -> rdma || !p.rdma())
                .map(p -> apt ? p.debian() : p.fedora())
                .filter(name -> !host.state().packages().contains(name))
                .toList();
        if (missing.isEmpty()) return Optional.empty();
        return switch (host.state().manager()) {
            case "apt" ->
                Remedy.Draft.of(List.of(
                        // Lists of packages are no state of the host that anyone would want back.
                        Step.Command.of("apt-get", "-o", "DPkg::Lock::Timeout=120", "--quiet", "update"),
                        new Step.Install(with(
                                List.of("apt-get", "-o", "DPkg::Lock::Timeout=120", "--quiet", "--yes", "install"),
                                missing))));
            case "dnf" ->
                Remedy.Draft.of(List.of(new Step.Install(with(List.of("dnf", "--assumeyes", "install"), missing))));
            case HostState.OSTREE ->
                throw Problem.of("Packages are missing, and the system is an image of ostree's.")
                        .found("/run/ostree-booted")
                        .fix("sudo rpm-ostree install %s, restart, then run the goal again"
                                .formatted(String.join(" ", missing)))
                        .asException();
            default ->
                throw Problem.of("Packages are missing, and the package manager is none that prepare knows.")
                        .found("neither apt-get nor dnf")
                        .fix("install by hand: " + String.join(" ", missing))
                        .asException();
        };
    }

    private static List<String> with(List<String> argv, List<String> names) {
        var all = new ArrayList<>(argv);
        all.addAll(names);
        return all;
    }
}
