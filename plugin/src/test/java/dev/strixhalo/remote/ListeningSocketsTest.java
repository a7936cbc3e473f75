package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListeningSocketsTest {
    /** As Linux 6.1 printed them; shortened on the right. */
    private static final List<String> LINES = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:A7C1 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1234 1 0
               1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1235 1 0
               2: 0100007F:0016 0100007F:A7C1 01 00000000:00000000 00:00000000 00000000     0        0 1236 1 0
               3: 0B00000A:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1237 1 0
              sl  local_address                         remote_address                        st tx_queue
               0: 00000000000000000000000001000000:A7C1 00000000000000000000000000000000:0000 0A 00000000:00000000
               1: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000
            """.lines().toList();

    @Test
    void findsListenersOfBothFamiliesAndNoConnections() {
        assertThat(ListeningSockets.on(0xA7C1, LINES)).hasSize(2).allMatch(ListeningSockets::loopback);
        assertThat(ListeningSockets.on(22, LINES)).hasSize(2).noneMatch(ListeningSockets::loopback);
        assertThat(ListeningSockets.on(8080, LINES)).containsExactly("0B00000A").noneMatch(ListeningSockets::loopback);
        assertThat(ListeningSockets.on(1, LINES)).isEmpty();
    }

    @Test
    void writesAddressesAsPeopleReadThem() {
        assertThat(ListeningSockets.on(22, LINES).stream().map(ListeningSockets::readable))
                .containsExactly("0.0.0.0", "::");
        assertThat(ListeningSockets.readable("0B00000A")).isEqualTo("10.0.0.11");
    }
}
