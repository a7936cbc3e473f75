package dev.strixhalo.rccl.elf;

import com.github.luben.zstd.Zstd;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;

/** Builds bundles of code objects as {@code clang-offload-bundler} does; the code objects are an ELF header and filler. */
public final class GpuCode {
    /** {@code EF_AMDGPU_MACH} of the two that matter here. */
    public static final int GFX1151 = 0x4a;

    public static final int GFX1100 = 0x41;
    private static final String HIP = "hipv4-amdgcn-amd-amdhsa--";
    private static final int ZLIB = 0;
    private static final int ZSTD = 1;

    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(String id, byte[] code) {}

    private final List<Entry> entries = new ArrayList<>();

    /** A bundle with the empty entry of the host that every real one has. */
    public GpuCode() {
        entries.add(new Entry("host-x86_64-unknown-linux-gnu-", new byte[0]));
    }

    public GpuCode with(String target, int machine) {
        return withEntry(HIP + target, codeObject(machine, 224, 64));
    }

    GpuCode withEntry(String id, byte[] code) {
        entries.add(new Entry(id, code));
        return this;
    }

    /** A code object as its first bytes say. */
    static byte[] codeObject(long flags, int machine, int osAbi) {
        var header =
                ElfOut.little().u8(0x7f).text("ELF").u8(2).u8(1).u8(1).u8(osAbi).u8(4);
        header.align(16)
                .u16(3)
                .u16(machine)
                .u32(1)
                .u64(0)
                .u64(64)
                .u64(0)
                .u32(flags)
                .u16(64);
        return header.align(64).bytes(new byte[1000]).toBytes();
    }

    public byte[] plain() {
        long offset = 4096;
        var table = ElfOut.little().text("__CLANG_OFFLOAD_BUNDLE__").u64(entries.size());
        for (var entry : entries) {
            table.u64(offset).u64(entry.code().length).u64(entry.id().length()).text(entry.id());
            offset += (entry.code().length + 4095L) / 4096 * 4096;
        }
        for (var entry : entries) table.align(4096).bytes(entry.code());
        return table.toBytes();
    }

    public byte[] zstd(int version) {
        var plain = plain();
        return compressed(version, ZSTD, plain.length, Zstd.compress(plain));
    }

    byte[] zlib(int version) {
        var plain = plain();
        return compressed(version, ZLIB, plain.length, deflated(plain));
    }

    static byte[] deflated(byte[] plain) {
        var deflater = new Deflater();
        try {
            deflater.setInput(plain);
            deflater.finish();
            var packed = new byte[plain.length + 100];
            return java.util.Arrays.copyOf(packed, deflater.deflate(packed));
        } finally {
            deflater.end();
        }
    }

    /** A header that says what it is told to say. */
    static byte[] compressed(int version, int method, long unpacked, byte[] data) {
        var header = ElfOut.little().text("CCOB").u16(version).u16(method);
        if (version == 1) header.u32(unpacked);
        if (version == 2) header.u32(24L + data.length).u32(unpacked);
        if (version > 2) header.u64(32L + data.length).u64(unpacked);
        return header.u64(0x1234567890abcdefL).bytes(data).toBytes();
    }

    /** Bundles one after another, each on a page of its own. */
    public static byte[] oneAfterAnother(byte[]... bundles) {
        var section = ElfOut.little();
        for (var bundle : bundles) section.align(4096).bytes(bundle);
        return section.align(4096).toBytes();
    }

    /** What {@code .rocm_kpack_ref} says: a map in MessagePack. */
    public static byte[] kpackReference(String... patterns) {
        var map = ElfOut.little().u8(0x82);
        string(map, "kernel_name");
        string(map, "rccl");
        string(map, "kpack_search_paths");
        map.u8(0x90 + patterns.length);
        for (var pattern : patterns) string(map, pattern);
        return map.toBytes();
    }

    private static void string(ElfOut map, String text) {
        map.u8(0xd9).u8(text.length()).text(text);
    }
}
