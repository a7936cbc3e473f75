package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessagePackTest {
    private static @Nullable Object read(String hex) throws MalformedFileException {
        return new MessagePack(HexFormat.of().parseHex(hex.replace(" ", "")), 1000).read();
    }

    @Test
    void readsEveryKindOfValue() throws Exception {
        assertThat(read("07")).isEqualTo(7L);
        assertThat(read("ff")).isEqualTo(-1L);
        assertThat(read("d1 ff00")).isEqualTo(-256L);
        assertThat(read("cd 0100")).isEqualTo(256L);
        assertThat(read("a3 616263")).isEqualTo("abc");
        assertThat(read("da 0003 616263")).isEqualTo("abc");
        assertThat(read("dc 0002 c2 c3")).isEqualTo(List.of(false, true));
        assertThat(read("de 0001 a1 61 90")).isEqualTo(Map.of("a", List.of()));
        assertThat(read("94 c0 cb 0000000000000000 d5 01 0000 01")).isEqualTo(Arrays.asList(null, null, null, 1L));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> read("a5 6162")).hasMessageContaining("longer than the section");
        assertThatThrownBy(() -> read("dd ffffffff 01")).hasMessageContaining("ends within a value");
        assertThatThrownBy(() -> read("c1")).hasMessageContaining("0xc1");
        assertThatThrownBy(() -> read("91".repeat(40))).hasMessageContaining("nested too deep");
        assertThatThrownBy(() -> read("")).hasMessageContaining("(at offset 1000)");
    }
}
