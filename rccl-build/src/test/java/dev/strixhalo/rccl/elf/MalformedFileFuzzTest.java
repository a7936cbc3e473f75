package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Damages files at random, from fixed seeds: whatever comes of it is a result or a sentence with an offset within the file, never
 * an exception from the depths. A failure names the seed, with which {@link #mutant} makes the same file again.
 */
class MalformedFileFuzzTest {
    private static final String PATH = "/lib/librccl.so.1";
    private static final Path REAL = Path.of("/usr/lib/x86_64-linux-gnu/libz.so.1");
    private static final int LONGEST = 200_000;
    private static final int MOST_ROUNDS = 20_000;
    private static final Duration TIME = Duration.ofSeconds(6);
    private static final Duration SLOW = Duration.ofSeconds(2);

    @Test
    void aDamagedFileIsAResultOrASentenceWithAnOffset() throws Exception {
        var originals = originals();
        long end = System.nanoTime() + TIME.toNanos();
        int results = 0;
        int refusals = 0;
        for (int seed = 0; seed < MOST_ROUNDS && System.nanoTime() < end; seed++) {
            if (survives(mutant(originals, seed), seed)) results++;
            else refusals++;
        }
        // Were all refused at the first bytes, the depths would not have been tried.
        assertThat(results).isGreaterThan(100);
        assertThat(refusals).isGreaterThan(100);
    }

    @Test
    void everyPrefixOfALibraryIsAResultOrASentenceWithAnOffset() {
        for (var whole : List.of(
                ElfWriter.library("x").needed("y").exports("a@@V1").build(),
                ElfWriter.library("x")
                        .needed("y")
                        .exports("a@@V1")
                        .withoutSectionHeaders(ElfWriter.Hash.SYSV)
                        .build())) {
            for (int length = 0; length < whole.length; length++) {
                assertThat(survives(Arrays.copyOf(whole, length), length))
                        .as("the first %d bytes of %d", length, whole.length)
                        .isFalse();
            }
        }
    }

    private static List<byte[]> originals() throws IOException {
        var code = new GpuCode().with("gfx1100", GpuCode.GFX1100).with("gfx1151", GpuCode.GFX1151);
        var originals = new ArrayList<byte[]>();
        for (var writer :
                List.of(symbols(), symbols().kind(32, false, 8, 3), symbols().kind(32, true, 3, 3))) {
            originals.add(writer.build());
            originals.add(writer.withoutSectionHeaders(ElfWriter.Hash.SYSV).build());
            originals.add(writer.withoutSectionHeaders(ElfWriter.Hash.GNU).build());
        }
        var bundles = GpuCode.oneAfterAnother(code.plain(), code.zstd(2), code.zlib(3), code.zstd(1), code.zlib(1));
        originals.add(symbols().fatbin(bundles).build());
        originals.add(symbols()
                .fatbin(bundles)
                .withoutSectionHeaders(ElfWriter.Hash.GNU)
                .build());
        originals.add(symbols()
                .section(".rocm_kpack_ref", GpuCode.kpackReference(".kpack/rccl_@GFXARCH@.kpack", "../@GFXARCH@"))
                .build());
        if (Files.isReadable(REAL)) originals.add(real());
        return originals;
    }

    /** As far as it is needed: a longer one would be cut off before its section headers. */
    private static byte[] real() throws IOException {
        var bytes = Files.readAllBytes(REAL);
        return Arrays.copyOf(bytes, Math.min(bytes.length, LONGEST));
    }

    private static ElfWriter symbols() {
        return ElfWriter.library("librccl.so.1")
                .needed("libamdhip64.so.7", "libc.so.6")
                .runpath("$ORIGIN")
                .exports("ncclSend@@V2", "ncclSend@V1", "ncclRecv", "ncclAllReduce")
                .wants("memcpy@GLIBC_2.14", "hipMalloc");
    }

    /** One to four damages; most are near the start or at aligned places, where the tables are. */
    private static byte[] mutant(List<byte[]> originals, int seed) {
        var random = new Random(seed);
        var bytes = originals.get(random.nextInt(originals.size())).clone();
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 16; i--) bytes = damaged(bytes, random);
        return bytes;
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        int within = random.nextBoolean() ? Math.min(bytes.length, 1200) : bytes.length;
        int at = random.nextInt(within);
        int word = Math.min(at & -4, bytes.length - 8);
        switch (random.nextInt(9)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt(256);
            case 2 -> Arrays.fill(bytes, word, word + 4, (byte) 0xff);
            case 3 -> Arrays.fill(bytes, word, word + 8, (byte) 0xff);
            case 4 -> Arrays.fill(bytes, word, word + 8, (byte) 0);
            case 5 -> bytes[word + 7] = (byte) 0x7f;
            case 6 -> bytes[word + 3] = (byte) 0x80;
            case 7 -> {
                return Arrays.copyOf(bytes, at);
            }
            default -> {
                var longer = Arrays.copyOf(bytes, bytes.length + 8);
                System.arraycopy(bytes, at, longer, at + 8, bytes.length - at);
                return longer;
            }
        }
        return bytes;
    }

    /** Whether a result came of it; fails when anything but a result or a refusal did. */
    private static boolean survives(byte[] bytes, int seed) {
        long start = System.nanoTime();
        var files = MemoryFiles.with(PATH, bytes).and("/lib/.kpack/rccl_gfx1151.kpack", new byte[1]);
        try (var elf = ElfFile.open(files, PATH)) {
            assertThat(elf.identity().inWords()).isNotEmpty();
            var names = new ArrayList<String>(elf.needed());
            names.add("" + elf.soname() + elf.runpath() + elf.rpath() + elf.section(".hip_fatbin"));
            elf.symbols(symbol -> names.add(symbol.versionedName() + symbol.type() + symbol.visibility()));
            var code = elf.deviceCode(gpu -> true);
            names.addAll(code.targets());
            for (var object : code.objects()) names.add("" + object.processorByFlags() + object.processor());
            assertThat(names).isNotEmpty();
            return true;
        } catch (MalformedFileException e) {
            if (e.offset() < 0 || e.offset() > bytes.length) {
                fail("seed %d: offset %d of %d bytes: %s".formatted(seed, e.offset(), bytes.length, e.getMessage()), e);
            }
            assertThat(e.getMessage()).as("seed %d", seed).matches("(?s).{8,600} \\(at offset \\d+\\)");
            return false;
        } catch (IOException e) {
            assertThat(e.getMessage()).as("seed %d", seed).isNotBlank();
            return false;
        } catch (RuntimeException | Error e) {
            return fail("seed " + seed + ": " + e, e);
        } finally {
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("seed %d", seed)
                    .isLessThan(SLOW);
        }
    }
}
