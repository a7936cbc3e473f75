package dev.strixhalo.deploy;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.host.Podman;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.run.ContainerSpec;
import dev.strixhalo.run.PodmanFlags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One deploy, from the look at the nodes to the record of what runs there. Nothing is changed before every node was found
 * fit, nothing is switched before every node passed the gate, and a node that fails takes all of them back.
 */
public final class Deployment {
    private final Nodes nodes;
    private final Cluster cluster;
    private final Cargo cargo;
    private final DeploySettings settings;
    private final Author author;
    private final Clock clock;
    private final Progress progress;
    private final ContainerSpec spec;
    private final Target target;

    /**
     * Who deploys; stands in records and in the lock.
     *
     * @param by   user and machine
     * @param from version of this plugin
     */
    public record Author(String by, String from) {}

    /**
     * @param nodes    open connections
     * @param cargo    the image and how its bytes are had
     * @param settings what the user asks for
     */
    public Deployment(
            Nodes nodes, Cargo cargo, DeploySettings settings, Author author, Clock clock, Progress progress) {
        this.nodes = nodes;
        this.cluster = nodes.cluster();
        this.cargo = cargo;
        this.settings = settings;
        this.author = author;
        this.clock = clock;
        this.progress = progress;
        this.spec = settings.spec(cluster.name());
        this.target = new Target(cluster.name(), cargo.imageId(), PodmanFlags.settings(spec), cargo.baseLayers());
    }

    /**
     * Brings the image to the nodes and switches to it; a second run changes nothing.
     *
     * @return what runs now, for {@code target/strixhalo/deploy.json}
     * @throws StrixhaloException when a node is not fit, bytes do not come, the gate is not passed or the switch fails;
     *     it says what state the nodes are in
     */
    public DeployRecord run() throws StrixhaloException {
        var begun = clock.instant();
        var plans = look(true);
        if (plans.nothingToDo()) {
            progress.line(
                    cluster.name(),
                    "%s image ID %s with these settings; nothing to do (%s, 0 bytes of layers)"
                            .formatted(
                                    plans.all().size() == 1 ? "the node runs" : "all nodes run",
                                    shown(target.imageId()),
                                    Amount.time(Duration.between(begun, clock.instant()))));
            return record(plans, begun);
        }
        try (var lock = NodeLock.take(nodes, "deploy by %s since %s".formatted(author.by(), begun))) {
            // What was seen before the lock may have changed while we waited for it.
            plans = look(false);
            // Said before the bytes come: who did not mean it has the time of the transport for Ctrl-C.
            plans.ends().ifPresent(served -> progress.warn("the switch will end what is served: " + served));
            return underLock(plans, begun);
        }
    }

    /** Says what a deploy would do on each node, exactly, and changes nothing. */
    public void dryRun() throws StrixhaloException {
        var plans = look(true);
        var gate = gate();
        for (var plan : plans.all()) {
            if (plan.nothingToDo()) {
                progress.line(plan.node().name(), "nothing to do");
                continue;
            }
            for (var line : DryRun.lines(plan, target, spec, gate, cargo))
                progress.line(plan.node().name(), line);
        }
        progress.line(cluster.name(), "dry run: nothing was changed on " + names());
    }

    private DeployRecord underLock(Plans plans, Instant begun) throws StrixhaloException {
        try {
            new Preparation(nodes, spec, plans).run();
            new Transport(nodes, cargo, target, settings, progress).bring(plans);
            pass(plans);
        } catch (StrixhaloException e) {
            throw e.state() != null
                    ? e
                    : e.leaving("nothing was switched on %s; what came of the image is kept.".formatted(names()));
        }
        var switching = clock.instant();
        new Switch(nodes, target, spec, plans).run();
        var record = record(plans, begun);
        tell(record, plans);
        progress.line(
                "switch",
                plans.all().stream()
                                .map(p -> p.node().name() + ": container " + p.name() + " runs")
                                .collect(Collectors.joining(", "))
                        + ", image ID confirmed" + kept(plans)
                        + plans.ends().map(Deployment::ended).orElse("")
                        + "  " + Amount.time(Duration.between(switching, clock.instant())));
        progress.line(
                cluster.name(),
                "deployed to %d %s in %s"
                        .formatted(
                                plans.all().size(),
                                plans.all().size() == 1 ? "node" : "nodes",
                                Amount.time(Duration.between(begun, clock.instant()))));
        var head = plans.all().get(0);
        progress.line("enter", "with: " + String.join(" ", enter(head.node(), head.name())));
        return record;
    }

    /** Looks at all nodes and judges them; all problems of all nodes at once. */
    private Plans look(boolean loud) throws StrixhaloException {
        var facts = nodes.onAll(c -> NodeFacts.look(c, cluster.name(), spec.devices()));
        var problems = new ArrayList<Problem>();
        var plans = new LinkedHashMap<Node, NodePlan>();
        facts.forEach((node, seen) -> {
            var mine = Readiness.judge(node, seen, spec, cluster.link());
            problems.addAll(mine);
            if (!mine.isEmpty()) return;
            var plan = NodePlan.of(node, seen, target, cargo.baseWay(settings.baseFrom()));
            plans.put(node, plan);
            problems.addAll(Readiness.room(node, seen.podman().orElseThrow(), coming(plan), unpacked(plan)));
        });
        if (!problems.isEmpty()) {
            throw new StrixhaloException(problems, "nothing was changed on %s.".formatted(names()), null);
        }
        if (loud) facts.forEach((node, seen) -> progress.line("look", node.name() + " " + seen(seen)));
        return new Plans(plans);
    }

