package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.PEER;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.HostSamples;
import org.junit.jupiter.api.Test;

class FirewallChecksTest {
    private static HostSamples reach(String fabric) {
        return strixHalo().with("reach", "listen fabric ok\nfabric " + PEER + " " + fabric);
    }

    @Test
    void aHighPortOfTheFabricAnswers() {
        assertThat(finding("fabric-firewall", strixHalo()).found()).isEqualTo("node2 answers");
        assertThat(finding("fabric-firewall", reach("silent")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("node2 keeps silent", Finding::found)
                .satisfies(
                        f -> assertThat(f.fixes().get(0))
                                .startsWith(
                                        "on node2: sudo firewall-cmd --permanent --zone=trusted --change-interface=enp194s0np0"));
        // firewalld rejects with an ICMP message, which connect(2) tells so.
        assertThat(finding("fabric-firewall", reach("No route to host")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("node2: No route to host", Finding::found);
    }

    @Test
    void aRefusalIsAFirewallOnlyIfTheOtherListenedThen() {
        // The second node has reached the first, so it was there.
        assertThat(finding("fabric-firewall", reach("refused")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("node2 refuses", Finding::found);
        var late = strixHalo().with("reach", "listen fabric ok\nfabric " + PEER + " refused");
        assertThat(finding(
                        "fabric-firewall",
                        Patients.report("roce", reach("refused").facts(), late.factsOfThePeer())))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("node2 did not listen at the same time", Finding::found);
        var deaf = strixHalo().ending("reach", 127, "");
        assertThat(finding(
                                "fabric-firewall",
                                Patients.report("roce", reach("refused").facts(), deaf.factsOfThePeer()))
                        .found())
                .isEqualTo("node2 could not listen: 'python3' is not installed");
    }

    @Test
    void theLanIsClosedToHighPorts() {
        assertThat(finding("lan-firewall", strixHalo()).found()).isEqualTo("node2 keeps silent");
        assertThat(finding("lan-firewall", reach("open\nlan " + PEER + " 10.0.0.12 open")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("high ports of node2 (10.0.0.12) are open", Finding::found);
        assertThat(finding("lan-firewall", reach("open")))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("node2 did not tell its address on the LAN", Finding::found);
    }

    @Test
    void loginsFromNodeToNodeAreTriedInSshsOwnWords() {
        assertThat(finding("node-ssh", strixHalo()).found()).isEqualTo("node2 without a password");
        assertThat(finding("node-ssh", strixHalo().failing("ssh-" + PEER, 255, "Host key verification failed.")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("Host key verification failed.", Finding::found);
    }
}
