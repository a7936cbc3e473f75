package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.base.Program;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.FabricFacts;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.it.bed.VirtualMachine;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.rdma.Counters;
import dev.strixhalo.rdma.Expectation;
import dev.strixhalo.rdma.Proof;
import dev.strixhalo.rdma.Rank;
import dev.strixhalo.rdma.RcclLog;
import dev.strixhalo.rdma.Traffic;
import dev.strixhalo.rdma.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The proof that launch and status make of a running service, with the counters of a real kernel's RDMA: ib_write_bw in the
 * containers moves what a model's all-reduces would. RCCL's lines stand in for RCCL, which needs a GPU.
 */
final class LiveProof implements Chapter {
    /** 64 tokens of a model of 4 layers, 1024 wide, 2 bytes a value: 512 all-reduces, 1 MiB each way. */
    private static final Expectation ANSWER = Expectation.of(4, 1024, 2, 64);

    private static final String PORT = "18531";
    private static final Duration TRAFFIC = Duration.ofMinutes(3);

    private final List<Side> sides = new ArrayList<>();

    /** One machine: how it is reached, and what launch would have found there. */
    private record Side(MachineConnection connection, String fabricInterface, FabricPort port) {
        VirtualMachine machine() {
            return connection.machine();
        }

        String address() {
            return connection.node().fabric().address();
        }
    }

    /** What moves bytes between the containers, or does not. */
    private interface Deed {
        void run() throws Exception;
    }

    @Override
    public String name() {
        return "proof";
    }

    @Override
    public Set<String> needs() {
        return Set.of("prepare");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        try {
            report.step("containers in the role of the service run on both, and the port of each is found", () -> {
                Containers.start(hosts);
                find(hosts);
            });
            report.step(
                    "verbs between them, and RCCL's word for it: RDMA is proved on both by the port's own counters",
                    () -> {
                        var verdict = judge(during(this::writeBothWays), LiveProof::saysVerbs);
                        unless(verdict.outcome() == Verdict.Outcome.RDMA && verdict.wanted(), verdict.told());
                        unless(verdict.evidence().contains("rxe0:1 GID"), verdict.told());
                    });
            report.aside("the same word while nothing goes through the port proves nothing", () -> {
                var verdict = judge(during(() -> {}), LiveProof::saysVerbs);
                unless(verdict.outcome() == Verdict.Outcome.NOT_PROVABLE && !verdict.wanted(), verdict.told());
            });
            report.aside(
                    "bytes that go by TCP over the same cable prove no RDMA: without RCCL's word TCP is told", () -> {
                        var traffic = during(this::socketsBothWays);
                        var said = judge(traffic, LiveProof::saysVerbs);
                        unless(said.outcome() == Verdict.Outcome.NOT_PROVABLE && !said.wanted(), said.told());
                        var silent = judge(traffic, side -> RcclLog.unknown("RCCL wrote no log"));
                        unless(silent.outcome() == Verdict.Outcome.TCP && !silent.wanted(), silent.told());
                    });
        } finally {
            report.aside("the containers of the service go", () -> Containers.remove(hosts));
        }
    }

    private void find(Hosts hosts) throws Exception {
        for (int n = 0; n < hosts.all().size(); n++) {
            var connection = MachineConnection.to(hosts.all().get(n), "192.168.100." + (n + 1));
            var facts = FabricFacts.look(connection);
            var carrier = facts.fabric(connection.node()).name();
            var address = connection.node().fabric().address();
            var port = FabricPort.of(facts.demandPorts(), carrier, Link.ROCE, address);
            unless(port.find().isPresent(), connection.node().name() + ": " + port.reason());
            sides.add(new Side(connection, carrier, port.find().orElseThrow()));
        }
    }

    private interface Word {
        RcclLog of(Side side);
    }

    /** What goes through each node meanwhile. */
    private List<Traffic> during(Deed deed) throws Exception {
        var before = new ArrayList<Counters>();
        for (var side : sides) before.add(Counters.read(side.connection(), side.fabricInterface()));
        deed.run();
        var traffic = new ArrayList<Traffic>();
        for (int n = 0; n < sides.size(); n++) {
            var side = sides.get(n);
            var after = Counters.read(side.connection(), side.fabricInterface());
            traffic.add(Traffic.between(before.get(n), after));
        }
        return traffic;
    }

    private Verdict judge(List<Traffic> traffic, Word word) {
        var ranks = new ArrayList<Rank>();
        for (int n = 0; n < sides.size(); n++) {
            var side = sides.get(n);
            ranks.add(new Rank(
                    side.machine().name(),
                    side.fabricInterface(),
                    new Rank.Pinned(side.port().name(), side.port().gidIndex().orElseThrow()),
                    traffic.get(n),
                    word.of(side)));
        }
        return Proof.judge(Link.ROCE, ranks, ANSWER);
    }

    /** In the words of NCCL 2.27. */
    private static RcclLog saysVerbs(Side side) {
        return RcclLog.of(List.of(List.of(
                "NCCL INFO NET/IB : Using [0]%s/RoCE [RO]; OOB %s:%s<0>"
                        .formatted(side.port().name(), side.fabricInterface(), side.address()),
                "NCCL INFO Using network IB")));
    }

    /** 100 writes of 16 KiB each way, as a model's all-reduces are many and small. */
    private void writeBothWays() throws Exception {
        between(writing(node2()), writing(node1(), node2().address()));
    }

    private static String[] writing(Side side, String... peer) {
        var argv = new ArrayList<>(List.of("ib_write_bw", "-F", "-b", "-n", "100", "-s", "16384", "-p", PORT));
        var index = side.port().gidIndex().orElseThrow();
        argv.addAll(List.of("-d", side.port().device(), "-x", String.valueOf(index)));
        argv.addAll(List.of(peer));
        return argv.toArray(String[]::new);
    }

    /** 4 MB one way, and then the other. */
    private void socketsBothWays() throws Exception {
        var address = node2().address();
        for (var ends : List.of("--client", "--reverse --client")) {
            var client = new ArrayList<>(List.of("iperf3", "--port", PORT, "--bytes", "4M"));
            client.addAll(List.of(ends.split(" ")));
            client.add(address);
            between(
                    new String[] {"iperf3", "--server", "--one-off", "--bind", address, "--port", PORT},
                    client.toArray(String[]::new));
        }
    }

    private void between(String[] server, String[] client) throws Exception {
        var serving = inside(node2(), server).start();
        try {
            awaitListener();
            unlessGood(inside(node1(), client).timeout(TRAFFIC).run());
        } finally {
            Program.endTree(serving.toHandle());
            // What runs in a container outlives the SSH session that asked for it.
            node2().machine().run("podman", "exec", Containers.NAME, "pkill", "-x", server[0]);
        }
    }

    private static Program inside(Side side, String... words) {
        var argv = new ArrayList<>(List.of("podman", "exec", Containers.NAME));
        argv.addAll(List.of(words));
        return side.machine().program(argv);
    }

    private void awaitListener() throws Exception {
        for (int i = 0; i < 60; i++) {
            var listening = unlessGood(node2().machine().run("ss", "-Hltn", "sport = :" + PORT));
            if (!listening.out().isEmpty()) return;
            Thread.sleep(500);
        }
        throw new Mismatch(node2().machine().name() + ": nobody listens on port " + PORT);
    }

    private Side node1() {
        return sides.get(0);
    }

    private Side node2() {
        return sides.get(1);
    }
}