    private long coming(NodePlan plan) {
        return (plan.base() == NodePlan.Base.THERE ? 0 : cargo.baseBytes()) + (plan.image() ? cargo.ownBytes() : 0);
    }

    private long unpacked(NodePlan plan) {
        // Nobody says how large layers become; ROCm images grow by two to three times.
        return 3 * coming(plan);
    }

    private String seen(NodeFacts facts) {
        var podman = facts.podman().orElseThrow();
        return "podman %s, %s free, memlock %s, %s"
                .formatted(
                        podman.version(),
                        Amount.bytes(podman.graphRootFree()),
                        facts.memlock(),
                        facts.devices().stream().map(d -> d.path()).collect(Collectors.joining(" ")));
    }

    private Gate gate() {
        return new Gate(target, spec, RcclDemand.of(cargo.built().facts(), cluster.link()), settings.gateTimeout());
    }

    private void pass(Plans plans) throws StrixhaloException {
        var gate = gate();
        try (var step = progress.begin("gate")) {
            var passed = nodes.onAll(connection -> pass(connection, plans.of(connection), gate, step));
            step.done(told(passed, each -> List.of(each.summary())));
            var library = told(passed, each -> each.library().isEmpty() ? List.of() : List.of(each.library()));
            if (!library.isEmpty()) progress.line("librccl", library);
            var remarks = told(passed, Gate.Passed::remarks);
            if (!remarks.isEmpty()) progress.warn(remarks);
        }
    }

    /** What nodes said; those that said the same are named together. */
    private static String told(Map<Node, Gate.Passed> passed, Function<Gate.Passed, List<String>> what) {
        var names = new LinkedHashMap<String, List<String>>();
        passed.forEach((node, each) -> {
            for (var text : what.apply(each))
                names.computeIfAbsent(text, key -> new ArrayList<>()).add(node.name());
        });
        return names.entrySet().stream()
                .map(e -> String.join(", ", e.getValue()) + " " + e.getKey())
                .collect(Collectors.joining(" · "));
    }

    private Gate.Passed pass(NodeConnection connection, NodePlan plan, Gate gate, Progress.Step step)
            throws StrixhaloException {
        var key = gate.key(plan.facts());
        if (GateRecord.passed(plan.facts(), key)) return Gate.Passed.BEFORE;
        step.note(plan.node().name(), "imports torch and vllm");
        var passed = gate.ask(connection, plan.facts());
        write(
                connection,
                GateRecord.FILE.path().toString(),
                GateRecord.FILE.text(new GateRecord(key, passed.summary(), clock.instant())),
                "-");
        step.note(plan.node().name(), "passed");
        return passed;
    }

    private DeployRecord record(Plans plans, Instant when) {
        var deployed = plans.all().stream()
                .map(p -> new DeployRecord.Deployed(
                        p.node().name(),
                        p.node().host(),
                        p.name(),
                        p.running()
                                .map(Podman.Container::name)
                                .filter(n -> !n.equals(p.name()))
                                .orElse(null)))
                .toList();
        return new DeployRecord(
                cluster.name(), target.imageId(), target.settings(), deployed, when, author.by(), author.from());
    }

    /** Leaves the record on every node and clears away what this deploy made needless. */
    private void tell(DeployRecord record, Plans plans) throws StrixhaloException {
        var text = DeployRecord.file(java.nio.file.Path.of("")).text(record);
        nodes.onAll(connection -> {
            var plan = plans.of(connection);
            var keep = plan.running().map(Podman.Container::name).orElse("-");
            write(
                    connection,
                    "deploy.json",
                    text,
                    "%s deploy %s %s by %s".formatted(record.when(), plan.name(), target.imageId(), author.by()));
            return connection
                    .run(Script.TIDY.command(cluster.name(), plan.name(), keep).timeout(Duration.ofMinutes(5)))
                    .orFail();
        });
    }

    private void write(NodeConnection connection, String file, String text, String journal) throws StrixhaloException {
        connection
                .run(Script.RECORD.reading(text, cluster.name(), file, journal))
                .orFail();
    }

    private static String ended(Served served) {
        return "; %s was ended, mvn strixhalo:launch starts it again".formatted(served.what());
    }

    private static String kept(Plans plans) {
        var kept = plans.all().stream()
                .filter(NodePlan::replaces)
                .map(p -> p.running().orElseThrow().name())
                .distinct()
                .toList();
        return kept.isEmpty() ? "" : "; " + String.join(", ", kept) + " kept";
    }

    private String names() {
        return cluster.nodes().stream().map(Node::name).collect(Collectors.joining(" or "));
    }

    static String shown(String imageId) {
        return imageId.substring(0, "sha256:".length() + 4) + "…" + imageId.substring(imageId.length() - 3);
    }

    /** How a user enters the container of a node. */
    public static List<String> enter(Node node, String container) {
        var exec = List.of("podman", "exec", "-it", container, "bash");
        if (node.local()) return exec;
        var argv = new ArrayList<>(
                List.of("ssh", "-t", node.user() == null ? node.host() : node.user() + "@" + node.host()));
        argv.addAll(exec);
        return argv;
    }
}
