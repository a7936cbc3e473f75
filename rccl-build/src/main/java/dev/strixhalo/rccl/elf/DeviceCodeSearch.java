package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finds the code for GPUs of one ELF file. */
final class DeviceCodeSearch {
    private static final String EMBEDDED = ".hip_fatbin";
    private static final String KPACK = ".rocm_kpack_ref";
    private static final String PLACEHOLDER = "@GFXARCH@";

    /** The runtime reads no more of it, either. */
    private static final int LONGEST_REFERENCE = 1 << 16;

    /** The HIP compiler aligns every bundle so, since the runtime maps them. */
    private static final long ALIGNMENT = 4096;

    private final ElfFile elf;
    private final Predicate<String> verified;

    DeviceCodeSearch(ElfFile elf, Predicate<String> verified) {
        this.elf = elf;
        this.verified = verified;
    }

    DeviceCode run() throws IOException, MalformedFileException {
        if (elf.sections().isEmpty()) return embedded(bySearch());
        // First: a library that was split keeps its .hip_fatbin, filled with zeros.
        var reference = elf.section(KPACK);
        if (reference != null && reference.inFile()) return kpack(reference);
        var section = elf.section(EMBEDDED);
        if (section == null || !section.inFile()) return DeviceCode.none();
        return embedded(new Bundles(elf.blocks(), verified).read(section.offset(), section.offset() + section.size()));
    }

    private static DeviceCode embedded(List<CodeObject> objects) {
        return objects.isEmpty() ? DeviceCode.none() : new DeviceCode(DeviceCode.Kind.EMBEDDED, objects, null);
    }

    /** Without section headers every page of what is loaded is looked at. */
    private List<CodeObject> bySearch() throws IOException, MalformedFileException {
        var bundles = new Bundles(elf.blocks(), verified);
        var objects = new ArrayList<CodeObject>();
        for (var load : elf.segments().loads()) {
            long end = load.offset() + load.size();
            for (long at = load.offset() + ALIGNMENT - 1 & -ALIGNMENT; at < end; at = at + ALIGNMENT & -ALIGNMENT) {
                if (!bundles.startsAt(at, end)) continue;
                at = bundles.readOne(at, end, objects) - 1;
            }
        }
        return objects;
    }

    private DeviceCode kpack(Section section) throws IOException, MalformedFileException {
        if (section.size() > LONGEST_REFERENCE) {
            throw new MalformedFileException(
                    section.offset(), "%s has %d bytes".formatted(section.name(), section.size()));
        }
        var bytes = elf.blocks().bytes(section.offset(), (int) section.size(), KPACK);
        var value = new MessagePack(bytes, section.offset()).read();
        if (!(value instanceof Map<?, ?> map)) {
            throw new MalformedFileException(section.offset(), KPACK + " is not a map");
        }
        var patterns = new ArrayList<String>();
        if (map.get("kpack_search_paths") instanceof List<?> paths) {
            for (var path : paths) if (path instanceof String pattern) patterns.add(pattern);
        }
        if (patterns.isEmpty()) {
            throw new MalformedFileException(section.offset(), KPACK + " has no kpack_search_paths");
        }
        var kernel = map.get("kernel_name") instanceof String name ? name : "";
        var targets = new TreeSet<String>();
        for (var pattern : patterns) addTargets(pattern, targets);
        return new DeviceCode(DeviceCode.Kind.KPACK, List.of(), new Kpack(kernel, patterns, targets));
    }

    private void addTargets(String pattern, Set<String> targets) throws IOException {
        int slash = pattern.lastIndexOf('/');
        var name = pattern.substring(slash + 1);
        int placeholder = name.indexOf(PLACEHOLDER);
        // Without a placeholder the files' names do not say for what they are; no path has a zero in it.
        if (placeholder < 0 || pattern.indexOf('\0') >= 0) return;
        var before = name.substring(0, placeholder);
        var after = name.substring(placeholder + PLACEHOLDER.length());
        var folder = folder(slash < 0 ? "" : pattern.substring(0, slash));
        if (folder == null) return;
        for (var file : elf.files().names(folder)) {
            if (file.length() > before.length() + after.length() && file.startsWith(before) && file.endsWith(after)) {
                targets.add(file.substring(before.length(), file.length() - after.length()));
            }
        }
    }

    /** The folder of a pattern; null when the path climbs above the root. */
    private @Nullable String folder(String relative) throws IOException {
        var real = elf.files().real(elf.path());
        var start = relative.startsWith("/") ? "" : real.substring(0, Math.max(0, real.lastIndexOf('/')));
        var parts = new ArrayList<String>();
        for (var part : (start + "/" + relative).split("/", -1)) {
            if (part.isEmpty() || part.equals(".")) continue;
            if (!part.equals("..")) parts.add(part);
            else if (parts.isEmpty()) return null;
            else parts.remove(parts.size() - 1);
        }
        return "/" + String.join("/", parts);
    }
}
