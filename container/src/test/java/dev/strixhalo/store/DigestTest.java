package dev.strixhalo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigestTest {
    /** FIPS 180-2, appendix B.1. */
    private static final String ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private static final byte[] ABC_BYTES = "abc".getBytes(StandardCharsets.US_ASCII);

    record Holder(Digest digest) {}

    @Test
    void isTheSha256OfBytesAndOfStreams() throws Exception {
        assertThat(Digest.of(ABC_BYTES).value()).isEqualTo(ABC);
        assertThat(Digest.of(new ByteArrayInputStream(ABC_BYTES)).value()).isEqualTo(ABC);
        assertThat(Digest.parse(ABC).abbreviated()).isEqualTo("ba7816b");
    }

    @Test
    void isAPlainTextInJson() throws Exception {
        var json = RecordFile.json().writeValueAsString(new Holder(Digest.of(ABC_BYTES)));

        assertThat(json).isEqualToIgnoringWhitespace("{\"digest\":\"" + ABC + "\"}");
        assertThat(RecordFile.json().readValue(json, Holder.class).digest()).isEqualTo(Digest.of(ABC_BYTES));
    }

    @ParameterizedTest
    @CsvSource({
        "ba7816bf8f01, it does not begin with sha256:",
        "'', it does not begin with sha256:",
        "sha512:00, only sha256 is supported",
        "sha256:ba78, after sha256: stand 4 characters instead of 64",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD, other characters than 0-9 and a-f",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a/, other characters than 0-9 and a-f",
    })
    void refusesAnotherTextAndSaysWhy(String text, String reason) {
        assertThatThrownBy(() -> Digest.parse(text))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).fixes())
                        .isNotEmpty());
    }
}
