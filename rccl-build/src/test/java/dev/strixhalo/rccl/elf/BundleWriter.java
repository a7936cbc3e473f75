package dev.strixhalo.rccl.elf;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;

/** Writes bundles of code objects as clang-offload-bundler does (RCCL.md's description; LLVM's ClangOffloadBundler). */
final class BundleWriter {
    static final Map<String, Integer> FLAGS = Map.of("gfx1151", 0x4a, "gfx1100", 0x41, "gfx90a", 0x3f);
    private static final int OBJECT = 256;

    private BundleWriter() {}

    /** A plain bundle with an empty entry for the host and a code object for each of these. */
    static byte[] plain(String... targets) {
        return plain(List.of(targets), FLAGS);
    }

    static byte[] plain(List<String> targets, Map<String, Integer> flags) {
        var ids = new java.util.ArrayList<>(List.of("host-x86_64-unknown-linux-gnu-"));
        targets.forEach(target -> ids.add("hipv4-amdgcn-amd-amdhsa--" + target));
        int table = 24 + 8 + ids.stream().mapToInt(id -> 24 + id.length()).sum();
        int first = (table + 63) / 64 * 64;
        var bytes = ElfWriter.little(first + OBJECT * targets.size());
        bytes.put("__CLANG_OFFLOAD_BUNDLE__".getBytes(StandardCharsets.US_ASCII))
                .putLong(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            bytes.putLong(first + (i == 0 ? 0 : (long) OBJECT * (i - 1))).putLong(i == 0 ? 0 : OBJECT);
            bytes.putLong(ids.get(i).length()).put(ids.get(i).getBytes(StandardCharsets.US_ASCII));
        }
        for (int i = 0; i < targets.size(); i++) {
            bytes.position(first + OBJECT * i);
            bytes.put(codeObject(flags.getOrDefault(targets.get(i).replaceAll(":.*", ""), 0)));
        }
        return bytes.array();
    }

    private static byte[] codeObject(int flags) {
        var bytes = ElfWriter.little(OBJECT);
        bytes.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 64}).position(16);
        bytes.putShort((short) 3).putShort((short) 224).putInt(1).position(48);
        bytes.putInt(flags);
        return bytes.array();
    }

    /** The same, compressed: method 1 is zstd, 0 zlib. */
    static byte[] compressed(int version, int method, byte[] plain) {
        byte[] packed = method == 1 ? Zstd.compress(plain, 3) : deflated(plain);
        int header = version == 3 ? 32 : 24;
        var bytes = ElfWriter.little(header + packed.length);
        bytes.put("CCOB".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) version)
                .putShort((short) method);
        if (version == 3) bytes.putLong(bytes.capacity()).putLong(plain.length);
        else bytes.putInt(bytes.capacity()).putInt(plain.length);
        bytes.putLong(0x1234).put(packed);
        return bytes.array();
    }

    private static byte[] deflated(byte[] plain) {
        var deflater = new Deflater();
        deflater.setInput(plain);
        deflater.finish();
        var out = new ByteArrayOutputStream();
        var buffer = new byte[4096];
        while (!deflater.finished()) out.write(buffer, 0, deflater.deflate(buffer));
        deflater.end();
        return out.toByteArray();
    }

    /** One after another, each on a page of its own. */
    static byte[] pages(byte[]... bundles) {
        var out = new ByteArrayOutputStream();
        for (var bundle : bundles) {
            while (out.size() % 4096 != 0) out.write(0);
            out.writeBytes(bundle);
        }
        return out.toByteArray();
    }
}
