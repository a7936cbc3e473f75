package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM with little memory reads a file of six gigabytes, most of it a hole. */
class MemoryTest {
    private static final long SIZE = 6L << 30;
    private static final int SYMBOLS = 40_000;

    @Test
    void memoryDoesNotGrowWithTheFile(@TempDir Path folder) throws Exception {
        var library = folder.resolve("librccl.so.1.0");
        write(library);
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var child = new ProcessBuilder(
                        java,
                        "-Xmx24m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Reading.class.getName(),
                        library.toString())
                .redirectErrorStream(true)
                .start();
        try {
            var said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(said.strip()).endsWith(SYMBOLS + " symbols, [gfx1151]");
        } finally {
            child.destroyForcibly();
        }
    }

    /** The section headers go to the end, as they do in a real library, and the hole lies before them. */
    private static void write(Path library) throws Exception {
        var writer = new ElfWriter();
        for (int i = 0; i < SYMBOLS; i++) writer.exports("nccl" + i);
        var bytes = writer.section(
                        ".hip_fatbin", BundleWriter.hip().with("gfx1151", 0x4a).compressed(3, 1))
                .bytes();
        var header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) header.getLong(40);
        header.putLong(40, SIZE);
        try (var file = new RandomAccessFile(library.toFile(), "rw")) {
            file.write(bytes);
            file.seek(SIZE);
            file.write(bytes, sections, bytes.length - sections);
        }
    }

    /** What the child does. */
    static final class Reading {
        private Reading() {}

        public static void main(String[] args) throws Exception {
            try (var elf = ElfFile.open(new LocalFiles(), args[0])) {
                var count = new int[1];
                elf.symbols(symbol -> count[0]++);
                System.out.println(
                        count[0] + " symbols, " + elf.deviceCode(gpu -> true).targets());
            }
        }
    }
}
