package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.ElfIdentity;
import dev.strixhalo.rccl.elf.Symbol;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code readelf -hdW --dyn-syms} of binutils 2.40 says of a file, in the words that both sides can be put into.
 *
 * @param symbols each as {@code TYPE BIND VISIBILITY defined|undefined name@version}
 */
record Readelf(
        String identity,
        @Nullable String soname,
        List<String> needed,
        @Nullable String runpath,
        @Nullable String rpath,
        List<String> symbols) {
    private static final Pattern FIELD = Pattern.compile("\\s*([A-Z][A-Za-z/ ]+):\\s+(.*?)\\s*");
    private static final Pattern DYNAMIC = Pattern.compile("\\s*0x[0-9a-f]+ \\(([A-Z]+)\\)\\s+.*?: \\[(.*)]");
    private static final Pattern SYMBOL =
            Pattern.compile("\\s*(\\d+): [0-9a-f]+\\s+\\S+ (\\S+)\\s+(\\S+)\\s+(\\S+)\\s+(?:\\[.*?]\\s+)?(\\S+) ?(.*)");
    private static final Pattern NM = Pattern.compile("(?:[0-9a-f]+)? +(\\S) (\\S+)");

    private static final Map<Symbol.Type, String> TYPES = Map.of(
            Symbol.Type.NONE, "NOTYPE",
            Symbol.Type.OBJECT, "OBJECT",
            Symbol.Type.FUNCTION, "FUNC",
            Symbol.Type.SECTION, "SECTION",
            Symbol.Type.FILE, "FILE",
            Symbol.Type.COMMON, "COMMON",
            Symbol.Type.THREAD_LOCAL, "TLS",
            Symbol.Type.INDIRECT_FUNCTION, "IFUNC");
    private static final Map<Integer, String> SYSTEMS =
            Map.of(0, "UNIX - System V", 3, "UNIX - GNU", 9, "UNIX - FreeBSD", 255, "Standalone App");
    private static final Map<Integer, String> MACHINES = Map.ofEntries(
            Map.entry(3, "Intel 80386"),
            Map.entry(8, "MIPS R3000"),
            Map.entry(20, "PowerPC"),
            Map.entry(21, "PowerPC64"),
            Map.entry(22, "IBM S/390"),
            Map.entry(40, "ARM"),
            Map.entry(62, "Advanced Micro Devices X86-64"),
            Map.entry(183, "AArch64"),
            Map.entry(224, "AMD GPU"),
            Map.entry(243, "RISC-V"),
            Map.entry(247, "Linux BPF"));

    static Readelf read(Path file) throws StrixhaloException {
        var lines = Program.of("readelf", "-hdW", "--dyn-syms", file.toString())
                .timeout(Duration.ofMinutes(2))
                .run()
                .orFail()
                .out();
        var header = new HashMap<String, String>();
        var dynamic = new HashMap<String, List<String>>();
        var symbols = new ArrayList<String>();
        for (var line : lines) {
            var symbol = SYMBOL.matcher(line);
            var entry = DYNAMIC.matcher(line);
            var field = FIELD.matcher(line);
            if (symbol.matches()) {
                if (!symbol.group(1).equals("0")) symbols.add(inWords(symbol));
            } else if (entry.matches()) {
                dynamic.computeIfAbsent(entry.group(1), tag -> new ArrayList<>())
                        .add(entry.group(2));
            } else if (field.matches()) {
                header.putIfAbsent(field.group(1), field.group(2));
            }
        }
        return new Readelf(
                "%s %s %s %s %s %s"
                        .formatted(
                                header.get("Class"),
                                header.getOrDefault("Data", "").contains("little") ? "little" : "big",
                                header.get("OS/ABI"),
                                header.getOrDefault("Type", "").split(" ", 2)[0],
                                header.get("Machine"),
                                header.getOrDefault("Flags", "").split("[, ]", 2)[0]),
                last(dynamic.get("SONAME")),
                dynamic.getOrDefault("NEEDED", List.of()),
                last(dynamic.get("RUNPATH")),
                last(dynamic.get("RPATH")),
                symbols);
    }

    /** Names with versions as {@code nm -D} lists them. */
    static List<String> nm(Path file) throws StrixhaloException {
        return Program.of("nm", "-D", "--with-symbol-versions", file.toString()).run().orFail().out().stream()
                .map(NM::matcher)
                .filter(java.util.regex.Matcher::matches)
                .map(match -> match.group(2))
                .toList();
    }

    static String inWords(ElfIdentity ours) {
        return "ELF%d %s %s %s %s 0x%x"
                .formatted(
                        ours.bits(),
                        ours.littleEndian() ? "little" : "big",
                        SYSTEMS.getOrDefault(ours.osAbi(), "system " + ours.osAbi()),
                        ours.type() < 5
                                ? List.of("NONE", "REL", "EXEC", "DYN", "CORE").get(ours.type())
                                : ours.type(),
                        MACHINES.getOrDefault(ours.machine(), "machine " + ours.machine()),
                        ours.flags());
    }

    static String inWords(Symbol ours) {
        var type = TYPES.getOrDefault(ours.type(), "OTHER");
        return "%s %s %s %s %s"
                .formatted(
                        type,
                        ours.binding(),
                        ours.visibility(),
                        ours.defined() ? "defined" : "undefined",
                        type.equals("SECTION") ? "" : ours.versionedName());
    }

    private static String inWords(java.util.regex.Matcher theirs) {
        var type = theirs.group(2);
        // readelf lends a section's symbol the section's name, and numbers the version of an undefined one.
        var name = type.equals("SECTION") ? "" : theirs.group(6).replaceFirst(" \\(\\d+\\)\\s*$", "");
        return "%s %s %s %s %s"
                .formatted(
                        type,
                        theirs.group(3),
                        theirs.group(4),
                        theirs.group(5).equals("UND") ? "undefined" : "defined",
                        name);
    }

    private static @Nullable String last(@Nullable List<String> values) {
        return values == null ? null : values.get(values.size() - 1);
    }
}
