package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.Nic;
import dev.strixhalo.host.RdmaPort;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Verbs devices, their ports and their addresses. */
final class RdmaChecks {
    private static final String SOURCE =
            "setup guide, section 2; Linux, Documentation/ABI/stable/sysfs-class-infiniband";

    private RdmaChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.rdma(
                        "verbs-device",
                        Area.RDMA,
                        "Without a verbs device on the fabric interface RCCL falls back to TCP in silence.",
                        SOURCE,
                        "Which interface a device belongs to is taken from its table of addresses (gid_attrs/ndevs) and from "
                                + "'rdma link'. For InfiniBand any device with an InfiniBand port counts.",
                        RdmaChecks::device),
                Check.rdma(
                        "rdma-port",
                        Area.RDMA,
                        "A port that is not ACTIVE carries nothing.",
                        SOURCE,
                        "Read are state and phys_state in /sys/class/infiniband. A RoCE port is down when its interface is; an "
                                + "InfiniBand port stays in INIT until a subnet manager (opensm) runs on one node.",
                        RdmaChecks::state),
                Check.roce(
                        "roce-mode",
                        Area.RDMA,
                        "A card in iWARP mode has no RoCE v2 address, and RCCL falls back to TCP in silence.",
                        "Linux, Documentation/networking/devlink/ice.rst, enable_roce",
                        "E810 cards can do both; the mode is a parameter of devlink. Software iWARP (siw) claims Ethernet and "
                                + "ACTIVE too, so the types of the addresses decide (gid_attrs/types).",
                        RdmaChecks::mode),
                Check.roce(
                        "gid-index",
                        Area.RDMA,
                        "RCCL sends from one entry of the table of addresses; it has to be the fabric's IPv4 as RoCE v2.",
                        "NCCL documentation, NCCL_IB_GID_INDEX",
                        "The index moves when addresses come and go (the guide's fixed 1 is wrong as soon as there is a second "
                                + "fe80 address). It is found on each node; more than one such entry is a duplicate address.",
                        RdmaChecks::gid));
    }

    /** The ports that the cluster's link would use. */
    private static List<RdmaPort> ports(Subject subject, List<RdmaPort> all) {
        if (subject.cluster().link() == Link.INFINIBAND) {
            return all.stream().filter(p -> p.linkLayer().equals("InfiniBand")).toList();
        }
        var name = subject.facts().nic().map(Nic::name).find().orElse("");
        return all.stream().filter(p -> p.netdevs().contains(name)).toList();
    }

    private static String names(List<RdmaPort> ports) {
        return ports.stream().map(RdmaPort::name).collect(Collectors.joining(" "));
    }

    private static Judgement device(Subject subject) {
        return Judgement.of(subject.facts().rdma(), all -> {
            var mine = ports(subject, all);
            boolean infiniband = subject.cluster().link() == Link.INFINIBAND;
            var wanted = infiniband ? "a device with an InfiniBand port" : "a device on the fabric interface";
            if (!mine.isEmpty()) return Judgement.ok(names(mine), wanted);
            var found = all.isEmpty() ? "no verbs device" : names(all) + " elsewhere";
            return Judgement.fail(
                    found,
                    wanted,
                    infiniband ? "sudo modprobe mlx5_ib && sudo modprobe ib_umad" : "sudo modprobe irdma",
                    subject.install("rdma-core", "rdma-core"));
        });
    }

    /** Judges the ports of the link; where there are none, another check has said so. */
    private static Judgement onPorts(Subject subject, Function<List<RdmaPort>, Judgement> judge) {
        return Judgement.of(subject.facts().rdma(), all -> {
            var mine = ports(subject, all);
            return mine.isEmpty() ? Judgement.skip("no verbs device on the fabric") : judge.apply(mine);
        });
    }

    private static Judgement state(Subject subject) {
        return onPorts(subject, ports -> {
            var found = ports.stream()
                    .map(p -> "%s %s %s".formatted(p.name(), p.state(), p.physicalState()))
                    .collect(Collectors.joining(", "));
            return Judgement.okOrFail(
                    ports.stream().anyMatch(RdmaPort::active),
                    found,
                    "ACTIVE LinkUp",
                    subject.cluster().link() == Link.INFINIBAND
                            ? "start a subnet manager on one node: sudo systemctl enable --now opensm"
                            : "look at the cable, then: sudo ip link set %s up"
                                    .formatted(subject.facts()
                                            .nic()
                                            .map(Nic::name)
                                            .find()
                                            .orElse("IF")));
        });
    }

    private static Judgement mode(Subject subject) {
        return onPorts(subject, ports -> {
            var types = gids(ports)
                    .map(gid -> gid.type().isEmpty() ? "none (iWARP)" : gid.type())
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(", "));
            var bus = subject.facts()
                    .nic()
                    .find()
                    .flatMap(nic -> nic.bus().find())
                    .orElse("BUS");
            var off = subject.facts()
                    .nic()
                    .find()
                    .flatMap(nic -> nic.roce().find())
                    .filter(on -> !on)
                    .isPresent();
            var mellanox = subject.facts()
                    .nic()
                    .find()
                    .flatMap(nic -> nic.driver().find())
                    .filter("mlx5_core"::equals)
                    .isPresent();
            return Judgement.okOrFail(
                    gids(ports).anyMatch(RdmaPort.Gid::roceV2),
                    (types.isEmpty() ? "no addresses at all" : types) + (off ? ", enable_roce off" : ""),
                    "RoCE v2",
                    (mellanox
                                    ? "sudo devlink dev param set pci/%1$s name enable_roce value true cmode driverinit\nsudo devlink dev reload pci/%1$s"
                                    : "sudo devlink dev param set pci/%1$s name enable_iwarp value false cmode runtime\nsudo devlink dev param set pci/%1$s name enable_roce value true cmode runtime")
                            .formatted(bus));
        });
    }

    private static Judgement gid(Subject subject) {
        return onPorts(subject, ports -> {
            var address = subject.node().fabric().address();
            var wanted = "one entry, RoCE v2, with " + address;
            var entries = ports.stream()
                    .flatMap(port -> port.entriesOf(address).stream()
                            .map(gid -> "%s index %d".formatted(port.name(), gid.index())))
                    .toList();
            if (entries.isEmpty()) {
                return Judgement.fail(
                        "none",
                        wanted,
                        "give %s to the interface of %s"
                                .formatted(subject.node().fabric(), names(ports)));
            }
            return Judgement.okOrFail(
                    entries.size() == 1,
                    String.join(", ", entries),
                    wanted,
                    "take %s off all interfaces but one: ip -4 addr".formatted(address));
        });
    }

    private static Stream<RdmaPort.Gid> gids(List<RdmaPort> ports) {
        return ports.stream().flatMap(port -> port.gids().stream());
    }
}
