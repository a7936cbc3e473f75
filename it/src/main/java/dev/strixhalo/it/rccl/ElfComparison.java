package dev.strixhalo.it.rccl;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.CodeObject;
import dev.strixhalo.rccl.elf.DeviceCode;
import dev.strixhalo.rccl.elf.ElfFile;
import dev.strixhalo.rccl.elf.LocalFiles;
import dev.strixhalo.rccl.elf.MalformedFileException;
import dev.strixhalo.rccl.elf.Symbol;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What we read out of ELF files against what {@code readelf}, {@code nm} and {@code clang-offload-bundler} read: identity, SONAME,
 * NEEDED, RUNPATH, RPATH, every dynamic symbol with its version, and the targets of the GPU code.
 */
public final class ElfComparison {
    /** Every how many files nm(1) is asked, too: it says the same as readelf for the most part. */
    private static final int NM_EVERY = 5;

    /**
     * What came of it.
     *
     * @param files       ELF files compared
     * @param symbols     dynamic symbols compared
     * @param codeObjects entries of bundles compared
     * @param differences one line each; empty when all say the same
     */
    public record Result(int files, long symbols, int codeObjects, List<String> differences) {
        public Result {
            differences = List.copyOf(differences);
        }

        /** Both together. */
        public Result and(Result other) {
            var all = new ArrayList<>(differences);
            all.addAll(other.differences);
            return new Result(files + other.files, symbols + other.symbols, codeObjects + other.codeObjects, all);
        }
    }

    private final @Nullable BundleTool bundler;
    private final List<String> differences = new ArrayList<>();
    private int files;
    private long symbols;
    private int codeObjects;

    /** @param bundler how to ask {@code clang-offload-bundler}; null leaves GPU code out */
    public ElfComparison(@Nullable BundleTool bundler) {
        this.bundler = bundler;
    }

    /**
     * Compares every ELF file below a folder, in the order of their paths; links are not followed.
     *
     * @param most stops after so many files
     */
    public Result compare(Path folder, int most) throws IOException, StrixhaloException {
        List<Path> candidates;
        try (var all = Files.walk(folder)) {
            candidates = all.filter(Files::isRegularFile)
                    .filter(file -> !Files.isSymbolicLink(file))
                    .sorted()
                    .toList();
        }
        for (var file : candidates) {
            if (files >= most) break;
            if (isElf(file)) compareFile(file);
        }
        return result();
    }

    /** Compares one file. */
    public Result compareOne(Path file) throws IOException, StrixhaloException {
        compareFile(file);
        return result();
    }

    private Result result() {
        return new Result(files, symbols, codeObjects, differences);
    }

    private void compareFile(Path file) throws IOException, StrixhaloException {
        files++;
        try (var elf = ElfFile.open(new LocalFiles(), file.toString())) {
            var theirs = Readelf.read(file);
            same(file, "identity", Readelf.inWords(elf.identity()), theirs.identity());
            same(file, "SONAME", Arrays.asList(elf.soname()), Arrays.asList(theirs.soname()));
            same(file, "NEEDED", elf.needed(), theirs.needed());
            same(file, "RUNPATH", Arrays.asList(elf.runpath()), Arrays.asList(theirs.runpath()));
            same(file, "RPATH", Arrays.asList(elf.rpath()), Arrays.asList(theirs.rpath()));
            var ours = new ArrayList<Symbol>();
            elf.symbols(ours::add);
            symbols += ours.size();
            same(file, "symbols", sorted(ours.stream().map(Readelf::inWords).toList()), sorted(theirs.symbols()));
            if (files % NM_EVERY == 1) {
                var named = ours.stream()
                        .filter(s ->
                                !s.name().isEmpty() && s.type() != Symbol.Type.SECTION && s.type() != Symbol.Type.FILE)
                        .map(Symbol::versionedName)
                        .toList();
                same(file, "nm", sorted(named), sorted(Readelf.nm(file)));
            }
            compareDeviceCode(file, elf.deviceCode(gpu -> true));
        } catch (MalformedFileException e) {
            differences.add(file + ": we refuse it: " + e.getMessage());
        }
    }

    private void compareDeviceCode(Path file, DeviceCode device) throws IOException, StrixhaloException {
        for (var object : device.objects()) {
            if (object.header() == CodeObject.Header.DIFFERS) {
                differences.add("%s: %s has e_flags 0x%x".formatted(file, object.id(), object.flags()));
            }
        }
        if (bundler == null) return;
        // The tool lists the first of several bundles.
        var ours = device.objects().stream()
                .filter(object -> object.bundle() == 0)
                .map(CodeObject::id)
                .toList();
        var theirs = bundler.list(file);
        codeObjects += theirs.size();
        same(file, "GPU code", sorted(ours), sorted(theirs));
    }

    private void same(Path file, String what, Object ours, Object theirs) {
        if (ours.equals(theirs)) return;
        if (ours instanceof List<?> a && theirs instanceof List<?> b && a.size() + b.size() > 10) {
            Set<Object> here = new LinkedHashSet<>(a);
            Set<Object> there = new LinkedHashSet<>(b);
            here.removeAll(new LinkedHashSet<>(b));
            there.removeAll(new LinkedHashSet<>(a));
            differences.add("%s: %s: %d ours, %d theirs; only ours %s; only theirs %s"
                    .formatted(file, what, a.size(), b.size(), first(here), first(there)));
        } else {
            differences.add("%s: %s: ours %s, theirs %s".formatted(file, what, ours, theirs));
        }
    }

    private static List<Object> first(Set<Object> all) {
        return all.stream().limit(5).toList();
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }

    private static boolean isElf(Path file) throws IOException {
        if (!Files.isReadable(file)) return false;
        try (InputStream stream = Files.newInputStream(file)) {
            return Arrays.equals(stream.readNBytes(4), new byte[] {0x7f, 'E', 'L', 'F'});
        }
    }

    /**
     * By hand: {@code java … ElfComparison FOLDER [ROOT]}, where ROOT is a toolchain root with LLVM 17 in it.
     *
     * @throws StrixhaloException when a tool is missing
     */
    public static void main(String[] args) throws IOException, StrixhaloException {
        var bundler = args.length > 1 ? BundleTool.inRoot(Path.of(args[1])) : null;
        var result = new ElfComparison(bundler).compare(Path.of(args[0]), Integer.MAX_VALUE);
        result.differences().forEach(System.out::println);
        System.out.printf(
                Locale.ROOT,
                "%d files, %d symbols, %d entries of bundles: %d differences%n",
                result.files(),
                result.symbols(),
                result.codeObjects(),
                result.differences().size());
    }
}
