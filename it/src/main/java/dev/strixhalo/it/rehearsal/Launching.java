package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.stage.Counters;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Question;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.RunningMaven;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A model over both nodes: the question and the answer, who listens where, what went over the cable, and one machine's part. */
final class Launching implements Chapter {
    private static final int TOKENS = 64;
    /** The fabric's interface of both nodes, and nothing that should have been on it elsewhere. */
    private static final String PROVED = "proved: fabric0 | fabric0;";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private List<Integer> greedy = List.of();

    @Override
    public String name() {
        return "launch";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        var key = stage.apiKey();
        report.step("launch: Ray on both nodes, vLLM over both, and a real completion", () -> {
            var said = unlessGood(stage.project().maven("strixhalo:launch"));
            unlessSaid(said, "2.0 GPU");
            unlessSaid(said, PROVED);
        });
        report.aside("launch.json says by what the ranks speak to each other, and that nothing strayed", () -> {
            var proof = new ObjectMapper()
                    .readTree(stage.project().read("target/strixhalo/launch.json"))
                    .path("proof");
            proved(proof.path("verdict"), stage);
        });
        report.step(
                "the operator asks through ssh -L and gets %d tokens; without the key it gets 401".formatted(TOKENS),
                () -> {
                    var answer = Question.ask(stage.operator(), key, TOKENS);
                    unless(answer.status() == 200 && answer.tokens().size() == TOKENS, answer.toString());
                    greedy = answer.tokens();
                    unless(Question.ask(stage.operator(), "wrong", 1).status() == 401, "a wrong key was good enough");
                });
        report.aside("the completion crossed the cable, both ways", () -> crossed(stage, key));
        report.aside("the API listens on the head's loopback and nowhere else", () -> {
            var listening = unlessGood(stage.node1().run("ss", "-Hltn", "sport", "=", ":8000"));
            unless(
                    listening.out().size() == 1 && listening.text().contains("127.0.0.1:8000"),
                    "node1 listens: " + listening.text());
            unless(
                    unlessGood(stage.node2().run("ss", "-Hltn", "sport", "=", ":8000"))
                            .out()
                            .isEmpty(),
                    "node2 listens on port 8000, too");
        });
        report.aside("each node has its rank and says so in its log", () -> {
            for (var node : stage.bed().nodes()) {
                var processes = unlessGood(node.run("ps", "-eo", "args="));
                long ranks = processes.out().stream()
                        .filter(line -> line.startsWith("ray::RayWorkerProc"))
                        .count();
                unless(ranks == 1, node.name() + " has " + ranks + " ranks:\n" + processes.text());
                int rank = stage.bed().nodes().indexOf(node);
                var said = node.run(
                        "sh",
                        "-c",
                        "grep -F \"rank $1 in world size 2\" ~/.local/state/strixhalo/strix/logs/*/*.log",
                        "sh",
                        String.valueOf(rank));
                unless(said.succeeded(), "no log of %s tells of rank %d of 2".formatted(node.name(), rank));
            }
        });
        report.aside("status: answering, exit code 0, and as JSON", () -> {
            unlessSaid(unlessGood(stage.project().maven("strixhalo:status")), "answering");
            var said = unlessGood(stage.project().maven("-q", "strixhalo:status", "-Dstrixhalo.json"));
            // Debian's mvn writes a colour reset of its own around whatever a goal prints.
            var json = said.text().replace("\u001B[0m", "");
            unless(new ObjectMapper().readTree(json).path("answering").asBoolean(), said.text());
        });
        report.aside("status shows what launch has proved, and proves it anew on the living service", () -> {
            unlessSaid(unlessGood(stage.project().maven("strixhalo:status")), "proved at launch: fabric0 | fabric0;");
            var said = unlessGood(stage.project().maven("strixhalo:status", "-Dstrixhalo.proof"));
            unlessSaid(said, "proved at launch: fabric0 | fabric0;", "proved now: fabric0 | fabric0;");
            var json = unlessGood(
                            stage.project().maven("-q", "strixhalo:status", "-Dstrixhalo.json", "-Dstrixhalo.proof"))
                    .text()
                    .replace("\u001B[0m", "");
            proved(new ObjectMapper().readTree(json).path("proofNow"), stage);
        });
        report.aside("logs: lines of both nodes, each with its name", () -> {
            var said = unlessGood(stage.project().maven("-q", "strixhalo:logs", "-Dstrixhalo.lines=20"));
            for (var node : stage.bed().nodes()) unlessSaid(said, node.name());
        });
        report.aside(
                "logs go on with what comes until Ctrl-C, and no reader stays on the nodes", () -> followed(stage));
        report.aside(
                "a second launch says what runs, by whom, since when and how to end it, and disturbs nothing", () -> {
                    var said = stage.project().maven("strixhalo:launch");
                    unless(said.exitCode() == 1, "exit code " + said.exitCode());
                    unlessSaid(said, "node1: a launch runs here already: /models/tiny.");
                    unlessSaid(
                            said,
                            " by %s@operator, since 20"
                                    .formatted(stage.operator().user()));
                    unlessSaid(said, "end it first: mvn strixhalo:stop");
                    unless(
                            Question.ask(stage.operator(), key, 4).status() == 200,
                            "the model does not answer any more");
                });
        Secrecy.search(stage, report, "while a model is served");
        report.step("stop: processes, ports and shared memory are gone; a second stop is harmless", () -> {
            unlessGood(stage.project().maven("strixhalo:stop"));
            stopped(stage);
            unlessGood(stage.project().maven("strixhalo:stop"));
        });
        report.aside("TP 1 gives the same greedy tokens as TP 2", () -> {
            var said = unlessGood(stage.project().maven("strixhalo:launch", "-Dstrixhalo.serve.tensorParallelSize=1"));
            unlessSaid(said, "one node: nothing to prove");
            var answer = Question.ask(stage.operator(), key, TOKENS);
            unless(answer.tokens().equals(greedy), "TP 2: " + greedy + "\nTP 1: " + answer.tokens());
        });
        report.aside("a killed container of the worker is noticed at once, though the API says that it is well", () -> {
            var container = Deploying.container(ImageRecord.of(stage.project()));
            unlessGood(stage.node2().run("podman", "kill", "-s", "KILL", container));
            var said = stage.project().maven("strixhalo:status");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "NOT ANSWERING");
            unlessSaid(said, "node2: container was killed");
        });
        report.step("stop clears away what is left of it, and deploy starts the killed container again", () -> {
            unlessGood(stage.project().maven("strixhalo:stop", "strixhalo:deploy"));
            stopped(stage);
            var container = Deploying.container(ImageRecord.of(stage.project()));
            for (var node : stage.bed().nodes()) {
                var running = Deploying.inspect(node, container, "{{.State.Running}}");
                unless(running.equals("true"), node.name() + ": " + running);
            }
        });
        report.aside("executor mp, without Ray: the same tokens, too", () -> {
            var said = unlessGood(stage.project().maven("strixhalo:launch", "-Dstrixhalo.serve.executor=mp"));
            unlessSaid(said, PROVED);
            for (var node : stage.bed().nodes()) {
                var processes = unlessGood(node.run("ps", "-eo", "args="));
                unless(!processes.text().contains("raylet"), node.name() + " runs Ray");
            }
            var answer = Question.ask(stage.operator(), key, TOKENS);
            unless(answer.tokens().equals(greedy), "ray: " + greedy + "\nmp: " + answer.tokens());
        });
        report.aside(
                "status notices a killed rank of executor mp within 10 s",
                () -> new Noticed(stage).kill(stage.node2(), "VLLM::Worker.*", "node2: "));
        report.step("stop clears away the rest", () -> {
            unlessGood(stage.project().maven("strixhalo:stop"));
            stopped(stage);
        });
    }

    /** The verdict as a program reads it: TCP over the cable as promised, of as many bytes as the model makes it. */
    private static void proved(JsonNode verdict, Stage stage) throws Exception {
        unless(
                verdict.path("outcome").asText().equals("TCP")
                        && verdict.path("wanted").asBoolean()
                        && verdict.path("warnings").isEmpty(),
                verdict.toPrettyString());
        unless(
                verdict.path("expected").asLong() == perToken(stage) * TOKENS,
                "expected are %d bytes: %s".formatted(perToken(stage) * TOKENS, verdict));
    }

    private static void followed(Stage stage) throws Exception {
        try (var logs = stage.project().start("-q", "strixhalo:logs", "-Dstrixhalo.follow", "-Dstrixhalo.lines=1")) {
            logs.awaitSaid("node2 ray");
            unless(Question.ask(stage.operator(), stage.apiKey(), 4).status() == 200, "no answer");
            logs.awaitSaid("POST /v1/completions");
            logs.interrupt();
            var said = logs.end(PATIENCE);
            unless(said.exitCode() == 130, "exit code " + said.exitCode());
        }
        RunningMaven.nothingGoesOn(stage.bed().nodes(), "__main__.py logs");
    }

    /**
     * Each rank sends the sum of every layer's two all-reduces to the other: at least 2 · layers · hidden · 4 bytes a token in
     * float32. What crosses the cable anyway (Ray's heartbeats) is measured before and taken off.
     */
    private static void crossed(Stage stage, String key) throws Exception {
        long perToken = perToken(stage);
        var idle = cable(stage);
        long idleFor = System.nanoTime();
        Thread.sleep(3000);
        idleFor = System.nanoTime() - idleFor;
        var before = cable(stage);
        long busyFor = System.nanoTime();
        unless(Question.ask(stage.operator(), key, TOKENS).status() == 200, "no answer");
        busyFor = System.nanoTime() - busyFor;
        var after = cable(stage);
        double stretch = (double) busyFor / idleFor;
        for (var node : stage.bed().nodes()) {
            var name = node.name();
            var chatter = at(before, name).since(at(idle, name));
            var moved = at(after, name).since(at(before, name));
            long sent = moved.sent() - Math.round(chatter.sent() * stretch);
            long received = moved.received() - Math.round(chatter.received() * stretch);
            unless(
                    sent >= perToken * TOKENS && received >= perToken * TOKENS,
                    "%s sent %d and received %d bytes beyond its chatter; %d are the least for %d tokens"
                            .formatted(name, sent, received, perToken * TOKENS, TOKENS));
        }
    }

    private static long perToken(Stage stage) throws Exception {
        var config = new ObjectMapper()
                .readTree(stage.artefacts().model().resolve("config.json").toFile());
        return 2L
                * config.path("num_hidden_layers").asInt()
                * config.path("hidden_size").asInt()
                * Float.BYTES;
    }

    private static Counters at(Map<String, Counters> counters, String node) {
        return java.util.Objects.requireNonNull(counters.get(node), node);
    }

    private static Map<String, Counters> cable(Stage stage) throws Exception {
        var all = new LinkedHashMap<String, Counters>();
        for (var node : stage.bed().nodes()) all.put(node.name(), Counters.read(node, "fabric0"));
        return all;
    }

    /** No process of Ray or vLLM, no port but sshd's, nothing of theirs in shared memory. */
    static void stopped(Stage stage) throws Exception {
        for (var node : stage.bed().nodes()) {
            var left = new TreeMap<String, String>();
            var processes = unlessGood(node.run("ps", "-eo", "args=")).out().stream()
                    .filter(line -> line.matches("(ray::|VLLM::|.*/raylet|.*gcs_server|.*vllm serve).*"))
                    .toList();
            var ports = unlessGood(node.run("ss", "-Hltn")).out().stream()
                    .filter(line -> !line.matches(".*:22\\s.*"))
                    .toList();
            var shared = unlessGood(node.run("sh", "-c", "ls -A /dev/shm")).out().stream()
                    // podman's own lock lives there.
                    .filter(line -> !line.startsWith("libpod_"))
                    .toList();
            if (!processes.isEmpty()) left.put("processes", processes.toString());
            if (!ports.isEmpty()) left.put("ports", ports.toString());
            if (!shared.isEmpty()) left.put("shared memory", shared.toString());
            unless(left.isEmpty(), node.name() + " still has " + left);
        }
    }
}
