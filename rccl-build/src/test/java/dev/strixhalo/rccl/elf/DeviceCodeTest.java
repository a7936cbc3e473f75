package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceCodeTest {
    private static final String PATH = "/opt/rocm/lib/librccl.so.1.0";
    private static final GpuCode BOTH =
            new GpuCode().with("gfx1100", GpuCode.GFX1100).with("gfx1151", GpuCode.GFX1151);

    @Test
    void readsAPlainBundleWithoutTheHostsEntry() throws Exception {
        var code = embedded(BOTH.plain());
        assertThat(code.kind()).isEqualTo(DeviceCode.Kind.EMBEDDED);
        assertThat(code.targets()).containsExactly("gfx1100", "gfx1151");
        assertThat(code.objects())
                .extracting(CodeObject::id)
                .containsExactly("hipv4-amdgcn-amd-amdhsa--gfx1100", "hipv4-amdgcn-amd-amdhsa--gfx1151");
        assertThat(code.objects()).extracting(CodeObject::size).containsOnly(1064L);
        assertThat(code.objects())
                .extracting(CodeObject::header)
                .containsExactly(CodeObject.Header.NOT_READ, CodeObject.Header.AGREES);
        assertThat(code.objects().get(1).processorByFlags()).isEqualTo("gfx1151");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void readsCompressedBundlesOfEveryVersionAndMethod(int version) throws Exception {
        var plain = embedded(BOTH.plain());
        assertThat(embedded(BOTH.zstd(version))).isEqualTo(plain);
        assertThat(embedded(BOTH.zlib(version))).isEqualTo(plain);
    }

    @Test
    void readsSeveralBundlesOfAllKindsOneAfterAnother() throws Exception {
        var small = new GpuCode().with("gfx90a:sramecc+:xnack-", 0x3f | 3 << 10 | 2 << 8);
        var code = embedded(GpuCode.oneAfterAnother(
                BOTH.plain(), BOTH.zstd(3), small.plain(), BOTH.zlib(2), BOTH.zstd(1), small.zlib(1)));
        assertThat(code.objects()).extracting(CodeObject::bundle).containsExactly(0, 0, 1, 1, 2, 3, 3, 4, 4, 5);
        assertThat(code.targets()).containsExactly("gfx1100", "gfx1151", "gfx90a:sramecc+:xnack-");
    }

    @Test
    void findsTheEndOfACompressedBundleThatDoesNotSayIt() throws Exception {
        var plain = BOTH.plain();
        var touching = ElfOut.little();
        try (var zstd = new ZstdCompressCtx()) {
            for (boolean checksum : new boolean[] {false, true}) {
                var packed = zstd.setChecksum(checksum).compress(plain);
                touching.bytes(GpuCode.compressed(1, 1, plain.length, packed));
                touching.bytes(BOTH.zlib(1));
            }
        }
        assertThat(embedded(touching.bytes(plain).toBytes()).objects()).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({
        "gfx90a:sramecc+:xnack-, 3, 2, AGREES",
        "gfx90a:sramecc+:xnack-, 2, 2, DIFFERS",
        "gfx90a:sramecc+:xnack-, 3, 3, DIFFERS",
        "gfx90a:sramecc-:xnack+, 2, 3, AGREES",
        "gfx90a,                 1, 1, AGREES",
        "gfx90a,                 1, 3, DIFFERS"
    })
    void comparesFeaturesToo(String target, int sramecc, int xnack, CodeObject.Header header) throws Exception {
        var bundle =
                new GpuCode().with(target, 0x3f | sramecc << 10 | xnack << 8).plain();
        var elf = ElfWriter.library("librccl.so.1").fatbin(bundle).build();
        try (var file = ElfFile.open(MemoryFiles.with(PATH, elf), PATH)) {
            assertThat(file.deviceCode(gpu -> gpu.equals("gfx90a")).objects())
                    .extracting(CodeObject::header)
                    .containsExactly(header);
        }
    }

    @Test
    void findsBundlesWithoutSectionHeadersOnTheirPages() throws Exception {
        var writer = ElfWriter.library("librccl.so.1")
                .fatbin(GpuCode.oneAfterAnother(BOTH.plain(), BOTH.zstd(2)))
                .withoutSectionHeaders(ElfWriter.Hash.GNU);
        var code = read(MemoryFiles.with(PATH, writer.build()));
        assertThat(code.objects()).hasSize(4);
        assertThat(code.reaches("gfx1151")).isTrue();
    }

    @Test
    void readsAFileOfNothingButBundles() throws Exception {
        var files = MemoryFiles.with(PATH, GpuCode.oneAfterAnother(BOTH.plain(), BOTH.zstd(3)));
        assertThat(DeviceCode.ofBundles(files, PATH, gpu -> true).objects()).hasSize(4);
    }

    @Test
    void thereIsNoneWithoutTheSectionOrWithZerosInIt() throws Exception {
        assertThat(read(MemoryFiles.with(PATH, ElfWriter.library("x").build())).kind())
                .isEqualTo(DeviceCode.Kind.NONE);
        assertThat(embedded(new byte[10_000]).kind()).isEqualTo(DeviceCode.Kind.NONE);
        assertThat(embedded(new byte[3 << 20]).reaches("gfx1151")).isFalse();
    }

    @Test
    void aStrixHaloRunsTheCodeOfItsGenericProcessorOnly() throws Exception {
        assertThat(embedded(new GpuCode().with("gfx11-generic", 0x54).plain()).reaches("gfx1151"))
                .isTrue();
        assertThat(embedded(new GpuCode().with("gfx12-generic", 0x59).plain()).reaches("gfx1151"))
                .isFalse();
        assertThat(embedded(new GpuCode().with("gfx1150", 0x43).plain()).reaches("gfx1151"))
                .isFalse();
        var oldStyle = new GpuCode().withEntry("hip-amdgcn-amd-amdhsa-gfx1151", new byte[0]);
        assertThat(embedded(oldStyle.plain()).targets()).containsExactly("gfx1151");
    }

    @ParameterizedTest
    @CsvSource({
        "0x4a, 224, 64, AGREES",
        "0x41, 224, 64, DIFFERS",
        "0x4a,  62, 64, DIFFERS",
        "0x4a, 224,  0, DIFFERS",
        "0x24a, 224, 64, DIFFERS"
    })
    void comparesTheHeaderOfACodeObjectWithItsEntry(String flags, int machine, int osAbi, CodeObject.Header header)
            throws Exception {
        long value = Long.decode(flags);
        var bundle =
                new GpuCode().withEntry("hipv4-amdgcn-amd-amdhsa--gfx1151", GpuCode.codeObject(value, machine, osAbi));
        for (var bytes : new byte[][] {bundle.plain(), bundle.zstd(3), bundle.zlib(2)}) {
            var object = embedded(bytes).objects().get(0);
            assertThat(object.header()).isEqualTo(header);
            assertThat(object.flags()).isEqualTo(value);
        }
    }

    @Test
    void aCodeObjectTooShortForAHeaderDiffers() throws Exception {
        var bundle = new GpuCode().withEntry("hipv4-amdgcn-amd-amdhsa--gfx1151", new byte[10]);
        assertThat(embedded(bundle.zstd(2)).objects().get(0).header()).isEqualTo(CodeObject.Header.DIFFERS);
    }

    @Test
    void findsTheKpackFilesBesideTheLibrary() throws Exception {
        var library = split(".kpack/rccl_lib_@GFXARCH@.kpack", "../share/kpack/rccl_@GFXARCH@.kpack");
        var without = read(MemoryFiles.with(PATH, library)
                .and("/opt/rocm/lib/.kpack/rccl_lib_gfx1100.kpack", new byte[1])
                .and("/opt/rocm/lib/.kpack/other_gfx1151.kpack", new byte[1]));
        assertThat(without.kind()).isEqualTo(DeviceCode.Kind.KPACK);
        assertThat(without.targets()).containsExactly("gfx1100");
        assertThat(without.reaches("gfx1151")).isFalse();

        var with = read(MemoryFiles.with(PATH, library).and("/opt/rocm/share/kpack/rccl_gfx1151.kpack", new byte[1]));
        assertThat(with.reaches("gfx1151")).isTrue();
        assertThat(with.objects()).isEmpty();
        var kpack = Objects.requireNonNull(with.kpack());
        assertThat(kpack.kernel()).isEqualTo("rccl");
        assertThat(kpack.patterns()).hasSize(2);
    }

    @Test
    void aKpackPatternThatLeadsNowhereFindsNothing() throws Exception {
        var odd = split("../../../../../../x_@GFXARCH@.kpack", "no placeholder.kpack", "a\u0000b/@GFXARCH@.kpack");
        assertThat(read(MemoryFiles.with(PATH, odd)).targets()).isEmpty();
    }

    @Test
    void aKpackPatternThatIsNoPathOnThisMachineFindsNothing(@TempDir Path folder) throws Exception {
        var library = Files.write(folder.resolve("librccl.so.1"), split("a\u0000b/@GFXARCH@.kpack"));
        try (var elf = ElfFile.open(new LocalFiles(), library.toString())) {
            assertThat(elf.deviceCode(gpu -> true).targets()).isEmpty();
        }
    }

    @Test
    void refusesAKpackReferenceThatSaysNothing() {
        refused(writer -> writer.section(".rocm_kpack_ref", new byte[] {(byte) 0x80}), "no kpack_search_paths");
        refused(writer -> writer.section(".rocm_kpack_ref", new byte[] {7}), "is not a map");
        refused(writer -> writer.section(".rocm_kpack_ref", new byte[1 << 17]), "has 131072 bytes");
        refused(writer -> writer.section(".rocm_kpack_ref", new byte[] {(byte) 0xc1}), "byte 0xc1");
        refused(writer -> writer.section(".rocm_kpack_ref", filled(0x91)), "nested too deep");
        refused(writer -> writer.section(".rocm_kpack_ref", filled(0xdf)), "nested too deep");
        refused(writer -> writer.section(".rocm_kpack_ref", filled(0xdb)), "longer than the section");
    }

    @Test
    void refusesBundlesOfAbsurdCountsAndSizes() {
        var table = "__CLANG_OFFLOAD_BUNDLE__";
        for (long count : new long[] {5000, -1, Long.MAX_VALUE}) {
            refusedFatbin(ElfOut.little().text(table).u64(count).toBytes(), "absurd number of entries");
        }
        refusedFatbin(ElfOut.little().text(table).u64(1).toBytes(), "ends within its table");
        refusedFatbin(entry(0, 0, -1), "has a name of 18446744073709551615 bytes");
        refusedFatbin(entry(0, 0, 1 << 20), "has a name of 1048576 bytes");
        refusedFatbin(entry(0, 0, 1000), "ends within its table");
        for (long absurd : new long[] {1 << 20, -1, Long.MAX_VALUE}) {
            refusedFatbin(entry(absurd, 8, 0), "lies beyond the end of its bundle");
            refusedFatbin(entry(0, absurd, 0), "lies beyond the end of its bundle");
        }
    }

    @Test
    void refusesNamesOfCodeObjectsThatTogetherWouldFillTheMemory() {
        var bundle = new GpuCode();
        for (int i = 0; i < 4000; i++)
            bundle.withEntry("hipv4-amdgcn-amd-amdhsa--gfx1151" + "x".repeat(900), new byte[0]);
        var packed = bundle.zstd(3);
        var many = new byte[20][];
        Arrays.fill(many, packed);
        assertThat(packed).hasSizeLessThan(50_000);
        refusedFatbin(GpuCode.oneAfterAnother(many), "absurd number of code objects");
    }

    @Test
    void refusesCompressedBundlesThatCannotBeRight() {
        var plain = BOTH.plain();
        var packed = Zstd.compress(plain);
        refusedFatbin(GpuCode.compressed(4, 1, plain.length, packed), "unknown version 4");
        refusedFatbin(GpuCode.compressed(2, 7, plain.length, packed), "unknown method 7; 0 is zlib, 1 is zstd");
        refusedFatbin(GpuCode.compressed(3, 1, Long.MAX_VALUE, packed), "claims to unpack to 9223372036854775807");
        refusedFatbin(GpuCode.compressed(3, 1, -1, packed), "claims to unpack to 18446744073709551615");
        refusedFatbin(GpuCode.compressed(3, 1, 100, packed), "lies beyond the end of its bundle");
        refusedFatbin(
                GpuCode.compressed(2, 1, plain.length, new byte[50]), "compressed data of the bundle are damaged");
        refusedFatbin(GpuCode.compressed(2, 0, plain.length, packed), "compressed data of the bundle are damaged");
        refusedFatbin(GpuCode.compressed(2, 0, 2000, GpuCode.deflated(new byte[2000])), "has no table of code objects");
        var tooLong = GpuCode.compressed(2, 1, plain.length, packed);
        tooLong[9]++;
        refusedFatbin(tooLong, "does not end within its section");
        var cut = BOTH.zstd(3);
        refusedFatbin(GpuCode.compressed(3, 1, plain.length, Arrays.copyOf(packed, packed.length / 2)), "are damaged");
        refusedFatbin(Arrays.copyOf(cut, cut.length - 1), "does not end within its section");
    }

    @Test
    void refusesWhatFollowsABundleAndIsNone() {
        var strange = GpuCode.oneAfterAnother(
                BOTH.plain(), "neither this nor that".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        refusedFatbin(strange, "no bundle of GPU code begins where one should");
    }

    /** A bundle with one entry of these numbers. */
    private static byte[] entry(long offset, long size, long idLength) {
        return ElfOut.little()
                .text("__CLANG_OFFLOAD_BUNDLE__")
                .u64(1)
                .u64(offset)
                .u64(size)
                .u64(idLength)
                .bytes(new byte[8])
                .toBytes();
    }

    private static byte[] filled(int value) {
        var bytes = new byte[1000];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] split(String... patterns) {
        return ElfWriter.library("librccl.so.1")
                .fatbin(new byte[4096])
                .section(".rocm_kpack_ref", GpuCode.kpackReference(patterns))
                .build();
    }

    private static DeviceCode embedded(byte[] fatbin) throws IOException, MalformedFileException {
        return read(MemoryFiles.with(
                PATH, ElfWriter.library("librccl.so.1").fatbin(fatbin).build()));
    }

    private static DeviceCode read(FileTree files) throws IOException, MalformedFileException {
        try (var elf = ElfFile.open(files, PATH)) {
            return elf.deviceCode(gpu -> gpu.equals("gfx1151"));
        }
    }

    private static void refusedFatbin(byte[] fatbin, String sentence) {
        refused(writer -> writer.fatbin(fatbin), sentence);
    }

    private static void refused(Consumer<ElfWriter> change, String sentence) {
        var writer = ElfWriter.library("librccl.so.1");
        change.accept(writer);
        var bytes = writer.build();
        assertThatThrownBy(() -> read(MemoryFiles.with(PATH, bytes)))
                .isInstanceOfSatisfying(
                        MalformedFileException.class,
                        e -> assertThat(e.offset()).isBetween(0L, (long) bytes.length))
                .hasMessageContaining(sentence);
    }
}
