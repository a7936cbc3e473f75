package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ElfFileTest {
    private static final String PATH = "/opt/rocm/lib/librccl.so.1.0";

    @ParameterizedTest
    @CsvSource({
        "64, true, 62, 3, ELF64 x86-64 shared object, true",
        "64, true, 62, 2, ELF64 x86-64 executable, false",
        "64, true, 183, 3, ELF64 AArch64 shared object, false",
        "64, false, 22, 3, ELF64 s390 shared object, false",
        "32, true, 3, 3, ELF32 i386 shared object, false",
        "32, false, 8, 3, ELF32 machine 8 shared object, false",
    })
    void tellsWhatAFileIsInEitherWidthAndOrder(
            int bits, boolean little, int machine, int type, String words, boolean loads) throws Exception {
        var writer = ElfWriter.library("librccl.so.1")
                .needed("libc.so.6")
                .exports("ncclSend@@V1")
                .kind(bits, little, machine, type);
        try (var elf = open(writer)) {
            assertThat(elf.identity().inWords()).isEqualTo(words);
            assertThat(elf.identity().x86Library()).isEqualTo(loads);
            assertThat(elf.soname()).isEqualTo("librccl.so.1");
            assertThat(elf.needed()).containsExactly("libc.so.6");
            assertThat(names(elf)).containsExactly("ncclSend@@V1");
        }
    }

    @Test
    void readsTheDynamicSectionInTheOrderOfTheFile() throws Exception {
        var writer = ElfWriter.library("librccl.so.1")
                .needed("libz.so.1", "libamdhip64.so.7", "liba.so.2")
                .runpath("$ORIGIN:/opt/rocm/lib")
                .rpath("::::");
        try (var elf = open(writer)) {
            assertThat(elf.needed()).containsExactly("libz.so.1", "libamdhip64.so.7", "liba.so.2");
            assertThat(elf.runpath()).isEqualTo("$ORIGIN:/opt/rocm/lib");
            assertThat(elf.rpath()).isEqualTo("::::");
        }
    }

    @Test
    void aProgramThatIsLinkedStaticallyHasNeitherNamesNorSymbols() throws Exception {
        try (var elf = open(ElfWriter.library("").withoutDynamic().section(".text", new byte[100]))) {
            assertThat(elf.soname()).isNull();
            assertThat(elf.runpath()).isNull();
            assertThat(elf.needed()).isEmpty();
            assertThat(names(elf)).isEmpty();
        }
    }

    @Test
    void tellsSymbolsThatAreOfferedFromThoseThatAreWanted() throws Exception {
        var writer = ElfWriter.library("librccl.so.1")
                .exports("ncclSend")
                .symbol("ncclHidden", 0x12, 2, true)
                .symbol("ncclProtected", 0x12, 3, true)
                .symbol("ncclLocal", 0x02, 0, true)
                .wants("hipMalloc")
                .wantsWeakly("__gmon_start__");
        try (var elf = open(writer)) {
            assertThat(symbols(elf))
                    .filteredOn(Symbol::exported)
                    .extracting(Symbol::name)
                    .containsExactlyInAnyOrder("ncclSend", "ncclProtected");
            assertThat(symbols(elf))
                    .filteredOn(Symbol::undefined)
                    .extracting(Symbol::name)
                    .containsExactlyInAnyOrder("hipMalloc", "__gmon_start__");
            assertThat(symbols(elf))
                    .filteredOn(s -> s.name().equals("__gmon_start__"))
                    .extracting(Symbol::binding)
                    .containsExactly(Symbol.Binding.WEAK);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ElfWriter.Hash.class,
            names = {"SYSV", "GNU"})
    void namesVersionsAsNmDoesWithAndWithoutSectionHeaders(ElfWriter.Hash hash) throws Exception {
        var writer = ElfWriter.library("librccl.so.1")
                .exports("ncclSend@@NCCL_2", "ncclSend@NCCL_1", "plain")
                .exportsVersion("NCCL_2")
                .wants("memcpy@GLIBC_2.14", "log@GLIBC_2.29", "hipFree");
        String[] expected = {
            "ncclSend@@NCCL_2", "ncclSend@NCCL_1", "plain", "NCCL_2", "memcpy@GLIBC_2.14", "log@GLIBC_2.29", "hipFree"
        };
        try (var elf = open(writer)) {
            assertThat(names(elf)).containsExactlyInAnyOrder(expected);
        }
        try (var elf = open(writer.withoutSectionHeaders(hash))) {
            assertThat(elf.section(".dynsym")).isNull();
            assertThat(elf.soname()).isEqualTo("librccl.so.1");
            assertThat(names(elf)).containsExactlyInAnyOrder(expected);
        }
    }

    @Test
    void saysSoWhenNothingTellsHowManySymbolsThereAre() {
        assertThatThrownBy(() ->
                        names(open(ElfWriter.library("x").exports("a").withoutSectionHeaders(ElfWriter.Hash.NONE))))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith("no hash table says how many dynamic symbols there are (at offset ");
    }

    @ParameterizedTest
    @EnumSource(ElfWriter.Hash.class)
    void findsEveryOneOfManySymbols(ElfWriter.Hash hash) throws Exception {
        var many = IntStream.range(0, 30_000)
                .mapToObj(i -> "_ZN4nccl8function" + i + "Ev")
                .toList();
        var writer = ElfWriter.library("big").wants("a", "b").exports(many.toArray(String[]::new));
        if (hash != ElfWriter.Hash.NONE) writer.withoutSectionHeaders(hash);
        try (var elf = open(writer)) {
            assertThat(symbols(elf)).hasSize(30_002);
            var exported = symbols(elf).stream()
                    .filter(Symbol::exported)
                    .map(Symbol::name)
                    .sorted()
                    .toList();
            assertThat(exported).isEqualTo(many.stream().sorted().toList());
        }
    }

    @Test
    void refusesWhatIsNoElfFileAndSaysWhatItLooksLike() {
        var wrong = new TreeMap<>(Map.of(
                "", "the file is empty",
                "!<arch>\n", "it is not an ELF file but a static archive (.a)",
                "PK\u0003\u0004", "it is not an ELF file but a zip file",
                "CCOB\u0002\u0000", "it is not an ELF file but a bundle of GPU code",
                "#!/bin/sh", "it is not an ELF file but text that begins with \"#!/bin/s\"",
                "\u007fELF", "the ELF header (52 bytes from 0 on) lies beyond the end"));
        wrong.forEach((start, sentence) -> assertThatThrownBy(() -> open(start.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageStartingWith(sentence));
    }

    @Test
    void refusesALibraryThatIsCutOffWithOrWithoutSectionHeaders() throws Exception {
        for (var writer : List.of(ElfWriter.rccl(), ElfWriter.rccl().withoutSectionHeaders(ElfWriter.Hash.GNU))) {
            var whole = writer.build();
            assertThatThrownBy(() -> open(Arrays.copyOf(whole, whole.length - 100)))
                    .isInstanceOfSatisfying(
                            MalformedFileException.class,
                            e -> assertThat(e.offset()).isBetween(0L, whole.length - 100L))
                    .hasMessageContaining("it is cut off or damaged");
        }
    }

    @Test
    void refusesNamesThatTogetherWouldFillTheMemory() throws Exception {
        var needy = ElfWriter.library("x").needed("n".repeat(60_000));
        for (int i = 0; i < 50_000; i++) needy.needed("n".repeat(10));
        // Every one of them is made to point at the longest.
        var bytes = needy.build();
        try (var elf = open(bytes)) {
            var section = Objects.requireNonNull(elf.section(".dynamic"));
            long first = section.offset() + 16;
            for (int i = 1; i < 50_000; i++) System.arraycopy(bytes, (int) first, bytes, (int) first + 16 * i, 16);
        }
        try (var elf = open(bytes)) {
            assertThatThrownBy(elf::needed)
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining("names of libraries");
        }
    }

    @Test
    void refusesVersionsThatTogetherWouldFillTheMemory() throws Exception {
        var writer = ElfWriter.library("x");
        for (int i = 1000; i < 1600; i++) writer.exports("f@@" + "v".repeat(4000) + i);
        try (var elf = open(writer)) {
            assertThatThrownBy(() -> names(elf))
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageStartingWith("the names of versions are absurdly long");
        }
    }

    private static ElfFile open(ElfWriter writer) throws IOException, MalformedFileException {
        return open(writer.build());
    }

    private static ElfFile open(byte[] bytes) throws IOException, MalformedFileException {
        return ElfFile.open(MemoryFiles.with(PATH, bytes), PATH);
    }

    private static List<Symbol> symbols(ElfFile elf) throws IOException, MalformedFileException {
        var symbols = new ArrayList<Symbol>();
        elf.symbols(symbols::add);
        return symbols;
    }

    private static List<String> names(ElfFile elf) throws IOException, MalformedFileException {
        return symbols(elf).stream().map(Symbol::versionedName).toList();
    }
}
