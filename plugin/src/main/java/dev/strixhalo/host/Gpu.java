package dev.strixhalo.host;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The GPU of a node and the memory that it may use.
 *
 * @param vram bytes that the BIOS carves out for it ({@code mem_info_vram_total})
 * @param gtt  bytes of the common memory that it may map ({@code mem_info_gtt_total})
 */
public record Gpu(long vram, long gtt) {
    private static final Pattern TARGET = Pattern.compile("gfx_target_version\\s+(\\d+)");

    /** The card with the most memory to map; a board controller's display has none. */
    static Reading<Gpu> parse(LookOutput.Answer answer) {
        var entries = SysfsFiles.parse(answer.lines());
        Gpu best = null;
        for (var vram : entries) {
            if (!vram.path().endsWith("/mem_info_vram_total")) continue;
            var beside = vram.path().replace("mem_info_vram_total", "mem_info_gtt_total");
            for (var gtt : entries) {
                if (!gtt.path().equals(beside) || vram.number() < 0 || gtt.number() < 0) continue;
                if (best == null || gtt.number() > best.gtt()) best = new Gpu(vram.number(), gtt.number());
            }
        }
        return best == null
                ? Reading.absent("no card under /sys/class/drm tells of its memory (mem_info_gtt_total)")
                : Reading.of(best);
    }

    /** GPUs that ROCm can use, as {@code gfx1151}; a CPU is a node of the topology too and has 0. None is a fact too. */
    static Reading<List<String>> targets(LookOutput.Answer answer) {
        var names = SysfsFiles.parse(answer.lines()).stream()
                .map(entry -> TARGET.matcher(entry.text()))
                .filter(match -> match.matches() && match.group(1).length() < 10)
                .map(match -> Integer.parseInt(match.group(1)))
                .filter(number -> number > 0)
                .map(Gpu::name)
                .distinct()
                .toList();
        return Reading.of(names);
    }

    /** The kernel writes major * 10000 + minor * 100 + stepping, and the stepping's digit is hexadecimal in the name. */
    private static String name(int version) {
        return "gfx%d%d%x".formatted(version / 10000, version / 100 % 100, version % 100);
    }
}
