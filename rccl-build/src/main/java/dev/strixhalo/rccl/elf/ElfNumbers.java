package dev.strixhalo.rccl.elf;

import java.io.IOException;

/** Numbers of a file in the width and order of bytes that its header names. */
record ElfNumbers(Blocks blocks, boolean is64, boolean littleEndian) {
    int u16(long offset) throws IOException, MalformedFileException {
        return (int) blocks.number(offset, 2, littleEndian);
    }

    long u32(long offset) throws IOException, MalformedFileException {
        return blocks.number(offset, 4, littleEndian);
    }

    /** An address, offset or size: 4 or 8 bytes; negative when it has the highest of 64 bits set. */
    long word(long offset) throws IOException, MalformedFileException {
        return blocks.number(offset, is64 ? 8 : 4, littleEndian);
    }
}
