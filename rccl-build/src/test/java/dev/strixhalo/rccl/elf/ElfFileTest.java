package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElfFileTest {
    @TempDir
    private Path folder;

    private ElfFile open(ElfWriter writer) throws Exception {
        return ElfFile.open(
                new LocalFiles(), writer.write(folder.resolve("library.so")).toString());
    }

    private static List<String> symbols(ElfFile file) throws Exception {
        var names = new ArrayList<String>();
        file.symbols(symbol -> names.add(
                (symbol.exported() ? "exports " : symbol.undefined() ? "wants " : "") + symbol.versionedName()));
        return names;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void readsWhatTheLinkerWroteWithAndWithoutSectionHeaders(boolean headers) throws Exception {
        var writer = ElfWriter.fit().runpath("$ORIGIN/../lib");
        if (!headers) writer.withoutSectionHeaders();
        try (var file = open(writer)) {
            assertThat(file.identity()).isEqualTo(new ElfIdentity(64, true, 62, 3, 0, 0, 0));
            assertThat(file.soname()).isEqualTo("librccl.so.1");
            assertThat(file.needed()).containsExactly("libamdhip64.so.5", "libc.so.6");
            assertThat(file.runpath()).isEqualTo("$ORIGIN/../lib");
            assertThat(file.rpath()).isNull();
            assertThat(symbols(file))
                    .containsExactlyInAnyOrder("exports ncclAllReduce", "exports ncclGetVersion", "wants hipMalloc");
        }
    }

    @Test
    void tellsVersionsAndWhichOfThemALinkerTakes() throws Exception {
        try (var file = open(new ElfWriter()
                .exports("ncclSend", "RCCL_1", false)
                .exports("ncclSend", "RCCL_2", true)
                .wants("memcpy"))) {
            assertThat(symbols(file))
                    .containsExactlyInAnyOrder("exports ncclSend@RCCL_1", "exports ncclSend@@RCCL_2", "wants memcpy");
        }
    }

    @Test
    void readsManySymbols() throws Exception {
        var names = IntStream.range(0, 50_000).mapToObj(i -> "symbol" + i).toArray(String[]::new);
        try (var file = open(new ElfWriter().exports(names))) {
            assertThat(symbols(file)).hasSize(names.length).contains("exports symbol49999");
        }
    }

    @Test
    void aFileThatIsNoneIsRefusedWithWhatItIs() throws Exception {
        for (var text : List.of("", "hello", "#!/bin/sh\n", "\u007fELF")) {
            var file = Files.writeString(folder.resolve("other"), text);
            assertThatThrownBy(() -> ElfFile.open(new LocalFiles(), file.toString()))
                    .as(text)
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining("at offset");
        }
    }

    @Test
    void aFileThatWasCutOffIsRefused() throws Exception {
        var whole = ElfWriter.fit().bytes();
        var file = Files.write(folder.resolve("cut.so"), java.util.Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> ElfFile.open(new LocalFiles(), file.toString()))
                .isInstanceOf(MalformedFileException.class);
    }

    @Test
    void namesOfLinksLeadToTheFile() throws Exception {
        ElfWriter.fit().write(folder.resolve("librccl.so.1.0"));
        var link = Files.createSymbolicLink(folder.resolve("librccl.so"), Path.of("librccl.so.1.0"));
        try (var file = ElfFile.open(new LocalFiles(), link.toString())) {
            assertThat(file.soname()).isEqualTo("librccl.so.1");
        }
    }
}
