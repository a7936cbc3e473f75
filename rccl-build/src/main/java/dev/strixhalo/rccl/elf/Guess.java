package dev.strixhalo.rccl.elf;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What a file may be that is not ELF: people hand in what lies beside the library. */
final class Guess {
    private Guess() {}

    static String of(byte[] start) {
        var text = new String(start, StandardCharsets.ISO_8859_1);
        if (text.startsWith("!<arch>")) return "a static archive (.a)";
        if (text.startsWith("!<thin>")) return "a thin static archive (.a)";
        if (text.startsWith("\u001f\u008b")) return "a gzip file";
        if (text.startsWith("PK")) return "a zip file";
        if (text.startsWith("MZ")) return "a program for Windows";
        if (text.startsWith("CCOB") || text.startsWith("__CLANG_")) return "a bundle of GPU code";
        if (text.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\n' || c == '\t' || c == '\r')) {
            return "text that begins with \"%s\"".formatted(text.strip());
        }
        return "a file that begins with the bytes "
                + HexFormat.ofDelimiter(" ").formatHex(start, 0, Math.min(4, start.length));
    }
}
