package dev.strixhalo.rdma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Program;
import dev.strixhalo.host.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From files of sysfs to what moved, driver by driver. The names of irdma's counters are those of the kernel's
 * drivers/infiniband/hw/irdma/verbs.c, their values those of a card in a public report; a folder stands in for sysfs.
 */
class CountersTest {
    @TempDir
    Path sys;

    @Test
    void irdmaCountsOctetsOfIpInBothVersions() throws Exception {
        var before = parse(fixture("counters-irdma.txt"));
        var after = parse(fixture("counters-irdma.txt")
                .replace("5884668", "47684668")
                .replace("7224092", "49124092")
                .replace("ip6OutOctets 200", "ip6OutOctets 250"));

        var port = the("irdma0:1", Traffic.between(before, after));

        assertThat(port.driver()).isEqualTo("ice");
        assertThat(port.bytes()).isEqualTo(Reading.of(new Amounts(41_800_000, 41_900_050)));
        assertThat(port.packets()).isEqualTo(Reading.of(new Amounts(0, 0)));
    }

    @Test
    void mlx5AndInfiniBandCountWordsOfFourBytes() throws Exception {
        for (var port : List.of("mlx5_0 1 mlx5_core Ethernet", "qib0 1 ib_qib InfiniBand")) {
            var traffic = Traffic.between(port(port, standard(1000, 2000)), port(port, standard(1500, 2001)));

            assertThat(traffic.ports().values())
                    .singleElement()
                    .satisfies(moved -> assertThat(moved.bytes()).isEqualTo(Reading.of(new Amounts(2000, 4))));
        }
    }

    @Test
    void softRoceCountsPacketsAlone() throws Exception {
        var traffic = Traffic.between(
                port("rxe0 1 rxe Ethernet", "hw_counters/rcvd_pkts 7", "hw_counters/sent_pkts 9"),
                port("rxe0 1 rxe Ethernet", "hw_counters/rcvd_pkts 107", "hw_counters/sent_pkts 209"));

        var port = the("rxe0:1", traffic);

        assertThat(port.packets()).isEqualTo(Reading.of(new Amounts(100, 200)));
        assertThat(port.bytes().reason()).isEqualTo("rxe0's driver rxe counts no bytes that we know");
    }

    @Test
    void softRocesBytesShowOnTheInterfaceAsWell() throws Exception {
        // Two virtual machines with rdma_rxe (Debian 12, kernel 6.1) before and after
        // 'ib_write_bw -b -q 2 -n 50 -s 65536' over their own cable: 6.6 MB of payload each way.
        for (var node : List.of("node1", "node2")) {
            var traffic = Traffic.between(
                    parse(fixture("counters-rxe-%s-before.txt".formatted(node))),
                    parse(fixture("counters-rxe-%s-after.txt".formatted(node))));

            assertThat(the("rxe0:1", traffic).packets()).isEqualTo(Reading.of(new Amounts(2624, 2624)));
            assertThat(the("rxe0:1", traffic).bytes().find()).isEmpty();
            assertThat(traffic.interfaces()).containsOnlyKeys("ens16", "ens17");
            assertThat(the(traffic, "ens17").find())
                    .hasValueSatisfying(moved -> assertThat(moved.eachWay()).isBetween(8_600_000L, 8_700_000L));
            assertThat(the(traffic, "ens16").find())
                    .hasValueSatisfying(moved -> assertThat(moved.eachWay()).isLessThan(50_000));
        }
    }

    @Test
    void bnxtHasNamesOfItsOwn() throws Exception {
        var traffic = Traffic.between(
                port("bnxt_re0 1 bnxt_en Ethernet", "hw_counters/rx_bytes 7", "hw_counters/tx_bytes 9"),
                port("bnxt_re0 1 bnxt_en Ethernet", "hw_counters/rx_bytes 8", "hw_counters/tx_bytes 11"));

        assertThat(traffic.ports().get("bnxt_re0:1"))
                .satisfies(port -> assertThat(port.bytes()).isEqualTo(Reading.of(new Amounts(1, 2))));
    }

