package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.deploy.NodeContainer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a node is right now.
 *
 * @param name      of the node
 * @param head      whether it is the head
 * @param reachable whether it can be asked at all
 * @param container podman's name of its container; null when there is none
 * @param imageId   of that container; null when there is none
 * @param up        whether the container runs
 * @param launch    id of the launch that it takes part in; null when there is none
 * @param parts     programs of that launch
 * @param ranks     of the model, those that live and those that died
 * @param bytes     of memory that the launch holds beside the GPU
 * @param gpus      cards with what is used of them
 * @param trouble   what is wrong here, in a sentence; null when nothing is seen to be
 */
public record NodeStatus(
        String name,
        boolean head,
        boolean reachable,
        @Nullable String container,
        @Nullable String imageId,
        boolean up,
        @Nullable String launch,
        List<PartStatus> parts,
        List<Rank> ranks,
        long bytes,
        List<Gpu> gpus,
        @Nullable String trouble) {
    /**
     * A program of a launch.
     *
     * @param name    {@code ray} or {@code vllm}
     * @param running whether it does
     * @param ended   how it ended: {@code exit code 1}, {@code signal 9}; null while it runs
     * @param at      when that was, in UTC; null while it runs
     */
    public record PartStatus(
            String name,
            boolean running,
            @Nullable String ended,
            @Nullable String at) {
        /** Whether it has done what it was for; a download ends when all is there. */
        boolean over() {
            return name.equals(Weights.PART) && "exit code 0".equals(ended);
        }
    }

    /**
     * A process that holds a share of the model.
     *
     * @param pid   in the container
     * @param title of the process
     * @param alive whether it lives
     * @param ended when it was found to be gone, in UTC; null while it lives
     */
    public record Rank(
            int pid, String title, boolean alive, @Nullable String ended) {}

    /**
     * A GPU.
     *
     * @param card  as the kernel names it
     * @param used  bytes
     * @param total bytes, graphics memory and what may be borrowed of the machine's
     */
    public record Gpu(String card, long used, long total) {}

    static NodeStatus unreachable(String name, boolean head, String why) {
        return new NodeStatus(name, head, false, null, null, false, null, List.of(), List.of(), 0, List.of(), why);
    }

    static NodeStatus without(String name, boolean head, @Nullable NodeContainer container, String why) {
        return new NodeStatus(
                name,
                head,
                true,
                container == null ? null : container.name(),
                container == null ? null : container.imageId(),
                false,
                null,
                List.of(),
                List.of(),
                0,
                List.of(),
                why);
    }

    /** Reads the node script's status. */
    static NodeStatus of(String name, boolean head, NodeContainer container, JsonNode json) {
        var parts = new ArrayList<PartStatus>();
        for (var part : json.path("parts")) {
            var ended = part.path("ended");
            parts.add(new PartStatus(
                    part.path("name").asText(),
                    part.path("state").asText().equals("running"),
                    ended.isObject()
                            ? ended.path("signal").isNull()
                                    ? "exit code " + ended.path("code").asInt()
                                    : "signal " + ended.path("signal").asInt()
                            : null,
                    ended.isObject() ? ended.path("time").asText() : null));
        }
        var ranks = new ArrayList<Rank>();
        for (var rank : json.path("ranks")) {
            boolean alive = rank.path("ended").isNull();
            ranks.add(new Rank(
                    rank.path("pid").asInt(),
                    rank.path("title").asText(),
                    alive,
                    alive ? null : rank.path("ended").asText()));
        }
        var gpus = new ArrayList<Gpu>();
        for (var gpu : json.path("memory").path("gpus")) {
            gpus.add(new Gpu(
                    gpu.path("card").asText(),
                    gpu.path("used").asLong(),
                    gpu.path("total").asLong()));
        }
        return new NodeStatus(
                name,
                head,
                true,
                container.name(),
                container.imageId(),
                true,
                json.path("launch").isTextual() ? json.path("launch").asText() : null,
                List.copyOf(parts),
                List.copyOf(ranks),
                json.path("memory").path("processes").asLong(),
                List.copyOf(gpus),
                trouble(parts, ranks));
    }

    private static @Nullable String trouble(List<PartStatus> parts, List<Rank> ranks) {
        for (var part : parts) {
            if (!part.running() && !part.over()) {
                return "%s ended at %s (%s)"
                        .formatted(part.name().equals("ray") ? "Ray" : "vLLM", clock(part.at()), part.ended());
            }
        }
        for (var rank : ranks) {
            if (!rank.alive())
                return "rank process %d (%s) died at %s".formatted(rank.pid(), rank.title(), clock(rank.ended()));
        }
        return null;
    }

    /** {@code 14:02:03} of an ISO time. */
    private static String clock(@Nullable String time) {
        return time == null || time.length() < 19 ? "an unknown time" : time.substring(11, 19) + " UTC";
    }

    long livingRanks() {
        return ranks.stream().filter(Rank::alive).count();
    }

    boolean has(String part) {
        return parts.stream().anyMatch(p -> p.name().equals(part));
    }

    boolean runs(String part) {
        return parts.stream().anyMatch(p -> p.name().equals(part) && p.running());
    }
}
