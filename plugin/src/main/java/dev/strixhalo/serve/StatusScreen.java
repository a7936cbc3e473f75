package dev.strixhalo.serve;

import dev.strixhalo.base.Amount;
import dev.strixhalo.cluster.Link;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The status as lines for people. */
public final class StatusScreen {
    private StatusScreen() {}

    /** The lines, the verdict first. */
    public static List<String> lines(ClusterStatus status, Instant now, ZoneId zone) {
        var lines = new ArrayList<String>();
        int width = Math.max(
                Math.max(status.cluster().length(), status.proof() == null ? 0 : "rdma".length()),
                status.nodes().stream().mapToInt(n -> n.name().length()).max().orElse(0));
        lines.add(pad(status.cluster(), width) + "  " + verdict(status, now, zone));
        lines.addAll(proofs(status, width));
        for (var node : status.nodes()) lines.add(pad(node.name(), width) + "  " + node(node));
        return lines;
    }

    private static String verdict(ClusterStatus status, Instant now, ZoneId zone) {
        var model = status.model() == null ? "" : "  %s  TP %d".formatted(status.model(), status.tensorParallel());
        if (!status.answering() || status.answer() == null) {
            return "NOT ANSWERING" + model + "  " + (status.trouble() == null ? "" : status.trouble());
        }
        return "answering" + model + since(status, now, zone)
                + String.format(
                        Locale.ROOT,
                        "  %.2f s to the first token",
                        status.answer().firstToken());
    }

    private static List<String> proofs(ClusterStatus status, int width) {
        var lines = new ArrayList<String>();
        var launched = status.proof();
        if (launched == null) return lines;
        var topic = pad(launched.link().equals(Link.TCP.text()) ? "tcp" : "rdma", width) + "  ";
        lines.add(topic + launched.verdict().told(" at launch"));
        if (status.proofNow() != null) lines.add(topic + status.proofNow().told(" now"));
        return lines;
    }

    private static String since(ClusterStatus status, Instant now, ZoneId zone) {
        if (status.since() == null) return "";
        var begun = Instant.parse(status.since());
        var time = DateTimeFormatter.ofPattern("HH:mm").withZone(zone).format(begun);
        var minutes = Duration.between(begun, now).toMinutes();
        var ago = minutes < 60 ? minutes + " min" : "%d h %d min".formatted(minutes / 60, minutes % 60);
        return "  since %s (%s)".formatted(time, ago);
    }

    private static String node(NodeStatus node) {
        var words = new ArrayList<String>();
        words.add(node.head() ? "head  " : "worker");
        if (!node.reachable()) {
            words.add("not reachable: " + node.trouble());
            return String.join("  ", words);
        }
        words.add(node.container() == null ? "no container" : node.up() ? "container up" : "container down");
        if (node.imageId() != null)
            words.add("image " + node.imageId().replace("sha256:", "").substring(0, 7));
        if (node.has(RayExecutor.PART)) words.add(node.runs(RayExecutor.PART) ? "ray alive" : "RAY GONE");
        for (var rank : node.ranks())
            words.add(rank.alive() ? "rank %d alive".formatted(rank.pid()) : "RANK %d GONE".formatted(rank.pid()));
        if (node.up() && node.launch() == null) words.add("no launch");
        for (var gpu : node.gpus()) {
            words.add(String.format(
                    Locale.ROOT,
                    "GPU memory %.1f/%.0f GiB",
                    gpu.used() / (double) (1L << 30),
                    gpu.total() / (double) (1L << 30)));
        }
        if (node.bytes() > 0) words.add("memory " + Amount.bytes(node.bytes()));
        if (node.trouble() != null) words.add(node.trouble());
        return String.join("  ", words);
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