    /** The real script over trees of sysfs: each driver moved five megabytes in, six out and a little. */
    @Test
    void everyDriversOwnFilesAreReadInItsUnits() throws Exception {
        tree(4);
        var before = Counters.parse(script("eth0"));
        tree(5);
        var ports = Traffic.between(before, Counters.parse(script("eth0"))).ports();

        assertThat(ports).containsOnlyKeys("irdma0:1", "mlx5_0:1", "bnxt_re0:1", "ibp1s0:1");
        var out = Map.of(
                "irdma0:1", 6_000_040L, "mlx5_0:1", 6_000_000L, "bnxt_re0:1", 6_000_040L, "ibp1s0:1", 6_000_040L);
        ports.forEach((name, port) -> {
            assertThat(port.bytes())
                    .as(name)
                    .isEqualTo(Reading.of(new Amounts(5_000_000, Objects.requireNonNull(out.get(name)))));
            assertThat(port.packets()).as(name).isEqualTo(Reading.of(new Amounts(1200, 1301)));
        });
    }

    /** @param column of the fixture that holds the values */
    private void tree(int column) throws IOException {
        for (var line : fixture("counters-by-documentation.txt").lines().toList()) {
            if (line.startsWith("#")) continue;
            var words = line.split(" ");
            var device = "class/infiniband/" + words[1];
            if (!Files.exists(sys.resolve(device))) {
                Files.createDirectories(sys.resolve("bus/pci/drivers/" + words[0]));
                link(device + "/device/driver", "bus/pci/drivers/" + words[0]);
                file(device + "/ports/1/link_layer", words[2] + "\n");
            }
            file(device + "/ports/1/" + words[3], words[column] + "\n");
        }
    }

    @Test
    void aDriverThatWeDoNotKnowProvesNothingOnEthernet() throws Exception {
        var port = "hns_0 1 hns3 Ethernet";

        var moved = the("hns_0:1", Traffic.between(port(port, standard(1, 1)), port(port, standard(99, 99))));

        assertThat(moved.bytes().reason()).contains("hns3 counts no bytes that we know");
        assertThat(moved.packets().find()).isEmpty();
    }

    @Test
    void aCounterThatWentBackOrIsFullOrVanishedProvesNothing() throws Exception {
        var name = "mlx5_0 1 mlx5_core Ethernet";
        var before = port(name, standard(1000, 2000));

        assertThat(bytes(before, port(name, standard(10, 3000))).reason())
                .isEqualTo("counters/port_rcv_data of mlx5_0 went from 1000 to 10: it was reset, or ran over");
        assertThat(bytes(before, port(name, standard(4294967295L, 3000))).reason())
                .contains("is full");
        assertThat(bytes(before, port(name, "counters/port_rcv_data 1001")).reason())
                .isEqualTo("counters/port_xmit_data of mlx5_0 could not be read again");
        assertThat(bytes(before, parse("end")).reason()).isEqualTo("mlx5_0:1 is not there any more");
    }

    @Test
    void interfacesAboveOrBelowTheFabricsAreNotCountedTwice() throws Exception {
        var before = parse("net fab0.100 5 5\nnet fab0 6 6\nnet eno1 7 7\nnet usb0 1 1\nstacked fab0\nend");
        var after = parse("net fab0.100 25 35\nnet fab0 26 36\nnet eno1 8 9\nstacked fab0\ngone class/net/x\nend");

        var traffic = Traffic.between(before, after);

        assertThat(traffic.interfaces()).containsOnlyKeys("fab0.100", "eno1", "usb0");
        assertThat(traffic.interfaces().get("fab0.100")).isEqualTo(Reading.of(new Amounts(20, 30)));
        assertThat(traffic.interfaces().get("usb0")).isEqualTo(Reading.absent("usb0 is not there any more"));
        assertThat(traffic.gone()).containsExactly("class/net/x");
    }

    @Test
    void aLookThatBrokeOffIsAnErrorAndABannerIsNone() throws Exception {
        assertThat(parse("Welcome to node1\nend of the banner\nnet eno1 1 2\nend\n")
                        .interfaces())
                .containsOnlyKeys("eno1");
        assertThatThrownBy(() -> parse("net eno1 1 2"))
                .hasMessageContaining("The look at the node's counters broke off.");
    }

