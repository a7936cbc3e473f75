package dev.strixhalo.rccl.elf;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Thousands of damaged files, always the same ones: each is read or refused, and nothing else happens. */
class DamagedFilesTest {
    private static final int PER_SEED = 3000;

    @Test
    @Timeout(60)
    void aDamagedFileIsReadOrRefused() throws Exception {
        var random = new Random(1151);
        int refused = 0;
        int all = 0;
        for (var seed : seeds()) {
            for (int i = 0; i < PER_SEED; i++) {
                var damaged = damage(seed, random);
                all++;
                long start = System.nanoTime();
                if (!reads(damaged)) refused++;
                assertThat(System.nanoTime() - start).as("file %d", all).isLessThan(5_000_000_000L);
            }
        }
        // Were it none or nearly all, the damage would be of the wrong kind.
        assertThat(refused).isBetween(all / 20, all * 19 / 20);
    }

    private static boolean reads(byte[] file) throws IOException {
        var seen = new AtomicInteger();
        try (var elf = ElfFile.open(MemoryFiles.of(file), "/lib/librccl.so.1.0")) {
            elf.needed();
            elf.soname();
            elf.runpath();
            elf.section(".text");
            elf.symbols(symbol -> seen.addAndGet(symbol.versionedName().length()));
            elf.deviceCode(gpu -> true).reaches("gfx1151");
            return true;
        } catch (MalformedFileException e) {
            assertThat(e.getMessage()).isNotBlank();
            return false;
        }
    }

    private static List<byte[]> seeds() {
        var code = BundleWriter.hip().with("gfx1100", 0x41).with("gfx1151", 0x4a);
        return List.of(
                library().section(".hip_fatbin", code.plain()).bytes(),
                library()
                        .stripped()
                        .section(".hip_fatbin", code.compressed(2, 0))
                        .bytes(),
                library().section(".hip_fatbin", code.compressed(3, 1)).bytes(),
                library().section(".hip_fatbin", code.compressed(1, 1)).bytes(),
                library().bits32().oldHash().stripped().bytes(),
                library()
                        .section(
                                ".rocm_kpack_ref",
                                "\u0081\u00b2kpack_search_paths\u0091\u00a5a@b.c".getBytes(ISO_8859_1))
                        .bytes());
    }

    private static ElfWriter library() {
        return new ElfWriter()
                .soname("librccl.so.1")
                .needed("libamdhip64.so.7")
                .definesVersion(2, "V1")
                .needsVersion(3, "GLIBC_2.14")
                .symbol("ncclSend", 0x12, 0, 1, 2)
                .symbol("memcpy", 0x12, 0, 0, 3);
    }

    private static byte[] damage(byte[] whole, Random random) {
        var bytes = whole.clone();
        switch (random.nextInt(6)) {
            case 0 -> {
                return Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            case 1 -> {
                int at = random.nextInt(bytes.length);
                int count = 1 + random.nextInt(64);
                var longer = new byte[bytes.length + count];
                System.arraycopy(bytes, 0, longer, 0, at);
                System.arraycopy(bytes, at, longer, at + count, bytes.length - at);
                return longer;
            }
            case 2 -> {
                // A whole field at its extremes, where sums overflow.
                int at = random.nextInt(bytes.length - 8) & ~3;
                Arrays.fill(bytes, at, at + 4 + 4 * random.nextInt(2), (byte) (random.nextBoolean() ? 0xff : 0x7f));
            }
            case 3 -> headerByte(bytes, random);
            default -> {
                for (int n = 1 + random.nextInt(8); n > 0; n--) {
                    int at = interesting(bytes, random);
                    bytes[at] = (byte) random.nextInt(256);
                }
            }
        }
        return bytes;
    }

    private static void headerByte(byte[] bytes, Random random) {
        bytes[4 + random.nextInt(180)] = (byte) random.nextInt(256);
    }

    /** A place that is not padding: most of a small library is zeros. */
    private static int interesting(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[(at + i) % bytes.length] != 0) return (at + i) % bytes.length;
        }
        return at;
    }
}
