package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files of every kind, the same in every run: a result or a sentence with an offset, never anything else. */
@Timeout(60)
class MalformedFileFuzzTest {
    private static final Duration BUDGET = Duration.ofSeconds(8);
    private static final int CASES = 6000;

    @TempDir
    private Path folder;

    @Test
    void damageIsToldOrHarmless() throws Exception {
        var seeds = List.of(
                ElfWriter.fit().exports("a", "V_1", true).runpath("$ORIGIN").bytes(),
                ElfWriter.fit().withoutSectionHeaders().bytes(),
                new ElfWriter()
                        .section(
                                ".hip_fatbin",
                                BundleWriter.pages(
                                        BundleWriter.compressed(3, 1, BundleWriter.plain("gfx1151")),
                                        BundleWriter.compressed(2, 0, BundleWriter.plain("gfx1100", "gfx90a"))))
                        .bytes(),
                new ElfWriter()
                        .section(
                                ".rocm_kpack_ref",
                                new byte[] {(byte) 0x81, (byte) 0xa1, 'a', (byte) 0x91, (byte) 0xa1, 'b'})
                        .bytes());
        int refused = 0;
        int read = 0;
        long end = System.nanoTime() + BUDGET.toNanos();
        for (int seed = 0; seed < CASES && System.nanoTime() < end; seed++) {
            var random = new Random(seed);
            var bytes = damaged(seeds.get(seed % seeds.size()), random);
            var file = Files.write(folder.resolve("damaged.so"), bytes);
            try {
                look(file.toString());
                read++;
            } catch (MalformedFileException e) {
                assertThat(e).as("case " + seed).hasMessageMatching("(?s)[a-z'.].{10,} \\(at offset \\d+\\)");
                refused++;
            } catch (IOException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                fail("case " + seed, e);
            }
        }
        // Both happen, or the damage is of the wrong kind.
        assertThat(refused).isGreaterThan(100);
        assertThat(read).isGreaterThan(100);
    }

    private static void look(String path) throws IOException, MalformedFileException {
        try (var file = ElfFile.open(new LocalFiles(), path)) {
            file.soname();
            file.needed();
            file.runpath();
            file.rpath();
            file.symbols(Symbol::versionedName);
            file.deviceCode(target -> true).targets();
        }
    }

    private static byte[] damaged(byte[] whole, Random random) {
        var bytes = whole.clone();
        int times = 1 + random.nextInt(4);
        for (int i = 0; i < times; i++) {
            // Most numbers stand at the beginning or in the tables at the end.
            int at = switch (random.nextInt(3)) {
                case 0 -> random.nextInt(Math.min(400, bytes.length));
                case 1 -> bytes.length - 1 - random.nextInt(Math.min(1200, bytes.length));
                default -> random.nextInt(bytes.length);
            };
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), (byte) 0xff);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(64)), (byte) 0);
                default -> bytes = Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length));
            }
        }
        return bytes;
    }
}
