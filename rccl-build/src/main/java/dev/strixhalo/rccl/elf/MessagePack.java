package dev.strixhalo.rccl.elf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value in MessagePack (the specification on msgpack.org), as much of it as a reference of some hundred bytes may use. Floats
 * and extensions are stepped over and come out as null.
 */
final class MessagePack {
    private static final int DEEPEST = 16;

    private final byte[] bytes;
    private final long base;
    private int at;

    /** @param base where the bytes are in the file, for the offset of an error */
    MessagePack(byte[] bytes, long base) {
        this.bytes = bytes;
        this.base = base;
    }

    /** The value: Map, List, String, byte[], Long, Boolean or null. What follows it is padding. */
    @Nullable
    Object read() throws MalformedFileException {
        return value(0);
    }

    private @Nullable Object value(int depth) throws MalformedFileException {
        if (depth > DEEPEST) throw wrong("values are nested too deep");
        int type = (int) number(1);
        if (type < 0x80) return (long) type;
        if (type < 0x90) return map(type & 0x0f, depth);
        if (type < 0xa0) return list(type & 0x0f, depth);
        if (type < 0xc0) return text(type & 0x1f);
        if (type >= 0xe0) return (long) (byte) type;
        return switch (type) {
            case 0xc0 -> null;
            case 0xc2 -> false;
            case 0xc3 -> true;
            case 0xc4, 0xc5, 0xc6 -> take(number(1 << (type - 0xc4)));
            case 0xc7, 0xc8, 0xc9 -> skip(number(1 << (type - 0xc7)) + 1);
            case 0xca -> skip(4);
            case 0xcb -> skip(8);
            case 0xcc, 0xcd, 0xce, 0xcf -> number(1 << (type - 0xcc));
            case 0xd0 -> (long) (byte) number(1);
            case 0xd1 -> (long) (short) number(2);
            case 0xd2 -> (long) (int) number(4);
            case 0xd3 -> number(8);
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> skip((1L << (type - 0xd4)) + 1);
            case 0xd9, 0xda, 0xdb -> text(number(1 << (type - 0xd9)));
            case 0xdc, 0xdd -> list(number(2 << (type - 0xdc)), depth);
            case 0xde, 0xdf -> map(number(2 << (type - 0xde)), depth);
            default -> throw wrong("no value begins with the byte 0x%02x".formatted(type));
        };
    }

    private Map<Object, @Nullable Object> map(long count, int depth) throws MalformedFileException {
        var map = new LinkedHashMap<Object, @Nullable Object>();
        for (long i = 0; i < count; i++) {
            var key = value(depth + 1);
            var value = value(depth + 1);
            if (key != null) map.put(key, value);
        }
        return map;
    }

    private List<@Nullable Object> list(long count, int depth) throws MalformedFileException {
        var list = new ArrayList<@Nullable Object>();
        for (long i = 0; i < count; i++) list.add(value(depth + 1));
        return list;
    }

    private String text(long length) throws MalformedFileException {
        return new String(take(length), StandardCharsets.UTF_8);
    }

    private byte[] take(long length) throws MalformedFileException {
        if (length < 0 || length > bytes.length - at) throw wrong("a value is longer than the section");
        at += (int) length;
        return Arrays.copyOfRange(bytes, at - (int) length, at);
    }

    private @Nullable Object skip(long length) throws MalformedFileException {
        if (length < 0 || length > bytes.length - at) throw wrong("a value is longer than the section");
        at += (int) length;
        return null;
    }

    private long number(int width) throws MalformedFileException {
        if (width > bytes.length - at) throw wrong("the section ends within a value");
        long value = 0;
        for (int i = 0; i < width; i++) value = value << 8 | (bytes[at++] & 0xff);
        return value;
    }

    private MalformedFileException wrong(String what) {
        return new MalformedFileException(base + at, "the kpack reference is damaged: " + what);
    }
}