    @Test
    void theScriptReadsWhatTheKernelShows() throws Exception {
        file("class/infiniband/irdma0/ports/1/link_layer", "Ethernet\n");
        file("class/infiniband/irdma0/ports/1/hw_counters/ip4InOctets", "10\n");
        file("class/infiniband/irdma0/ports/1/hw_counters/ip4OutOctets", "20\n");
        // What the kernel answers where a device has no such counters (drivers/infiniband/core/sysfs.c).
        file("class/infiniband/irdma0/ports/1/counters/port_xmit_data", "N/A (no PMA)\n");
        Files.createDirectories(sys.resolve("bus/pci/drivers/ice"));
        link("class/infiniband/irdma0/device/driver", "bus/pci/drivers/ice");
        file("class/infiniband/rxe0/parent", "fab0\n");
        file("class/infiniband/rxe0/ports/1/link_layer", "Ethernet\n");
        file("class/infiniband/rxe0/ports/1/hw_counters/sent_pkts", "3\n");
        file("class/net/lo/statistics/rx_bytes", "1\n");
        file("class/net/fab0.100/statistics/rx_bytes", "100\n");
        file("class/net/fab0.100/statistics/tx_bytes", "200\n");
        file("class/net/fab0/statistics/rx_bytes", "1000\n");
        // Vanishes between the two reads.
        Files.createDirectories(sys.resolve("class/net/fab0.100/lower_fab0"));

        var counters = Counters.parse(script("fab0.100"));

        assertThat(counters.ports()).containsOnlyKeys("irdma0:1", "rxe0:1");
        assertThat(counters.ports().get("irdma0:1"))
                .satisfies(port -> assertThat(port.driver()).isEqualTo("ice"))
                .satisfies(port -> assertThat(port.layer()).isEqualTo("Ethernet"))
                .satisfies(port -> assertThat(port.values())
                        .containsEntry("hw_counters/ip4InOctets", 10L)
                        .containsEntry("hw_counters/ip4OutOctets", 20L)
                        .hasSize(2));
        assertThat(counters.ports().get("rxe0:1"))
                .satisfies(port -> assertThat(port.driver()).isEqualTo("rxe"));
        assertThat(counters.interfaces()).containsOnlyKeys("fab0.100").containsValue(new Amounts(100, 200));
        assertThat(counters.stacked()).containsExactly("fab0");
        assertThat(counters.gone()).containsExactly("class/net/fab0/statistics/tx_bytes");
    }

    @Test
    void aNodeWithoutRdmaHasNoPorts() throws Exception {
        file("class/net/eth0/statistics/rx_bytes", "1\n");
        file("class/net/eth0/statistics/tx_bytes", "2\n");

        var counters = Counters.parse(script("eth0"));

        assertThat(counters.ports()).isEmpty();
        assertThat(counters.stacked()).isEmpty();
        assertThat(counters.gone()).isEmpty();
    }

    private List<String> script(String fabric) throws Exception {
        var result = Program.of("sh", "-s", "--", fabric, sys.toString())
                .stdin(Counters.script())
                .run();
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result.out();
    }

    private void file(String path, String text) throws IOException {
        Files.createDirectories(sys.resolve(path).getParent());
        Files.writeString(sys.resolve(path), text);
    }

    private void link(String path, String to) throws IOException {
        Files.createDirectories(sys.resolve(path).getParent());
        Files.createSymbolicLink(sys.resolve(path), sys.resolve(to));
    }

    private static Traffic.PortTraffic the(String name, Traffic traffic) {
        return Objects.requireNonNull(traffic.ports().get(name), name);
    }

    private static Reading<Amounts> the(Traffic traffic, String networkInterface) {
        return Objects.requireNonNull(traffic.interfaces().get(networkInterface), networkInterface);
    }

    private static Reading<Amounts> bytes(Counters before, Counters after) {
        return Traffic.between(before, after).ports().values().iterator().next().bytes();
    }

    private static String[] standard(long in, long out) {
        return new String[] {"counters/port_rcv_data " + in, "counters/port_xmit_data " + out};
    }

    /** A node with one port: device, port, driver, layer; and its counters. */
    private static Counters port(String port, String... counts) throws Exception {
        var words = port.split(" ");
        var lines = new ArrayList<>(List.of("port " + port));
        for (var count : counts) lines.add("count %s %s %s".formatted(words[0], words[1], count));
        lines.add("end");
        return Counters.parse(lines);
    }

    private static Counters parse(String text) throws Exception {
        return Counters.parse(text.lines().toList());
    }

    static String fixture(String name) throws IOException {
        try (var stream = CountersTest.class.getResourceAsStream(name)) {
            assertThat(stream).as(name).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
