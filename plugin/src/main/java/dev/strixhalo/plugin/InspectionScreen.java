package dev.strixhalo.plugin;

import dev.strixhalo.base.Amount;
import dev.strixhalo.rccl.elf.CodeObject;
import dev.strixhalo.rccl.library.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What is inside a library, as lines for people. */
final class InspectionScreen {
    private InspectionScreen() {}

    static List<String> lines(Verdict verdict) {
        var library = verdict.library();
        var lines = new ArrayList<String>();
        lines.add(row("file", "%s  %s".formatted(library.path(), Amount.bytes(library.size()))));
        if (library.sha256() != null) lines.add(row("sha256", library.sha256()));
        lines.add(row("elf", library.elf().inWords()));
        lines.add(row("soname", library.soname() == null ? "none" : library.soname()));
        lines.add(row("needed", String.join(" ", library.needed())));
        if (library.runpath() != null) lines.add(row("runpath", library.runpath()));
        if (library.rpath() != null) lines.add(row("rpath", library.rpath()));
        lines.add(row("hip", library.hip() == null ? "none" : String.valueOf(library.hip())));
        lines.add(row(
                "symbols", "%d of RCCL exported".formatted(library.exported().size())));
        var device = library.device();
        switch (device.kind()) {
            case NONE -> lines.add(row("gpu code", "none"));
            case KPACK -> lines.add(row("gpu code", "in kpack files beside it: " + String.join(" ", device.targets())));
            case EMBEDDED -> {
                lines.add(row(
                        "gpu code",
                        "embedded, code objects: " + device.objects().size()));
                var byTarget = device.objects().stream()
                        .filter(object -> !object.target().isEmpty())
                        .collect(Collectors.groupingBy(CodeObject::target, TreeMap::new, Collectors.toList()));
                byTarget.forEach((target, objects) -> lines.add(row("", of(target, objects))));
            }
        }
        lines.add(row("verdict", verdict.fit() ? "ok: " + verdict.summary() : "would not do"));
        return lines;
    }

    private static String of(String target, List<CodeObject> objects) {
        long bytes = objects.stream().mapToLong(CodeObject::size).sum();
        var flags = objects.stream()
                .map(CodeObject::flags)
                .filter(flag -> flag != null)
                .map(flag -> "0x%x".formatted(flag))
                .distinct()
                .collect(Collectors.joining(" "));
        return "%-24s %8s  e_flags %s".formatted(target, Amount.bytes(bytes), flags.isEmpty() ? "not read" : flags);
    }

    private static String row(String name, String value) {
        return "%-9s %s".formatted(name, value);
    }
}
