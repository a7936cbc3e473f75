package dev.strixhalo.rccl.library;

import dev.strixhalo.rccl.elf.DeviceCode;
import dev.strixhalo.rccl.elf.ElfFile;
import dev.strixhalo.rccl.elf.ElfIdentity;
import dev.strixhalo.rccl.elf.FileTree;
import dev.strixhalo.rccl.elf.MalformedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is inside a library: facts, without a judgement.
 *
 * @param path      as it was asked for
 * @param size      in bytes
 * @param sha256    in lower-case hexadecimal; null until {@link #withSha256} was asked
 * @param soname    null when it has none
 * @param needed    the libraries that it wants, in the order of the file
 * @param runpath   where they are looked for, with colons; null when it does not say
 * @param rpath     the older form of the same
 * @param hip       the major version of the HIP runtime that it wants ({@code libamdhip64.so.7}); null when it wants none
 * @param exported  the names of interest that it offers, without versions
 * @param undefined the names of interest that it wants from others, without versions
 */
public record Inspection(
        String path,
        long size,
        @Nullable String sha256,
        ElfIdentity elf,
        @Nullable String soname,
        List<String> needed,
        @Nullable String runpath,
        @Nullable String rpath,
        @Nullable Integer hip,
        SortedSet<String> exported,
        SortedSet<String> undefined,
        DeviceCode device) {
    private static final Pattern HIP = Pattern.compile("libamdhip64\\.so\\.(\\d{1,6})");
    private static final int CHUNK = 1 << 20;

    public Inspection {
        needed = List.copyOf(needed);
        exported = Collections.unmodifiableSortedSet(new TreeSet<>(exported));
        undefined = Collections.unmodifiableSortedSet(new TreeSet<>(undefined));
    }

    /** Whether a symbol belongs to RCCL: {@code ncclSend}, {@code pncclSend}, {@code rcclUnlock}. */
    public static boolean isNccl(String name) {
        return name.startsWith("nccl") || name.startsWith("pnccl") || name.startsWith("rccl");
    }

    /**
     * Looks into a library for a Strix Halo: of the code objects, those for gfx1151 are compared with their entries.
     *
     * @param names the symbols of interest, see {@link #isNccl}
     * @throws IOException            when the file cannot be read
     * @throws MalformedFileException when it is not an ELF file, or damaged
     */
    public static Inspection of(FileTree files, String path, Predicate<String> names)
            throws IOException, MalformedFileException {
        return of(files, path, names, Wanted.STRIX_HALO::equals);
    }

    /**
     * The same with other processors.
     *
     * @param verified see {@link ElfFile#deviceCode}
     */
    public static Inspection of(FileTree files, String path, Predicate<String> names, Predicate<String> verified)
            throws IOException, MalformedFileException {
        try (var elf = ElfFile.open(files, path)) {
            var exported = new TreeSet<String>();
            var undefined = new TreeSet<String>();
            elf.symbols(symbol -> {
                if (!names.test(symbol.name())) return;
                if (symbol.exported()) exported.add(symbol.name());
                else if (symbol.undefined()) undefined.add(symbol.name());
            });
            var needed = elf.needed();
            return new Inspection(
                    path,
                    elf.size(),
                    null,
                    elf.identity(),
                    elf.soname(),
                    needed,
                    elf.runpath(),
                    elf.rpath(),
                    hip(needed),
                    exported,
                    undefined,
                    elf.deviceCode(verified));
        }
    }

    /**
     * The same with the file's checksum: a step of its own, since all of the file has to be read (0.4 GB in about a second).
     *
     * @throws IOException when the file cannot be read, or is another by now
     */
    public Inspection withSha256(FileTree files) throws IOException {
        return new Inspection(
                path, size, digest(files), elf, soname, needed, runpath, rpath, hip, exported, undefined, device);
    }

    private String digest(FileTree files) throws IOException {
        try (var bytes = files.open(path)) {
            if (bytes.size() != size) throw new IOException(path + " changed while it was looked at");
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < size; ) {
                int count = bytes.read(at, buffer.clear());
                if (count <= 0) throw new IOException(path + " became shorter while it was read");
                digest.update(buffer.flip());
                at += count;
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static @Nullable Integer hip(List<String> needed) {
        return needed.stream()
                .map(HIP::matcher)
                .filter(java.util.regex.Matcher::matches)
                .map(match -> Integer.valueOf(Objects.requireNonNull(match.group(1))))
                .findFirst()
                .orElse(null);
    }
}
