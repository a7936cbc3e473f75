package dev.strixhalo.rccl.elf;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;

/** Writes bundles of GPU code for tests, plain and compressed. */
public final class BundleWriter {
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    /** One with the host's empty entry, as HIP's compiler writes it. */
    public static BundleWriter hip() {
        var bundle = new BundleWriter();
        bundle.entries.put("host-x86_64-unknown-linux-gnu-", new byte[0]);
        return bundle;
    }

    /** A code object for a target, with these e_flags. */
    public BundleWriter with(String target, int flags) {
        return with("hipv4-amdgcn-amd-amdhsa--" + target, codeObject(flags, 0x400));
    }

    public BundleWriter with(String id, byte[] object) {
        entries.put(id, object);
        return this;
    }

    /** The ELF header of a code object (version 5 of the ABI), and nothing behind it. */
    public static byte[] codeObject(int flags, int size) {
        var object = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        object.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 64, 3});
        object.putShort(16, (short) 3).putShort(18, (short) 224).putInt(48, flags);
        return object.array();
    }

    public byte[] plain() {
        var out = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        out.put("__CLANG_OFFLOAD_BUNDLE__".getBytes(StandardCharsets.US_ASCII)).putLong(entries.size());
        int at = 4096;
        for (var entry : entries.entrySet()) {
            var id = entry.getKey().getBytes(StandardCharsets.UTF_8);
            out.putLong(at).putLong(entry.getValue().length).putLong(id.length).put(id);
            System.arraycopy(entry.getValue(), 0, out.array(), at, entry.getValue().length);
            at += entry.getValue().length + 4095 & ~4095;
        }
        int end = 4096;
        int offset = 4096;
        for (var object : entries.values()) {
            if (object.length > 0) end = offset + object.length;
            offset += object.length + 4095 & ~4095;
        }
        return Arrays.copyOf(out.array(), end);
    }

    /** The compressed form; version 1 to 3, method 0 is zlib and 1 zstd. */
    public byte[] compressed(int version, int method) {
        var plain = plain();
        return compressed(version, method, plain.length, pack(plain, method));
    }

    static byte[] compressed(int version, int method, long unpacked, byte[] data) {
        int header = version == 3 ? 32 : version == 2 ? 24 : 20;
        var out = ByteBuffer.allocate(header + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put("CCOB".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) version)
                .putShort((short) method);
        if (version == 3) out.putLong(out.capacity()).putLong(unpacked);
        else if (version == 2) out.putInt(out.capacity()).putInt((int) unpacked);
        else out.putInt((int) unpacked);
        return out.putLong(0x1234).put(data).array();
    }

    static byte[] pack(byte[] plain, int method) {
        if (method != 0) return Zstd.compress(plain);
        var deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        var buffer = new byte[plain.length + 1024];
        int length = deflater.deflate(buffer);
        deflater.end();
        return Arrays.copyOf(buffer, length);
    }

    /** Several bundles, each on a page of its own. */
    public static byte[] onPages(byte[]... bundles) {
        var out = new ByteArrayOutputStream();
        for (var bundle : bundles) {
            out.writeBytes(new byte[-out.size() & 4095]);
            out.writeBytes(bundle);
        }
        return out.toByteArray();
    }
}
