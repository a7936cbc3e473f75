package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What {@code ray status} says: its nodes stand as {@code 1 node_<hex>} under {@code Active:}, its GPUs as {@code 0.0/2.0 GPU}.
 *
 * @param nodes that are members
 * @param gpus  that are declared, as Ray writes it
 */
record RayStatus(int nodes, String gpus) {
    private static final Pattern NODE = Pattern.compile(" *(\\d+) node_[0-9a-f]+");
    private static final Pattern GPU = Pattern.compile(" *[0-9.]+/([0-9.]+) GPU.*");

    /** Nothing when Ray has no status yet. */
    static Optional<RayStatus> parse(JsonNode lines) {
        int nodes = 0;
        var gpus = "0";
        boolean active = false;
        for (var each : lines) {
            var line = each.asText();
            if (!line.startsWith(" ")) active = line.startsWith("Active:");
            var node = NODE.matcher(line);
            if (active && node.matches()) nodes += Integer.parseInt(node.group(1));
            var gpu = GPU.matcher(line);
            if (gpu.matches()) gpus = gpu.group(1);
        }
        return nodes == 0 ? Optional.empty() : Optional.of(new RayStatus(nodes, gpus));
    }
}
