package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NicChecksTest {
    private static String addresses(String flags, String... names) {
        var links = new StringBuilder();
        for (var name : names) {
            links.append(links.isEmpty() ? "[" : ",").append("""
                    {"ifname":"%s","flags":[%s],"mtu":9000,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":30}]}""".formatted(name, flags));
        }
        return (links.isEmpty() ? "[" : links) + "]";
    }

    @Test
    void oneInterfaceThatIsUpCarriesTheFabricAddress() {
        assertThat(finding("fabric-interface", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("enp194s0np0", Finding::found);
        assertThat(finding(
                        "fabric-interface", strixHalo().with("addresses", addresses("\"UP\",\"NO-CARRIER\"", "rdma0"))))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("rdma0 is down", Finding::found);
        assertThat(finding("fabric-interface", strixHalo().with("addresses", addresses("\"UP\"", "a@b", "c.7"))))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("a@b c.7 all have it", Finding::found);
        assertThat(finding("fabric-interface", strixHalo().with("addresses", "[]")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("none has 192.168.100.1", Finding::found);
        assertThat(finding("fabric-interface", strixHalo().with("addresses", "Object \"-j\" is unknown"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void slowLinksAreWarnedOf() {
        assertThat(finding("link-speed", strixHalo())).returns("100 Gbit/s", Finding::found);
        assertThat(finding("link-speed", strixHalo().with("speed", "2500")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("2.5 Gbit/s", Finding::found);
        // Read on a real virtual machine.
        assertThat(finding("link-speed", strixHalo().with("speed", "-1")).verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding("link-speed", strixHalo().with("interface", "")))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("no interface carries the fabric address", Finding::found);
    }

    @Test
    void otherDriversAreWarnedOf() {
        assertThat(finding("nic-driver", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        // Read on a real virtual machine.
        assertThat(finding("nic-driver", strixHalo().with("driver", "/sys/bus/virtio/drivers/virtio_net")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("virtio_net", Finding::found);
        // readlink -f of a bridge's missing device.
        assertThat(finding("nic-driver", strixHalo().with("driver", "/sys/devices/virtual/net/br0/device/driver"))
                        .found())
                .isEqualTo("the interface has no device of its own");
    }

    @Test
    void oldFirmwareOfTheE810IsWarnedOf() {
        assertThat(finding("nic-firmware", strixHalo()))
                .returns("4.91", Finding::found)
                .returns(Verdict.OK, Finding::verdict);
        assertThat(finding("nic-firmware", strixHalo().with("ethtool", "firmware-version: 4.20 0x8001784e 1.3346.0"))
                        .verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(finding("nic-firmware", strixHalo().with("ethtool", "driver: ice\nfirmware-version: "))
                        .found())
                .isEqualTo("the driver tells no firmware version");
        assertThat(finding("nic-firmware", strixHalo().with("ethtool", "firmware-version: FW unknown"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding("nic-firmware", strixHalo().with("driver", "/sys/bus/pci/drivers/mlx5_core"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding("nic-firmware", "tcp", strixHalo()).verdict()).isEqualTo(Verdict.SKIP);
    }

    @Test
    void narrowSlotsAreWarnedOfWithWhatTheyCarry() {
        assertThat(finding("pcie-link", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("x4 at 16 GT/s, 63 Gbit/s", Finding::found);
        assertThat(finding("pcie-link", strixHalo().with("pcie", """
                        /sys/class/net/rdma0/device/current_link_width:1
                        /sys/class/net/rdma0/device/current_link_speed:8.0 GT/s PCIe
                        """)))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("x1 at 8 GT/s, 8 Gbit/s", Finding::found);
        assertThat(finding("pcie-link", strixHalo().ending("pcie", 2, "")).verdict())
                .isEqualTo(Verdict.SKIP);
    }
}
