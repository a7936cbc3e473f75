package dev.strixhalo.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.RemoteCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Starts a rank of the all-reduce in each node's container and reads what rank 0 tells. */
final class AllReduceRun {
    /** Importing torch for the first time after a start takes most of it. */
    private static final Duration TIME = Duration.ofSeconds(100);

    /** For rank 0 to say what is wrong by itself when another rank has failed. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(3);

    /** {@code … Channel 00/0 : 1[0] -> 0[0] [send] via NET/IB/0}; "Using [RO]" alone, which comes before a fall-back, is no proof. */
    private static final Pattern TRANSPORT = Pattern.compile(".*\\bvia (NET/(?:IB|Socket))\\b.*");

    private final List<Stand> stands;
    private final Link link;

    /** @param stands whose containers run */
    AllReduceRun(List<Stand> stands, Link link) {
        this.stands = List.copyOf(stands);
        this.link = link;
    }

    /** What came of it, or why nothing did. */
    Reading<AllReduce> run() throws StrixhaloException {
        var head = place(stands.get(0));
        var lines = new ArrayList<String>();
        var others = new ArrayList<CompletableFuture<CommandResult>>();
        try (var conversation = head.connection().talk(rank(0, 0))) {
            var reader = new BufferedReader(new InputStreamReader(conversation.out(), StandardCharsets.UTF_8));
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
                var port = event(line, "port").map(event -> event.path("port").asInt());
                if (port.isPresent() && others.isEmpty()) {
                    for (int rank = 1; rank < stands.size(); rank++) others.add(start(rank, port.get(), conversation));
                }
            }
            if (others.isEmpty()
                    && lines.stream().noneMatch(line -> event(line, "failed").isPresent())) {
                // It died before it could say a word of ours; the last line of its standard error is the reason.
                var said = conversation
                        .broken(new IOException("it ended before its time"))
                        .problems()
                        .get(0)
                        .found();
                return Reading.absent(stands.get(0).node().name() + ": " + said.get(said.size() - 1));
            }
        } catch (IOException e) {
            // Closed by us when another rank failed, which is told below.
            if (others.isEmpty()) return Reading.absent("what the all-reduce says cannot be read: " + e.getMessage());
        }
        var words = new ArrayList<String>();
        for (int rank = 1; rank <= others.size(); rank++) {
            failure(others.get(rank - 1), stands.get(rank).node().name()).ifPresent(words::add);
        }
        return parse(lines, words);
    }

    private CompletableFuture<CommandResult> start(int rank, int port, Conversation head) {
        var future = new CompletableFuture<CommandResult>();
        var thread = new Thread(
                () -> {
                    try {
                        future.complete(place(stands.get(rank)).connection().run(rank(rank, port)));
                    } catch (StrixhaloException | RuntimeException e) {
                        future.completeExceptionally(e);
                    }
                },
                "strixhalo all-reduce " + rank);
        thread.setDaemon(true);
        thread.start();
        // Rank 0 alone would wait for the others until its time is over.
        future.whenCompleteAsync(
                (result, failure) -> {
                    if (failure != null || !result.succeeded()) head.close();
                },
                CompletableFuture.delayedExecutor(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS));
        return future;
    }

    /** What went wrong with one of the other ranks. */
    private static Optional<String> failure(CompletableFuture<CommandResult> rank, String node)
            throws StrixhaloException {
        try {
            var result = rank.get(TIME.toSeconds(), TimeUnit.SECONDS);
            if (result.succeeded()) return Optional.empty();
            for (var line : result.out()) {
                var failed = event(line, "failed");
                if (failed.isPresent()) {
                    return Optional.of(node + ": " + failed.get().path("why").asText());
                }
            }
            var output = new ToolOutput(result.exitCode(), result.out(), result.err(), List.of(), 0, List.of());
            return Optional.of("%s: exit code %d%s".formatted(node, result.exitCode(), output.lastWords()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StrixhaloException failure) throw failure.on(node);
            throw new IllegalStateException("on " + node, e.getCause());
        } catch (TimeoutException e) {
            return Optional.of(node + ": it did not come to an end in its time");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(node + ": interrupted");
        }
    }

    private RemoteCommand rank(int rank, int port) {
        var place = place(stands.get(rank));
        var python = place.tools().programs().contains("/opt/venv/bin/python3") ? "/opt/venv/bin/python3" : "python3";
        var argv = new ArrayList<>(List.of(python, "-s", "-B", "-c", Script.ALL_REDUCE.text()));
        argv.addAll(List.of(
                String.valueOf(rank),
                String.valueOf(stands.size()),
                stands.get(0).fabric(),
                String.valueOf(port),
                String.valueOf(TIME.toSeconds())));
        return place.command(argv, environment(stands.get(rank)), TIME, "rank %d of the all-reduce".formatted(rank));
    }

    /** What launch gives to its ranks, as far as it says which way tensors go. */
    private Map<String, String> environment(Stand stand) {
        var environment = new LinkedHashMap<String, String>();
        environment.put("NCCL_SOCKET_IFNAME", stand.carrier());
        environment.put("GLOO_SOCKET_IFNAME", stand.carrier());
        environment.put("NCCL_DEBUG", "INFO");
        environment.put("NCCL_DEBUG_SUBSYS", "INIT,NET,GRAPH");
        environment.put("NCCL_IB_DISABLE", link.rdma() ? "0" : "1");
        if (link.rdma()) {
            environment.put("NCCL_IB_TIMEOUT", "23");
            environment.put("NCCL_IB_RETRY_CNT", "7");
            environment.put("NCCL_NET_GDR_LEVEL", "0");
        }
        if (link == Link.INFINIBAND) {
            environment.put("NCCL_PROTO", "LL");
            environment.put("NCCL_ALGO", "Ring");
        }
        stand.port().find().ifPresent(port -> {
            environment.put("NCCL_IB_HCA", port.hca());
            port.gidIndex().ifPresent(index -> environment.put("NCCL_IB_GID_INDEX", String.valueOf(index)));
        });
        return environment;
    }

    private static Place place(Stand stand) {
        var container = stand.container();
        if (container == null)
            throw new IllegalStateException("no container on " + stand.node().name());
        return container;
    }

    /**
     * Reads what rank 0 printed.
     *
     * @param others what went wrong with the other ranks
     */
    static Reading<AllReduce> parse(List<String> lines, List<String> others) {
        var sizes = new ArrayList<AllReduce.Size>();
        var transports = new LinkedHashSet<String>();
        JsonNode about = null;
        boolean done = false;
        for (var line : lines) {
            var transport = TRANSPORT.matcher(line);
            if (transport.matches()) transports.add(transport.group(1));
            var event = event(line);
            if (event.isEmpty()) continue;
            switch (event.get().path("event").asText()) {
                case "about" -> about = event.get();
                case "size" ->
                    sizes.add(new AllReduce.Size(
                            event.get().path("bytes").asLong(),
                            event.get().path("median_us").asDouble(),
                            event.get().path("rounds").asInt(),
                            event.get().path("wrong").asLong()));
                case "failed" -> others = prepend(event.get().path("why").asText(), others);
                case "done" -> done = true;
                default -> {}
            }
        }
        if (!others.isEmpty()) return Reading.absent(String.join("; ", others));
        if (about == null || !done) return Reading.absent("it ended before its time" + lastWords(lines));
        return Reading.of(new AllReduce(
                about.path("backend").asText(),
                about.path("device").asText(),
                about.path("torch").asText(),
                List.copyOf(transports),
                sizes));
    }

    private static List<String> prepend(String first, List<String> others) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(others);
        return all;
    }

    private static String lastWords(List<String> lines) {
        return new ToolOutput(1, lines, List.of(), List.of(), 0, List.of()).lastWords();
    }

    private static Optional<JsonNode> event(String line, String kind) {
        return event(line).filter(event -> event.path("event").asText().equals(kind));
    }

    private static Optional<JsonNode> event(String line) {
        if (!line.startsWith("{\"event\"")) return Optional.empty();
        try {
            return Optional.of(RecordFile.json().readTree(line));
        } catch (JsonProcessingException e) {
            // A line of RCCL ran into ours; what it said is missed, and told as missing.
            return Optional.empty();
        }
    }
}
