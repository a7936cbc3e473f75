package dev.strixhalo.registry;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Writes the few ASN.1 types that a certificate consists of, in DER (ITU-T X.690). */
final class Der {
    private static final Instant YEAR_2050 =
            LocalDate.of(2050, 1, 1).atStartOfDay(ZoneOffset.UTC).toInstant();

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return value(0x30, join(parts));
    }

    static byte[] set(byte[]... parts) {
        return value(0x31, join(parts));
    }

    static byte[] bool(boolean truth) {
        return value(0x01, new byte[] {(byte) (truth ? 0xff : 0)});
    }

    static byte[] integer(BigInteger number) {
        return value(0x02, number.toByteArray());
    }

    /** @param unusedBits how many of the last bits do not count */
    static byte[] bitString(int unusedBits, byte[] bits) {
        return value(0x03, join(new byte[] {(byte) unusedBits}, bits));
    }

    static byte[] octetString(byte[] bytes) {
        return value(0x04, bytes);
    }

    static byte[] utf8String(String text) {
        return value(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** @param dotted for example {@code 2.5.29.17} */
    static byte[] objectIdentifier(String dotted) {
        var arcs = dotted.split("\\.");
        var out = new ByteArrayOutputStream();
        base128(out, Integer.parseInt(arcs[0]) * 40L + Integer.parseInt(arcs[1]));
        for (int i = 2; i < arcs.length; i++) base128(out, Long.parseLong(arcs[i]));
        return value(0x06, out.toByteArray());
    }

    /** UTCTime before 2050, GeneralizedTime from then on (RFC 5280, section 4.1.2.5). */
    static byte[] time(Instant when) {
        boolean utc = when.isBefore(YEAR_2050);
        var text = DateTimeFormatter.ofPattern(utc ? "yyMMddHHmmss'Z'" : "yyyyMMddHHmmss'Z'")
                .withZone(ZoneOffset.UTC)
                .format(when);
        return value(utc ? 0x17 : 0x18, text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A value inside a context tag: {@code [number] EXPLICIT}. */
    static byte[] explicit(int number, byte[] content) {
        return value(0xa0 | number, content);
    }

    /** Bytes under a context tag of their own: {@code [number] IMPLICIT}, of a primitive type. */
    static byte[] implicit(int number, byte[] content) {
        return value(0x80 | number, content);
    }

    private static void base128(ByteArrayOutputStream out, long arc) {
        int groups = 1;
        for (long rest = arc >> 7; rest != 0; rest >>= 7) groups++;
        for (int i = groups - 1; i >= 0; i--) out.write((int) (arc >> 7 * i & 0x7f) | (i > 0 ? 0x80 : 0));
    }

    private static byte[] value(int tag, byte[] content) {
        var out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 0x80) {
            out.write(content.length);
        } else {
            var length = BigInteger.valueOf(content.length).toByteArray();
            int skip = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - skip);
            out.write(length, skip, length.length - skip);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) out.writeBytes(part);
        return out.toByteArray();
    }
}
