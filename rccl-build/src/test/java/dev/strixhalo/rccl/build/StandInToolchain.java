package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.ElfWriter;
import dev.strixhalo.rccl.elf.GpuCode;
import dev.strixhalo.rccl.toolchain.Toolchain;
import dev.strixhalo.rccl.toolchain.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Stands in for a toolchain where what is tested is what goes on around the compiler: it has whatever it says it has, and its
 * build is a shell script that puts a written library into the output.
 */
final class StandInToolchain implements Toolchain {
    static final byte[] LIBRARY = library("gfx1151", 0x4a);

    private static final String BUILD = """
            echo '@phase configure'
            echo '@phase compile'
            echo '[1/2] Building CXX object'
            echo '[2/2] Linking CXX shared library'
            mkdir -p output/usr/lib output/usr/include/rccl
            cp library output/usr/lib/librccl.so.1.0
            ln -s librccl.so.1.0 output/usr/lib/librccl.so.1
            ln -s librccl.so.1 output/usr/lib/librccl.so
            echo '/* header */' >output/usr/include/rccl/rccl.h
            printf 'peak-kib 180000\\ncpu-seconds 231\\n' >output/measured
            """;

    private final Path folder;
    private final AtomicInteger builds = new AtomicInteger();
    private volatile List<String> seen = List.of();

    volatile String identity = "stand-in 1";
    volatile byte[] library = LIBRARY;
    /** Comes before the script that builds. */
    volatile String before = "";
    /** Is run when a workplace is opened, before its input is copied. */
    volatile Runnable opening = () -> {};

    /**
     * @param folder below which it works
     */
    StandInToolchain(Path folder) {
        this.folder = folder;
    }

    static byte[] library(String target, int flags) {
        return ElfWriter.library("librccl.so.1")
                .needed("libamdhip64.so.5", "libc.so.6")
                .exports("ncclGetVersion", "ncclAllReduce")
                .fatbin(new GpuCode().with(target, flags).plain())
                .build();
    }

    int builds() {
        return builds.get();
    }

    /** The files of the last workplace, when its build began. */
    List<String> seen() {
        return seen;
    }

    @Override
    public String text() {
        return "a stand-in";
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public Workplace open(String key, Path input) {
        var place = folder.resolve("work-" + key);
        try {
            opening.run();
            Folders.copy(input, place, path -> false);
            Files.write(place.resolve("library"), library);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Place(place);
    }

    private final class Place implements Workplace {
        private final Path place;

        Place(Path place) {
            this.place = place;
        }

        @Override
        public String folder() {
            return place.toString();
        }

        @Override
        public int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
                throws StrixhaloException {
            if (script.get(0).endsWith("/look.sh")) {
                List.of(
                                "hipcc /usr/bin/hipcc",
                                "hip 5.7",
                                "path-cmake /c",
                                "path-ninja /n",
                                "path-python3 /p",
                                "path-setsid /s",
                                "cores 2",
                                "memory-kib 16000000",
                                "kernel ok")
                        .forEach(lines);
                return 0;
            }
            builds.incrementAndGet();
            try {
                seen = Folders.files(place, path -> false).stream()
                        .map(file -> place.relativize(file).toString())
                        .toList();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return Program.of("sh", "-c", before + "\n" + BUILD)
                    .in(place)
                    .timeout(timeout)
                    .streaming(lines)
                    .run()
                    .exitCode();
        }

        @Override
        public void fetch(String name, Path to) {
            try {
                Folders.copy(place.resolve(name), to, path -> false);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void close() {
            try {
                Folders.remove(place);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }
}
