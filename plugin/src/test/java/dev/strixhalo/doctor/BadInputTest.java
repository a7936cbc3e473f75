package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.HostSamples;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Hosts that are not as one would expect. No machine with such cards was at hand: the forms are those of the kernel. */
class BadInputTest {
    private static final String FABRIC = "0000:0000:0000:0000:0000:ffff:c0a8:6401";

    private static String port(String device) {
        return "/sys/class/infiniband/" + device + "/ports/1/";
    }

    private static String active(String device) {
        return "%1$sstate:4: ACTIVE\n%1$sphys_state:5: LinkUp\n%1$slink_layer:Ethernet\n".formatted(port(device));
    }

    @Test
    void twoInterfacesWithTheFabricAddress() {
        var twice = strixHalo().with("addresses", """
                [{"ifname":"enp194s0np0","flags":["UP"],"mtu":9000,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":30}]},
                 {"ifname":"eno1","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":24}]}]""");

        assertThat(finding("fabric-interface", twice))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("enp194s0np0 eno1 all have it", Finding::found);
    }

    @Test
    void twoVerbsDevicesOfWhichOneIsOnTheFabric() {
        var sample = strixHalo()
                .with("rdma-ports", active("irdma0") + active("irdma1").replace("4: ACTIVE", "1: DOWN"))
                .with(
                        "gid-ndevs",
                        port("irdma0") + "gid_attrs/ndevs/1:enp194s0np0\n" + port("irdma1")
                                + "gid_attrs/ndevs/0:enp194s0np1");

        assertThat(finding("verbs-device", sample).found()).isEqualTo("irdma0:1");
        assertThat(finding("rdma-port", sample).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void aVerbsDeviceWithoutAnInterface() {
        var sample = strixHalo()
                .with("rdma-links", "[{\"ifname\":\"irdma0\",\"port\":1,\"state\":\"DOWN\"}]")
                .ending("gid-ndevs", 2, "");

        assertThat(finding("verbs-device", sample))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("irdma0:1 elsewhere", Finding::found);
    }

    /** siw's table has one entry, the hardware's address, whose type cannot be read. */
    @Test
    void softwareIwarpThatClaimsEthernetAndActive() {
        var siw = strixHalo()
                .with("rdma-ports", active("siw0"))
                .with("gids", port("siw0") + "gids/0:6efe:543d:1c40:0000:0000:0000:0000:0000")
                .ending("gid-types", 2, "")
                .ending("gid-ndevs", 2, "")
                .with("rdma-links", """
                        [{"ifname":"siw0","port":1,"state":"ACTIVE","physical_state":"LINK_UP","netdev":"enp194s0np0"}]""");

        assertThat(finding("rdma-port", siw).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("roce-mode", siw))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("none (iWARP)", Finding::found);
        assertThat(finding("gid-index", siw).verdict()).isEqualTo(Verdict.FAIL);
    }

    @Test
    void devlinkSaysThatRoceIsOff() {
        var iwarp = strixHalo()
                .with("gid-types", "")
                .with("roce-parameter", strixHalo().answer("roce-parameter").replace("true", "false"));

        assertThat(finding("roce-mode", iwarp).found()).isEqualTo("none (iWARP), enable_roce off");
        assertThat(finding("roce-mode", iwarp.with("roce-parameter", "kernel answers: Invalid argument"))
                        .found())
                .isEqualTo("none (iWARP)");
    }

    /** In the form that a kernel developer's machine with mlx5 showed on the netdev list, switched off. */
    @Test
    void aMellanoxCardHasTheSwitchForTheStartOfItsDriverAlone() {
        var off = strixHalo()
                .with("gid-types", "")
                .with("driver", "/sys/bus/pci/drivers/mlx5_core")
                .with("roce-parameter", """
                        {"param":{"pci/0000:c2:00.0":[{"name":"enable_roce","type":"generic","values":
                        [{"cmode":"driverinit","value":false}]}]}}""");

        assertThat(finding("roce-mode", off))
                .returns("none (iWARP), enable_roce off", Finding::found)
                .satisfies(finding -> assertThat(String.join("\n", finding.fixes()))
                        .isEqualTo(
                                "sudo devlink dev param set pci/0000:c2:00.0 name enable_roce value true cmode driverinit\n"
                                        + "sudo devlink dev reload pci/0000:c2:00.0"));
    }

    @Test
    void noEntryWithAnIpv4Address() {
        var sample = strixHalo().with("gids", port("irdma0") + "gids/0:fe80:0000:0000:0000:6efe:54ff:fe3d:1c40");

        assertThat(finding("gid-index", sample))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("none", Finding::found);
        assertThat(finding("roce-mode", sample).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void aTableOfThirtyTwoWithGapsAndTheAddressAsBothVersions() {
        var gids = new StringBuilder();
        var types = new StringBuilder();
        for (int i = 0; i < 32; i++) {
            var gid = i == 17 || i == 31 ? FABRIC : "0000:0000:0000:0000:0000:0000:0000:0000";
            gids.append(port("irdma0")).append("gids/%d:%s\n".formatted(i, gid));
        }
        types.append(port("irdma0")).append("gid_attrs/types/17:IB/RoCE v1\n");
        types.append(port("irdma0")).append("gid_attrs/types/31:RoCE v2\n");

        assertThat(finding(
                        "gid-index", strixHalo().with("gids", gids.toString()).with("gid-types", types.toString())))
                .returns(Verdict.OK, Finding::verdict)
                .returns("irdma0:1 index 31", Finding::found);
    }

    /** An address that went while the table was read: its type is there, its entry is not, and the other way round. */
    @Test
    void filesOfSysfsThatVanishWhileTheyAreRead() {
        var sample = strixHalo()
                .with("rdma-ports", port("irdma0") + "state:4: ACTIVE")
                .with("gid-types", port("irdma0") + "gid_attrs/types/7:RoCE v2")
                .ending("pcie", 2, "/sys/class/net/enp194s0np0/device/current_link_width:4");

        assertThat(finding("rdma-port", sample))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("irdma0:1 ACTIVE ", Finding::found);
        assertThat(finding("roce-mode", sample).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(finding("pcie-link", sample).verdict()).isEqualTo(Verdict.SKIP);
    }

    /** The field of ethtool(8) has 32 bytes; Mellanox and Broadcom write in forms of their own. */
    @Test
    void firmwareLinesOfOthersEmptyAndCut() {
        for (var line : List.of("", "N/A", "FW unknown")) {
            assertThat(finding("nic-firmware", strixHalo().with("ethtool", "firmware-version: " + line))
                            .verdict())
                    .as(line)
                    .isEqualTo(Verdict.SKIP);
        }
        assertThat(finding(
                                "nic-firmware",
                                strixHalo().with("ethtool", "firmware-version: 4.91 0x800214b5 1.3909.0 0123456"))
                        .found())
                .isEqualTo("4.91");
        for (var line : List.of("22.31.1014 (MT_0000000359)", "229.0.154.0/pkg 229.1.123.0")) {
            var other = strixHalo()
                    .with("driver", "/sys/bus/pci/drivers/mlx5_core")
                    .with("ethtool", "driver: mlx5_core\nfirmware-version: " + line);
            assertThat(finding("nic-firmware", other).found()).isEqualTo("not a card with the driver ice");
            assertThat(finding("same-nic-firmware", other))
                    .returns(Verdict.WARN, Finding::verdict)
                    .returns(line, Finding::found);
        }
    }

    /** {@code ip -j} names a VLAN without the interface that it lies on, other than {@code ip} without it. */
    @Test
    void interfaceNamesWithDotsAndAtSigns() {
        for (var name : List.of("enp1s0.100", "rdma@0", "enp194s0f0np0v1")) {
            assertThat(finding("fabric-interface", renamed(name)).found()).isEqualTo(name);
            assertThat(finding("verbs-device", renamed(name)).found()).isEqualTo("irdma0:1");
            assertThat(finding("fabric-route", renamed(name)).verdict()).isEqualTo(Verdict.OK);
        }
    }

    private static HostSamples renamed(String name) {
        var sample = strixHalo();
        for (var probe : List.of("addresses", "interface", "gid-ndevs", "rdma-links", "route-192.168.100.2")) {
            sample.with(probe, sample.answer(probe).replace("enp194s0np0", name));
        }
        return sample;
    }

    /** iproute2 before 4.14 and its rdma before 4.17 write no JSON, ss had no -H, journalctl before 237 no -g. */
    @Test
    void toolsOfOlderVersions() {
        var old = strixHalo()
                .failing("rdma-links", 255, "Option \"-j\" is unknown, try \"rdma -help\".")
                .failing("denials", 1, "journalctl: invalid option -- 'g'")
                .with("ports", """
                        State      Recv-Q Send-Q Local Address:Port               Peer Address:Port
                        LISTEN     0      128          *:22                       *:*
                        """);

        // The tables of addresses name the interface as well.
        assertThat(finding("verbs-device", old)).returns("irdma0:1", Finding::found);
        assertThat(finding("rdma-port", old).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("selinux", old).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("ports", old).verdict()).isEqualTo(Verdict.OK);
        var text = strixHalo().with("addresses", "2: eno1: <UP> mtu 1500\n    inet 10.0.0.11/24 scope global eno1");
        assertThat(finding("fabric-interface", text))
                .returns(Verdict.SKIP, Finding::verdict)
                .satisfies(f -> assertThat(f.found()).contains("ip -j addr"));
        var route = strixHalo().failing("defaults", 255, "Option \"-j\" is unknown, try \"ip -help\".");
        assertThat(finding("default-route", route))
                .returns(Verdict.SKIP, Finding::verdict)
                .satisfies(f -> assertThat(f.found()).contains("Option \"-j\" is unknown"));
    }

    /** nmcli and systemctl that do not heed LC_ALL, as wrappers in other languages do: nothing is made of their words. */
    @Test
    void toolsInAnotherLanguage() {
        var german = strixHalo()
                .with("nm-profile", """
                        connection.id:rdma0
                        connection.autoconnect:ja
                        connection.zone:trusted
                        ipv4.method:manuell
                        ipv4.addresses:192.168.100.1/30
                        """)
                .ending("services", 3, "inaktiv\ninaktiv")
                .ending("suspend", 1, "maskiert");

        assertThat(finding("persistent-address", german))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("the profile does not hold it", Finding::found);
        // Neither is "active"; that suspend is masked cannot be made out, and is no success.
        assertThat(finding("oom-killers", german).verdict()).isIn(Verdict.OK, Verdict.SKIP);
        assertThat(finding("suspend", german).verdict()).isEqualTo(Verdict.WARN);
        assertThat(finding("memlock", strixHalo().with("limits", "Höchstwert gesperrter Speicher unbegrenzt"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding(
                                "mtu-proof",
                                strixHalo().with("ping-192.168.100.2", "3 Pakete übertragen, 3 empfangen, 0% Verlust"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    /** Answers in another language, as an older version gives them, or of another program of that name. */
    @Test
    void toolsThatAnswerInAnotherWay() {
        assertThat(finding("persistent-address", strixHalo().with("nm-device", "ALLGEMEIN.STATUS:100"))
                        .found())
                .isEqualTo("no profile or file holds it");
        assertThat(finding("manager-memlock", strixHalo().with("manager", "LimitMEMLOCK=18446744073709551615"))
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(finding("ssh-server", strixHalo().with("sshd", """
                        /etc/ssh/sshd_config.d/9.conf:Match User git
                        /etc/ssh/sshd_config.d/9.conf:  AllowTcpForwarding no
                        /etc/ssh/sshd_config:allowtcpforwarding=remote
                        /etc/ssh/sshd_config:MaxSessions many
                        """)).verdict())
                .isEqualTo(Verdict.OK);
        assertThat(finding("ssh-server", strixHalo().with("sshd", "/etc/ssh/sshd_config:MaxSessions 1")))
                .returns(Verdict.WARN, Finding::verdict);
        assertThat(finding("ssh-server", strixHalo().with("sshd", "/etc/ssh/sshd_config:DisableForwarding yes")))
                .returns(Verdict.FAIL, Finding::verdict);
        assertThat(finding("selinux", strixHalo().with("selinux", "Durchsetzend"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding("weights-disk", strixHalo().with("weights-turns", "1")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("btrfs on a turning disk", Finding::found);
        assertThat(finding("gpu-target", strixHalo().with("gfx", "garbage")).found())
                .isEqualTo("no GPU for ROCm");
    }
}
