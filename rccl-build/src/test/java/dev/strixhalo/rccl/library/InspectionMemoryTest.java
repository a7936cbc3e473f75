package dev.strixhalo.rccl.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.rccl.elf.ElfWriter;
import dev.strixhalo.rccl.elf.GpuCode;
import dev.strixhalo.rccl.elf.LocalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A library of six gigabytes, nearly all of it a hole of the disk, is looked into by a JVM that has 64 MB. */
class InspectionMemoryTest {
    private static final long GIGABYTE = 1L << 30;

    /** Where the GPU code begins; what precedes it is an ordinary library with 60 000 symbols. */
    private static final long START = 16L << 20;

    @Test
    void memoryDoesNotGrowWithTheFile(@TempDir Path folder) throws Exception {
        var library = large(folder.resolve("librccl.so.1.0"));
        var child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InspectionMemoryTest.class.getName(),
                        library.toString())
                .redirectErrorStream(true)
                .start();
        try {
            var said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(said.strip()).isEqualTo("librccl.so.1, gfx1100 gfx1151, HIP 7, 60000 nccl symbols, 6.5 GB");
        } finally {
            child.destroyForcibly();
        }
    }

    /** In the child: one line about the library. */
    public static void main(String[] args) throws Exception {
        var library = Inspection.of(new LocalFiles(), args[0], Inspection::isNccl, gpu -> true);
        System.out.println(Verdict.of(library, Wanted.onStrixHalo()).summary());
    }

    private static Path large(Path file) throws IOException {
        var names = IntStream.range(0, 60_000).mapToObj(i -> "ncclFunction" + i).toArray(String[]::new);
        var bytes = ElfWriter.library("librccl.so.1")
                .needed("libamdhip64.so.7")
                .exports(names)
                .fatbin(new byte[64])
                .build();
        var first = new GpuCode().with("gfx1151", GpuCode.GFX1151).plain();
        // The host's entry is the first, 80 bytes long in all; the size of the other one follows its offset.
        int sizeAt = 32 + 24 + "host-x86_64-unknown-linux-gnu-".length() + 8;
        ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).putLong(sizeAt, 6 * GIGABYTE);
        var second = new GpuCode().with("gfx1100", GpuCode.GFX1100).zstd(3);
        long secondAt = START + 6 * GIGABYTE + 8192;
        moveFatbin(bytes, secondAt + second.length - START);
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            write(channel, bytes, 0);
            write(channel, first, START);
            write(channel, second, secondAt);
        } catch (IOException e) {
            throw new UncheckedIOException("a sparse file of 6 GB cannot be made here", e);
        }
        return file;
    }

    /** The section header before the last is that of {@code .hip_fatbin}. */
    private static void moveFatbin(byte[] elf, long size) {
        var header = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int at = (int) header.getLong(40) + 64 * (header.getShort(60) - 2);
        header.putLong(at + 24, START).putLong(at + 32, size);
    }

    private static void write(FileChannel channel, byte[] bytes, long offset) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) channel.write(buffer, offset + buffer.position());
    }
}
