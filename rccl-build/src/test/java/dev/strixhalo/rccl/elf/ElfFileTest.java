package dev.strixhalo.rccl.elf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElfFileTest {
    private static final String PATH = "/lib/librccl.so.1.0";

    private static ElfWriter rccl() {
        return new ElfWriter()
                .soname("librccl.so.1")
                .needed("libamdhip64.so.7", "libc.so.6")
                .runpath("$ORIGIN/../lib:/opt/rocm/lib")
                .definesVersion(2, "RCCL_1")
                .needsVersion(3, "GLIBC_2.14")
                .symbol("ncclSend", 0x12, 0, 1, 2)
                .symbol("ncclOld", 0x22, 3, 1, 0x8002)
                .symbol("hidden", 0x12, 2, 1, 1)
                .symbol("memcpy", 0x12, 0, 0, 3)
                .symbol("_ITM_table", 0x20, 0, 0, 0);
    }

    private static ElfFile open(byte[] bytes) throws IOException, MalformedFileException {
        return ElfFile.open(MemoryFiles.of(bytes), PATH);
    }

    private static List<Symbol> symbols(ElfFile elf) throws IOException, MalformedFileException {
        var all = new ArrayList<Symbol>();
        elf.symbols(all::add);
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "false, false, false, false",
        "true, false, false, false",
        "false, true, false, false",
        "false, false, true, false",
        "true, false, false, true",
        "true, true, true, true",
        "true, true, true, false"
    })
    void readsTheSameOfEveryFormOfTheFile(boolean stripped, boolean bits32, boolean bigEndian, boolean oldHash)
            throws Exception {
        var writer = rccl();
        if (stripped) writer.stripped();
        if (bits32) writer.bits32();
        if (bigEndian) writer.bigEndian();
        if (oldHash) writer.oldHash();

        try (var elf = open(writer.bytes())) {
            assertThat(elf.identity()).isEqualTo(new ElfIdentity(bits32 ? 32 : 64, !bigEndian, 62, 3, 0, 0, 0));
            assertThat(elf.soname()).isEqualTo("librccl.so.1");
            assertThat(elf.needed()).containsExactly("libamdhip64.so.7", "libc.so.6");
            assertThat(elf.runpath()).isEqualTo("$ORIGIN/../lib:/opt/rocm/lib");
            assertThat(elf.rpath()).isNull();
            assertThat(symbols(elf).stream().map(Symbol::versionedName))
                    .containsExactlyInAnyOrder(
                            "ncclSend@@RCCL_1", "ncclOld@RCCL_1", "hidden", "memcpy@GLIBC_2.14", "_ITM_table");
            assertThat(symbols(elf).stream().filter(Symbol::exported).map(Symbol::name))
                    .containsExactlyInAnyOrder("ncclSend", "ncclOld");
            assertThat(symbols(elf).stream().filter(Symbol::undefined).map(Symbol::name))
                    .containsExactlyInAnyOrder("memcpy", "_ITM_table");
        }
    }

    @Test
    void tellsBindingTypeAndVisibility() throws Exception {
        try (var elf = open(rccl().bytes())) {
            var old = symbols(elf).stream()
                    .filter(s -> s.name().equals("ncclOld"))
                    .findFirst()
                    .orElseThrow();
            assertThat(old)
                    .isEqualTo(new Symbol(
                            "ncclOld",
                            "RCCL_1",
                            false,
                            Symbol.Binding.WEAK,
                            Symbol.Type.FUNCTION,
                            Symbol.Visibility.PROTECTED,
                            true));
        }
    }

    @Test
    void findsSectionsByName() throws Exception {
        try (var elf = open(rccl().section(".note", new byte[] {1, 2, 3}).bytes())) {
            var section = elf.section(".note");
            assertThat(Objects.requireNonNull(section).size()).isEqualTo(3);
            assertThat(elf.section(".nothing")).isNull();
        }
        try (var elf = open(rccl().section(".note", new byte[3]).stripped().bytes())) {
            assertThat(elf.section(".note")).isNull();
        }
    }

    @Test
    void readsASmallLibraryInOneGo() throws Exception {
        var files = MemoryFiles.of(rccl().bytes());
        try (var elf = ElfFile.open(files, PATH)) {
            symbols(elf);
            assertThat(elf.needed()).isNotEmpty();
            assertThat(elf.deviceCode(gpu -> true).kind()).isEqualTo(DeviceCode.Kind.NONE);
        }
        assertThat(files.reads()).isEqualTo(1);
    }

    @Test
    void manySymbolsComeThroughOnce() throws Exception {
        var writer = new ElfWriter();
        for (int i = 0; i < 20_000; i++) writer.exports("symbol_" + i);
        try (var elf = open(writer.bytes())) {
            assertThat(symbols(elf).stream().map(Symbol::name).distinct()).hasSize(20_000);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', the file is empty",
        "'!<arch>\nfoo', it is not an ELF file but a static archive (.a)",
        "'INPUT(-lrccl)', 'it is not an ELF file but text that begins with \"INPUT(-l\"'",
        "'\u007fEL', it is not an ELF file but a file that begins with the bytes 7f 45 4c",
        "'\u007fELF', the ELF header"
    })
    void saysWhatAFileIsThatIsNotElf(String content, String sentence) {
        assertThatThrownBy(() -> open(content.getBytes(UTF_8)))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining(sentence);
    }

    @Test
    void aTruncatedFileIsRefusedWithTheOffset() {
        var whole = rccl().bytes();
        assertThatThrownBy(() -> open(Arrays.copyOf(whole, whole.length - 10)))
                .isInstanceOfSatisfying(
                        MalformedFileException.class,
                        e -> assertThat(e.offset()).isPositive())
                .hasMessageContaining("the table of sections")
                .hasMessageContaining("cut off");
        var stripped = rccl().stripped().bytes();
        assertThatThrownBy(() -> open(Arrays.copyOf(stripped, stripped.length - 10)))
                .isInstanceOf(MalformedFileException.class)
                .hasMessageContaining("a loaded segment");
    }

    @Test
    void localFilesAreReadListedAndResolved(@TempDir Path folder) throws Exception {
        var file = Files.write(folder.resolve("librccl.so.1.0"), rccl().bytes());
        Files.createSymbolicLink(folder.resolve("librccl.so"), file.getFileName());
        var files = new LocalFiles();

        assertThat(files.names(folder.toString())).containsExactly("librccl.so", "librccl.so.1.0");
        assertThat(files.names(folder + "/none")).isEmpty();
        assertThat(files.real(folder + "/librccl.so"))
                .isEqualTo(file.toRealPath().toString());
        try (var elf = ElfFile.open(files, folder + "/librccl.so")) {
            assertThat(elf.size()).isEqualTo(Files.size(file));
        }
        assertThatThrownBy(() -> files.open(folder.toString())).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> files.open(folder + "/none")).isInstanceOf(IOException.class);
    }
}
