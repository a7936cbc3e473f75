package dev.strixhalo.rccl.elf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Bytes of an ELF file that grow at their end, in one width and order. */
final class ElfOut {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final boolean is64;
    private final boolean littleEndian;

    ElfOut(boolean is64, boolean littleEndian) {
        this.is64 = is64;
        this.littleEndian = littleEndian;
    }

    static ElfOut little() {
        return new ElfOut(true, true);
    }

    ElfOut u8(int value) {
        return number(value, 1);
    }

    ElfOut u16(int value) {
        return number(value, 2);
    }

    ElfOut u32(long value) {
        return number(value, 4);
    }

    ElfOut u64(long value) {
        return number(value, 8);
    }

    /** An address, offset or size. */
    ElfOut word(long value) {
        return number(value, is64 ? 8 : 4);
    }

    ElfOut bytes(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    ElfOut text(String text) {
        return bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Zeros up to the next multiple. */
    ElfOut align(int multiple) {
        while (bytes.size() % multiple != 0) bytes.write(0);
        return this;
    }

    int size() {
        return bytes.size();
    }

    byte[] toBytes() {
        return bytes.toByteArray();
    }

    private ElfOut number(long value, int width) {
        for (int i = 0; i < width; i++) {
            int shift = 8 * (littleEndian ? i : width - 1 - i);
            bytes.write((int) (value >>> shift) & 0xff);
        }
        return this;
    }
}
