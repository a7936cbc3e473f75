package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.PEER;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AddressChecksTest {
    private static final String ROUTE = "route-" + PEER;
    private static final String PING = "ping-" + PEER;

    @Test
    void theWayToThePeerIsTheFabric() {
        assertThat(finding("fabric-route", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("enp194s0np0 from 192.168.100.1", Finding::found);
        // The form was read on a real machine.
        assertThat(finding("fabric-route", strixHalo().with(ROUTE, """
                        [{"dst":"192.168.100.2","gateway":"10.0.0.1","dev":"eno1","prefsrc":"10.0.0.11","flags":[],"uid":0,"cache":[]}]
                        """)))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("eno1 from 10.0.0.11 via 10.0.0.1", Finding::found);
        assertThat(finding("fabric-route", strixHalo().failing(ROUTE, 2, "RTNETLINK answers: Network is unreachable")))
                .returns(Verdict.SKIP, Finding::verdict)
                .satisfies(f -> assertThat(f.found()).contains("Network is unreachable"));
    }

    @Test
    void noDefaultRouteLeavesByTheFabric() {
        assertThat(finding("default-route", strixHalo()).found()).isEqualTo("by eno1");
        assertThat(finding("default-route", strixHalo().with("defaults", "[]")).verdict())
                .isEqualTo(Verdict.OK);
        assertThat(finding(
                                "default-route",
                                strixHalo().with("defaults", "[{\"dst\":\"default\",\"dev\":\"enp194s0np0\"}]"))
                        .verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(finding("default-route", strixHalo().with("addresses", "[]")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void weComeInByAnotherAddress() {
        assertThat(finding("management-address", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("management-address", strixHalo().with("connection", "192.168.100.2 5000 192.168.100.1 22"))
                        .verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(finding("management-address", strixHalo().with("connection", ""))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void bothEndsHaveTheSameLargeMtu() {
        var small = """
                [{"ifname":"enp194s0np0","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"%s","prefixlen":30}]}]""";
        var second = strixHalo().with("addresses", small.formatted("192.168.100.2"));
        var first = strixHalo().with("addresses", small.formatted("192.168.100.1"));

        assertThat(finding("mtu", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("9000", Finding::found);
        assertThat(finding("mtu", Patients.report("roce", strixHalo().facts(), second.facts())))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("equal; node2 has 1500", Finding::wanted);
        assertThat(finding("mtu", Patients.report("roce", first.facts(), second.facts()))
                        .verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(finding("mtu", strixHalo().with("addresses", "[]")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void theMtuIsProved() {
        assertThat(finding("mtu-proof", strixHalo())).returns("3 of 3 came back", Finding::found);
        // iputils' words.
        assertThat(finding(
                        "mtu-proof", strixHalo().ending(PING, 1, """
                        PING 192.168.100.2 (192.168.100.2) 8972(9000) bytes of data.

                        3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 612ms
                        """, "ping: local error: message too long, mtu=1500")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("0 of 3 came back: ping: local error: message too long, mtu=1500", Finding::found);
        assertThat(finding("mtu-proof", strixHalo().failing(PING, 2, "ping: socket: Operation not permitted")))
                .returns(Verdict.SKIP, Finding::verdict);
        assertThat(finding("mtu-proof", strixHalo().without(PING)).verdict()).isEqualTo(Verdict.SKIP);
    }
}
