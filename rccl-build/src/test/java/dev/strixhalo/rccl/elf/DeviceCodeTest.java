package dev.strixhalo.rccl.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.rccl.elf.CodeObject.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceCodeTest {
    private static final String PATH = "/lib/librccl.so.1.0";
    private static final int GFX1151 = 0x4a;
    private static final int GFX90A_SRAMECC_ON_XNACK_OFF = 0xe3f;

    private static BundleWriter two() {
        return BundleWriter.hip()
                .with("gfx90a:sramecc+:xnack-", GFX90A_SRAMECC_ON_XNACK_OFF)
                .with("gfx1151", GFX1151);
    }

    private static DeviceCode read(byte[] section) throws IOException, MalformedFileException {
        return read(
                MemoryFiles.of(new ElfWriter().section(".hip_fatbin", section).bytes()));
    }

    private static DeviceCode read(MemoryFiles files) throws IOException, MalformedFileException {
        try (var elf = ElfFile.open(files, PATH)) {
            return elf.deviceCode(gpu -> true);
        }
    }

    private static void assertTwo(DeviceCode device) {
        assertThat(device.objects())
                .containsExactly(
                        new CodeObject(
                                0,
                                "hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-",
                                "gfx90a:sramecc+:xnack-",
                                0x400,
                                Header.AGREES,
                                (long) GFX90A_SRAMECC_ON_XNACK_OFF),
                        new CodeObject(0, "hipv4-amdgcn-amd-amdhsa--gfx1151", "gfx1151", 0x400, Header.AGREES, (long)
                                GFX1151));
        assertThat(device.targets()).containsExactly("gfx1151", "gfx90a:sramecc+:xnack-");
        assertThat(device.reaches("gfx1151")).isTrue();
        assertThat(device.reaches("gfx1100")).isFalse();
    }

    @Test
    void readsAPlainBundle() throws Exception {
        assertTwo(read(two().plain()));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "1, 0", "2, 0", "3, 0"})
    void readsACompressedBundle(int version, int method) throws Exception {
        assertTwo(read(two().compressed(version, method)));
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 1", "1, 0"})
    void readsSeveralBundlesWithPaddingBetween(int version, int method) throws Exception {
        var device = read(BundleWriter.onPages(
                two().plain(),
                BundleWriter.hip().with("gfx1100", 0x41).compressed(version, method),
                BundleWriter.hip().with("gfx1151", GFX1151).plain(),
                new byte[] {0}));
        assertThat(device.objects().stream().map(o -> o.bundle() + " " + o.target() + " " + o.header()))
                .containsExactly(
                        "0 gfx90a:sramecc+:xnack- AGREES", "0 gfx1151 AGREES", "1 gfx1100 AGREES", "2 gfx1151 AGREES");
    }

    @Test
    void looksOnlyIntoTheObjectsThatItIsAskedFor() throws Exception {
        var files = MemoryFiles.of(
                new ElfWriter().section(".hip_fatbin", two().plain()).bytes());
        try (var elf = ElfFile.open(files, PATH)) {
            assertThat(elf.deviceCode("gfx1151"::equals).objects().stream().map(CodeObject::header))
                    .containsExactly(Header.NOT_READ, Header.AGREES);
        }
    }

    @Test
    void findsBundlesWithoutSectionHeaders() throws Exception {
        var section = BundleWriter.onPages(two().plain(), two().compressed(3, 1));
        var device = read(MemoryFiles.of(
                new ElfWriter().section(".hip_fatbin", section).stripped().bytes()));
        assertThat(device.objects()).hasSize(4);
    }

    @Test
    void aCodeObjectForAnotherGpuDiffers() throws Exception {
        var object =
                read(BundleWriter.hip().with("gfx1151", 0x41).plain()).objects().get(0);
        assertThat(object.header()).isEqualTo(Header.DIFFERS);
        assertThat(object.processorByFlags()).isEqualTo("gfx1100");

        var notAmd = BundleWriter.codeObject(GFX1151, 0x400);
        notAmd[18] = 62;
        assertThat(read(BundleWriter.hip()
                                .with("hipv4-amdgcn-amd-amdhsa--gfx1151", notAmd)
                                .plain())
                        .objects()
                        .get(0)
                        .header())
                .isEqualTo(Header.DIFFERS);
    }

    @Test
    void genericCodeReachesItsFamily() throws Exception {
        var device = read(BundleWriter.hip().with("gfx11-generic", 0x54).plain());
        assertThat(device.objects().get(0).header()).isEqualTo(Header.AGREES);
        assertThat(device.reaches("gfx1151")).isTrue();
        assertThat(device.reaches("gfx1030")).isFalse();
    }

    @Test
    void oldIdsHaveOneDashLess() {
        assertThat(Processors.targetOf("hip-amdgcn-amd-amdhsa-gfx906")).isEqualTo("gfx906");
        assertThat(Processors.targetOf("hipv4-amdgcn-amd-amdhsa--gfx9-4-generic:xnack-"))
                .isEqualTo("gfx9-4-generic:xnack-");
        assertThat(Processors.targetOf("hip-spirv64-amd-amdhsa--amdgcnspirv")).isEqualTo("amdgcnspirv");
        assertThat(Processors.targetOf("host-x86_64-unknown-linux--")).isEmpty();
    }

    @Test
    void readsAFileThatIsOnlyABundle() throws Exception {
        var files = new MemoryFiles().with("/kernel.o", two().plain());
        assertTwo(DeviceCode.ofBundles(files, "/kernel.o", gpu -> true));
    }

    @Test
    void aLibraryWithoutGpuCodeHasNone() throws Exception {
        assertThat(read(MemoryFiles.of(new ElfWriter().bytes())).kind()).isEqualTo(DeviceCode.Kind.NONE);
        assertThat(read(new byte[9000]).kind()).isEqualTo(DeviceCode.Kind.NONE);
    }

    @Test
    void kpackFilesAreLookedForBesideTheRealFile() throws Exception {
        var elf = new ElfWriter()
                .section(".hip_fatbin", new byte[4096])
                .section(".rocm_kpack_ref", reference("../.kpack/rccl_lib_@GFXARCH@.kpack"))
                .bytes();
        var files = new MemoryFiles()
                .with("/opt/rocm/lib/librccl.so.1.0", elf)
                .link(PATH, "/opt/rocm/lib/librccl.so.1.0")
                .with("/opt/rocm/.kpack/rccl_lib_gfx1151.kpack", new byte[1])
                .with("/opt/rocm/.kpack/rccl_lib_gfx1100.kpack", new byte[1])
                .with("/opt/rocm/.kpack/blas_lib_gfx1201.kpack", new byte[1]);

        var device = read(files);

        assertThat(device.kind()).isEqualTo(DeviceCode.Kind.KPACK);
        assertThat(device.targets()).containsExactly("gfx1100", "gfx1151");
        var kpack = Objects.requireNonNull(device.kpack());
        assertThat(kpack.kernel()).isEqualTo("lib/librccl.so.1.0");
        assertThat(kpack.patterns()).containsExactly("../.kpack/rccl_lib_@GFXARCH@.kpack");
        assertThat(device.reaches("gfx1151")).isTrue();
    }

    @Test
    void aKpackReferenceWithoutFilesReachesNothing() throws Exception {
        var elf = new ElfWriter().section(".rocm_kpack_ref", reference("../../../.kpack/x_@GFXARCH@.kpack"));
        var device = read(MemoryFiles.of(elf.bytes()));
        assertThat(device.kind()).isEqualTo(DeviceCode.Kind.KPACK);
        assertThat(device.targets()).isEmpty();
    }

    @Test
    void damageIsToldWithItsOffset() {
        var unknownMethod = two().compressed(3, 1);
        unknownMethod[6] = 7;
        refused(unknownMethod, "unknown method 7");
        var unknownVersion = two().compressed(3, 1);
        unknownVersion[4] = 9;
        refused(unknownVersion, "unknown version 9");
        var cut = two().compressed(2, 1);
        refused(Arrays.copyOf(cut, cut.length - 1), "does not end within its section");
        var broken = two().compressed(3, 1);
        Arrays.fill(broken, 32, 36, (byte) 0x55);
        refused(broken, "damaged");
        refused(new byte[] {0, 0, 1, 2}, "no bundle of GPU code begins");
        var manyEntries = two().plain();
        manyEntries[27] = 1;
        refused(manyEntries, "absurd number of entries");
        var farObject = two().plain();
        farObject[32 + 7] = 1;
        refused(farObject, "beyond the end of its bundle");
    }

    @Test
    void aDecompressionBombIsNotUnpacked() {
        refused(
                BundleWriter.compressed(3, 1, 1L << 40, BundleWriter.pack(two().plain(), 1)),
                "claims to unpack to 1099511627776");
    }

    private static void refused(byte[] section, String sentence) {
        assertThatThrownBy(() -> read(section))
                .isInstanceOfSatisfying(
                        MalformedFileException.class,
                        e -> assertThat(e.offset()).isGreaterThan(4095))
                .hasMessageContaining(sentence);
    }

    private static byte[] reference(String pattern) {
        var out = new ByteArrayOutputStream();
        out.write(0x83);
        text(out, "kpack_search_paths");
        out.write(0x91);
        text(out, pattern);
        text(out, "kernel_name");
        text(out, "lib/librccl.so.1.0");
        text(out, "version");
        out.write(0xce);
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.BIG_ENDIAN)
                .putInt(70_000)
                .array());
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.write(0xd9);
        out.write(bytes.length);
        out.writeBytes(bytes);
    }
}
