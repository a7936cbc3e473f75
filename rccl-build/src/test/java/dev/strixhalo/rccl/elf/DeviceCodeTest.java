package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCodeTest {
    @TempDir
    private Path folder;

    private DeviceCode read(byte[] fatbin) throws Exception {
        return read(new ElfWriter().section(".hip_fatbin", fatbin));
    }

    private DeviceCode read(ElfWriter writer) throws Exception {
        var path = writer.write(folder.resolve("library.so"));
        try (var file = ElfFile.open(new LocalFiles(), path.toString())) {
            return file.deviceCode(target -> true);
        }
    }

    @Test
    void tellsTargetsSizesAndFlagsOfAPlainBundle() throws Exception {
        var code = read(BundleWriter.plain("gfx1151", "gfx90a:sramecc+:xnack-"));

        assertThat(code.kind()).isEqualTo(DeviceCode.Kind.EMBEDDED);
        assertThat(code.targets()).containsExactly("gfx1151", "gfx90a:sramecc+:xnack-");
        assertThat(code.objects())
                .filteredOn(object -> object.target().equals("gfx1151"))
                .singleElement()
                .satisfies(object -> {
                    assertThat(object.size()).isEqualTo(256);
                    assertThat(object.flags()).isEqualTo(0x4a);
                    assertThat(object.processorByFlags()).isEqualTo("gfx1151");
                    assertThat(object.header()).isEqualTo(CodeObject.Header.AGREES);
                });
        assertThat(code.reaches("gfx1151")).isTrue();
        assertThat(code.reaches("gfx90a")).isTrue();
        assertThat(code.reaches("gfx1100")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2,1", "3,1", "2,0"})
    void readsCompressedBundlesOfEachVersionAndMethod(int version, int method) throws Exception {
        var plain = BundleWriter.plain("gfx1100", "gfx1151");

        var code = read(BundleWriter.compressed(version, method, plain));

        assertThat(code.targets()).containsExactly("gfx1100", "gfx1151");
        assertThat(code.objects())
                .filteredOn(object -> !object.target().isEmpty())
                .extracting(CodeObject::flags)
                .containsExactly(0x41L, 0x4aL);
    }

    @Test
    void readsBundlesOneAfterAnotherOfWhateverKind() throws Exception {
        var code = read(BundleWriter.pages(
                BundleWriter.plain("gfx1100"),
                BundleWriter.compressed(3, 1, BundleWriter.plain("gfx1151")),
                BundleWriter.compressed(2, 1, BundleWriter.plain("gfx1151")),
                BundleWriter.plain("gfx90a")));

        assertThat(code.targets()).containsExactly("gfx1100", "gfx1151", "gfx90a");
        assertThat(code.objects().stream().mapToInt(CodeObject::bundle).max()).hasValue(3);
    }

    @Test
    void aCodeObjectThatIsForAnotherGpuThanItsEntrySaysIsSeen() throws Exception {
        var code = read(BundleWriter.plain(List.of("gfx1151"), Map.of("gfx1151", 0x41)));

        assertThat(code.objects())
                .filteredOn(object -> object.target().equals("gfx1151"))
                .extracting(CodeObject::header)
                .containsExactly(CodeObject.Header.DIFFERS);
    }

    @Test
    void aLibraryWithoutAnyIsTold() throws Exception {
        assertThat(read(new ElfWriter()).kind()).isEqualTo(DeviceCode.Kind.NONE);
    }

    @Test
    void codeThatWasSplitOffIsLookedForBesideTheLibrary() throws Exception {
        // {"kernel_name": "rccl_lib", "kpack_search_paths": [".kpack/rccl_lib_@GFXARCH@.kpack"]} in msgpack.
        var text = new java.io.ByteArrayOutputStream();
        text.write(0x82);
        string(text, "kernel_name");
        string(text, "rccl_lib");
        string(text, "kpack_search_paths");
        text.write(0x91);
        string(text, ".kpack/rccl_lib_@GFXARCH@.kpack");
        var writer = new ElfWriter().section(".rocm_kpack_ref", text.toByteArray());

        var without = read(writer);
        assertThat(without.kind()).isEqualTo(DeviceCode.Kind.KPACK);
        assertThat(without.reaches("gfx1151")).isFalse();
        Files.createDirectories(folder.resolve(".kpack"));
        Files.writeString(folder.resolve(".kpack/rccl_lib_gfx1151.kpack"), "KPAK");
        Files.writeString(folder.resolve(".kpack/rccl_lib_gfx1100.kpack"), "KPAK");
        var with = read(writer);
        assertThat(with.targets()).containsExactly("gfx1100", "gfx1151");
        assertThat(with.reaches("gfx1151")).isTrue();
    }

    @Test
    void absurdNumbersAreRefusedWithTheirOffset() {
        for (int at : new int[] {24, 32, 40, 48}) {
            var bundle = BundleWriter.plain("gfx1151");
            for (int i = 0; i < 8; i++) bundle[at + i] = (byte) 0x7f;
            assertThatThrownBy(() -> read(bundle))
                    .as("at " + at)
                    .isInstanceOf(MalformedFileException.class)
                    .hasMessageContaining("at offset");
        }
        var packed = BundleWriter.compressed(3, 1, BundleWriter.plain("gfx1151"));
        packed[33] ^= 0x55;
        assertThatThrownBy(() -> read(packed)).isInstanceOf(MalformedFileException.class);
    }

    private static void string(java.io.ByteArrayOutputStream out, String text) {
        out.write(0xa0 | (text.length() & 31));
        if (text.length() > 31) throw new IllegalArgumentException(text);
        out.writeBytes(text.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
}
