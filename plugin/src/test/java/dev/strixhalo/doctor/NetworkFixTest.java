package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.HostSamples;
import org.junit.jupiter.api.Test;

/** Who keeps the fabric address, and fixes for the tool that looks after the network there. */
class NetworkFixTest {
    private static HostSamples withoutNetworkManager() {
        return strixHalo()
                .without("nm-device")
                .without("nm-profile")
                .without("nm-files")
                .ending("keepers", 3, "inactive\ninactive");
    }

    /** {@code networkctl status} of systemd 252; the line that counts was read on Debian 12. */
    private static HostSamples networkd(String file, String content) {
        return withoutNetworkManager()
                .ending("keepers", 3, "inactive\nactive")
                .with("networkd", "* 3: enp194s0np0\n             Link File: n/a\n          Network File: " + file)
                .with("networkd-file", content);
    }

    private static HostSamples small(HostSamples sample) {
        return sample.with("addresses", sample.answer("addresses").replace("9000", "1500"));
    }

    @Test
    void aProfileOfNetworkManagerHoldsTheAddress() {
        assertThat(finding("persistent-address", strixHalo()).found()).isEqualTo("profile rdma0");
        assertThat(finding(
                        "persistent-address",
                        strixHalo()
                                .with(
                                        "nm-profile",
                                        strixHalo().answer("nm-profile").replace("manual", "auto"))))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("the profile does not hold it", Finding::found);
        assertThat(finding(
                        "persistent-address",
                        strixHalo()
                                .with(
                                        "nm-profile",
                                        strixHalo().answer("nm-profile").replace("yes", "no"))))
                .returns("the profile does not connect by itself", Finding::found);
        // What 'ip addr add' leaves behind, as NetworkManager takes it up.
        assertThat(finding(
                        "persistent-address",
                        strixHalo()
                                .with("nm-files", strixHalo().answer("nm-files").replace("/etc/", "/run/"))))
                .returns("the profile lives in memory only", Finding::found);
        assertThat(finding("mtu", small(strixHalo())).fixes().get(0)).contains("nmcli connection modify", "mtu 9000");
    }

    @Test
    void aFileOfNetworkdOrNetplanHoldsIt() {
        var networkd = networkd("/etc/systemd/network/10-rdma.network", "Address=192.168.100.1/30");
        assertThat(finding("persistent-address", networkd).found()).isEqualTo("/etc/systemd/network/10-rdma.network");
        assertThat(finding("mtu", small(networkd)).fixes().get(0))
                .contains(
                        "MTUBytes=9000", "/etc/systemd/network/10-rdma.network", "networkctl reconfigure enp194s0np0");
        assertThat(finding(
                        "persistent-address",
                        networkd("/etc/systemd/network/10-rdma.network", "Address=192.168.100.10/30")))
                .returns(Verdict.WARN, Finding::verdict);

        var netplan = networkd("/run/systemd/network/10-netplan-enp194s0np0.network", "Address=192.168.100.1/30");
        assertThat(finding("persistent-address", netplan).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("default-route", netplan.with("defaults", "[{\"dev\":\"enp194s0np0\"}]"))
                        .fixes()
                        .get(0))
                .contains("/etc/netplan", "netplan apply");
    }

    @Test
    void theFilesOfIfupdownHoldIt() {
        var files = withoutNetworkManager()
                .ending("ifupdown", 2, "iface enp194s0np0 inet static\n  address 192.168.100.1/30");
        assertThat(finding("persistent-address", files).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("mtu", small(files)).fixes().get(0)).contains("/etc/network/interfaces", "ip link set");
    }

    @Test
    void anAddressThatNobodyKeepsIsGivenByTheToolThatIsThere() {
        var nobody = withoutNetworkManager().with("netplan", "/etc/netplan/50-cloud-init.yaml");
        assertThat(finding("persistent-address", nobody))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("no profile or file holds it", Finding::found)
                .satisfies(f -> assertThat(f.fixes().get(0))
                        .contains("/etc/netplan/90-rdma0.yaml", "192.168.100.1/30", "netplan apply"));
        assertThat(finding("persistent-address", withoutNetworkManager()))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("neither NetworkManager, systemd-networkd nor ifupdown is there", Finding::found);
    }
}
