package dev.strixhalo.rccl.elf;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** AMD's GPUs as LLVM numbers them ("User Guide for AMDGPU Backend", table of {@code EF_AMDGPU_MACH} values). */
final class Processors {
    private static final int FIRST = 0x20;

    /** From 0x20 on; a dash is a number without a GPU. */
    private static final String IN_ORDER = "gfx600 gfx601 gfx700 gfx701 gfx702 gfx703 gfx704 - "
            + "gfx801 gfx802 gfx803 gfx810 gfx900 gfx902 gfx904 gfx906 "
            + "gfx908 gfx909 gfx90c gfx1010 gfx1011 gfx1012 gfx1030 gfx1031 "
            + "gfx1032 gfx1033 gfx602 gfx705 gfx805 gfx1035 gfx1034 gfx90a "
            + "gfx940 gfx1100 gfx1013 gfx1150 gfx1103 gfx1036 gfx1101 gfx1102 "
            + "gfx1200 gfx1250 gfx1151 gfx941 gfx942 - gfx1201 gfx950 "
            + "gfx1310 gfx9-generic gfx10-1-generic gfx10-3-generic gfx11-generic gfx1152 - - "
            + "gfx1153 gfx12-generic gfx1251 - - - - gfx9-4-generic";

    private static final Map<Integer, String> NAMES = names();

    /** Which GPUs run the code of a generic one (the same guide, "Generic Processors"); those near Strix Halo only. */
    private static final Map<String, List<String>> GENERIC = Map.of(
            "gfx11-generic",
            List.of("gfx1100", "gfx1101", "gfx1102", "gfx1103", "gfx1150", "gfx1151", "gfx1152", "gfx1153"));

    private Processors() {}

    /** The GPU of some e_flags, or null when this list does not have it. */
    static @Nullable String name(long flags) {
        return NAMES.get((int) flags & 0xff);
    }

    /** Whether one of these processors' code runs on a GPU. */
    static boolean reach(Collection<String> processors, String gpu) {
        return processors.stream()
                .anyMatch(one ->
                        one.equals(gpu) || GENERIC.getOrDefault(one, List.of()).contains(gpu));
    }

    /** {@code gfx90a} of {@code gfx90a:sramecc+:xnack-}. */
    static String withoutFeatures(String target) {
        int colon = target.indexOf(':');
        return colon < 0 ? target : target.substring(0, colon);
    }

    /**
     * The target of a bundle's entry: {@code gfx1151} of {@code hipv4-amdgcn-amd-amdhsa--gfx1151}. Old compilers wrote one dash
     * less, and generic processors have dashes of their own.
     */
    static String targetOf(String id) {
        int at = id.indexOf("-gfx");
        if (at >= 0) return id.substring(at + 1);
        var parts = id.split("-", 6);
        return parts.length == 6 ? parts[5] : "";
    }

    /**
     * Whether the flags are those of a target. A GPU that this list does not know is taken at its word.
     *
     * @param abiVersion from 2 on the flags tell features, too
     */
    static boolean agree(String target, long flags, int abiVersion) {
        var processor = withoutFeatures(target);
        var byFlags = name(flags);
        if (byFlags != null || NAMES.containsValue(processor)) {
            if (!processor.equals(byFlags)) return false;
        }
        return abiVersion < 2
                || (featureAgrees(target, ":xnack", flags >> 8 & 3)
                        && featureAgrees(target, ":sramecc", flags >> 10 & 3));
    }

    /** Two bits: 0 not supported, 1 either way, 2 off, 3 on. */
    private static boolean featureAgrees(String target, String feature, long bits) {
        if (target.contains(feature + "+")) return bits == 3;
        if (target.contains(feature + "-")) return bits == 2;
        return bits < 2;
    }

    private static Map<Integer, String> names() {
        var names = new HashMap<Integer, String>();
        int number = FIRST;
        for (var name : IN_ORDER.split(" ", -1)) {
            if (!name.equals("-")) names.put(number, name);
            number++;
        }
        return Map.copyOf(names);
    }
}
