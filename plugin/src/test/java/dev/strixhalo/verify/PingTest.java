package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.Reading;
import org.junit.jupiter.api.Test;

/** What {@code ping} of iputils and of busybox prints. */
class PingTest {
    @Test
    void iputilsIsReadWithoutTheFirstAnswer() throws Exception {
        // The first of eleven took 0.099 ms and would lift the average to 0.051.
        assertThat(Ping.read(Fixtures.run("ping-iputils.txt"))).isEqualTo(Reading.of(new Ping(0.047, 11, 11)));
    }

    @Test
    void busyboxIsReadToo() throws Exception {
        assertThat(Ping.read(Fixtures.run("ping-busybox.txt"))).isEqualTo(Reading.of(new Ping(0.067, 4, 4)));
    }

    @Test
    void lostPingsAreCounted() {
        var some = Ping.read(Fixtures.said(0, """
                PING 10.0.0.12 (10.0.0.12) 56(84) bytes of data.
                64 bytes from 10.0.0.12: icmp_seq=1 ttl=64 time=2.10 ms
                64 bytes from 10.0.0.12: icmp_seq=3 ttl=64 time=1.90 ms
                64 bytes from 10.0.0.12: icmp_seq=3 ttl=64 time=9.00 ms (DUP!)

                --- 10.0.0.12 ping statistics ---
                3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 402ms
                """));

        assertThat(some).isEqualTo(Reading.of(new Ping(1.9, 3, 2)));
    }

    @Test
    void noAnswerNoTimesAndNoPingAreReasons() {
        var none = Fixtures.said(1, """
                PING 192.168.100.3 (192.168.100.3) from 192.168.100.1 : 56(84) bytes of data.

                --- 192.168.100.3 ping statistics ---
                2 packets transmitted, 0 received, 100% packet loss, time 202ms
                """);
        assertThat(Ping.read(none).reason()).isEqualTo("none of 2 pings came back");
        assertThat(Ping.read(Fixtures.said(2, "ping: socktype: SOCK_RAW\nping: socket: Operation not permitted"))
                        .reason())
                .isEqualTo("it ended with exit code 2: ping: socket: Operation not permitted");
        assertThat(Ping.read(Fixtures.said(127, "")).reason()).isEqualTo("it is not installed");
        assertThat(Ping.read(Fixtures.said(124, "")).reason()).isEqualTo("it did not come to an end in its time");
        assertThat(Ping.read(Fixtures.said(0, "hello")).reason()).isEqualTo("ping printed no statistics: hello");
        assertThat(Ping.read(Fixtures.said(0, "3 packets transmitted, 3 received, 0% packet loss, time 5ms"))
                        .reason())
                .isEqualTo("ping printed no times of round trips");
        // A comma, where the C locale was not obeyed, is no time.
        assertThat(Ping.read(Fixtures.said(0, """
                        64 bytes from 10.0.0.12: icmp_seq=1 ttl=64 time=2,10 ms
                        64 bytes from 10.0.0.12: icmp_seq=2 ttl=64 time=2,10 ms
                        2 packets transmitted, 2 received, 0% packet loss, time 5ms
                        """)).value()).isNull();
    }
}
