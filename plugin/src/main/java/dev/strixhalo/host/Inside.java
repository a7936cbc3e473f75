package dev.strixhalo.host;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.run.Memlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the running container of the cluster is like inside.
 *
 * @param memlock its hard limit of locked memory
 * @param devices whether they open there
 * @param rccl    SHA-256 of each librccl in it, by path
 */
public record Inside(Memlock memlock, List<DeviceAccess> devices, Map<String, String> rccl) {
    /** Why nothing is known of the container before the first deploy. */
    static final String NONE = "no container of the cluster runs here yet";

    private static final Pattern LIMIT = Pattern.compile("Max locked memory\\s+\\S+\\s+(\\S+)\\s+bytes\\s*");
    private static final Pattern SUM = Pattern.compile("([0-9a-f]{64}) [ *](\\S.*)");

    public Inside {
        devices = List.copyOf(devices);
        rccl = Map.copyOf(rccl);
    }

    static Reading<Inside> parse(LookOutput output) {
        if (output.find("inside").isEmpty()) {
            return Reading.absent(NONE);
        }
        return output.reading("inside", "podman exec", answer -> parse(answer.lines()));
    }

    private static Reading<Inside> parse(List<String> lines) throws StrixhaloException {
        Memlock memlock = null;
        var devices = new ArrayList<String>();
        var sums = new TreeMap<String, String>();
        int part = 0;
        for (var line : lines) {
            if (line.equals("--")) {
                part++;
                continue;
            }
            var limit = LIMIT.matcher(line);
            if (part == 0 && limit.matches()) memlock = Memlock.parse(limit.group(1));
            if (part == 1 && line.startsWith("/")) devices.add(line);
            var sum = SUM.matcher(line);
            if (part == 2 && sum.matches()) sums.put("/" + sum.group(2), sum.group(1));
        }
        if (memlock == null || part < 2) return Reading.absent("the container did not answer as asked");
        return Reading.of(new Inside(memlock, DeviceAccess.parse(devices), sums));
    }
}
