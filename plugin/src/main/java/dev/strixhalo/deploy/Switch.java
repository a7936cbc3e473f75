package dev.strixhalo.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.Podman;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.ContainerSpec;
import dev.strixhalo.run.Memlock;
import dev.strixhalo.run.PodmanFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Puts the new container in the place of the old one, on all nodes or on none: all are made first, then the old ones are
 * stopped and the new ones started; a node that fails takes every node back.
 */
final class Switch {
    /** What a service gets to end in before it is killed. */
    private static final int GRACE_SECONDS = 60;

    private final Nodes nodes;
    private final Target target;
    private final ContainerSpec spec;
    private final Plans plans;

    Switch(Nodes nodes, Target target, ContainerSpec spec, Plans plans) {
        this.nodes = nodes;
        this.target = target;
        this.spec = spec;
        this.plans = plans;
    }

    /** The command that makes the container of one node. */
    static List<String> create(NodePlan plan, Target target, ContainerSpec spec) {
        return PodmanFlags.create(spec, plan.facts().home(), plan.name(), plan.labels(target), target.imageId());
    }

    void run() throws StrixhaloException {
        try {
            nodes.onAll(this::make);
            nodes.onAll(this::start);
        } catch (StrixhaloException e) {
            throw e.leaving(takeBack());
        }
    }

    private CommandResult make(NodeConnection connection) throws StrixhaloException {
        var plan = plans.of(connection);
        if (plan.container() != NodePlan.Container.CREATE) return look(connection, plan.name());
        var parameters = new ArrayList<>(List.of(plan.name(), target.imageId(), target.imageName()));
        parameters.addAll(create(plan, target, spec));
        return connection
                .run(Script.CREATE.command(parameters.toArray(String[]::new)).timeout(Duration.ofMinutes(5)))
                .orFail();
    }

    private CommandResult start(NodeConnection connection) throws StrixhaloException {
        var plan = plans.of(connection);
        var result = connection
                .run(Script.START
                        .command(target.cluster(), plan.name(), Integer.toString(GRACE_SECONDS))
                        .timeout(Duration.ofSeconds(GRACE_SECONDS + 120)))
                .orFail();
        confirm(connection.node(), plan, result);
        return result;
    }

    /** What the node says of the container must be what was asked for. */
    private void confirm(Node node, NodePlan plan, CommandResult result) throws StrixhaloException {
        JsonNode container;
        try {
            var lines =
                    result.out().stream().filter(line -> !line.startsWith("@@")).toList();
            container = RecordFile.json().readTree(String.join("\n", lines)).path(0);
        } catch (JsonProcessingException e) {
            throw Problem.of("'podman container inspect' printed no JSON.")
                    .on(node.name())
                    .fix("run it there")
                    .asException(e);
        }
        var differences = differences(container, plan);
        if (differences.isEmpty()) return;
        var problem = Problem.of("container %s is not what was asked for.".formatted(plan.name()))
                .on(node.name());
        for (var difference : differences) problem = problem.found(difference);
        throw problem.fix("remove it and deploy again: podman rm --force " + plan.name())
                .asException();
    }

    private List<String> differences(JsonNode container, NodePlan plan) {
        var differences = new ArrayList<String>();
        expect(
                differences,
                "image ID",
                target.imageId(),
                "sha256:" + container.path("Image").asText().replace("sha256:", ""));
        expect(
                differences,
                "state",
                "running",
                container.path("State").path("Status").asText());
        var host = container.path("HostConfig");
        expect(differences, "network", "host", host.path("NetworkMode").asText());
        // IPC is not asked here: podman 4.3 says "shareable" of --ipc=host too. The flags below tell it.
        var labels = container.path("Config").path("Labels");
        plan.labels(target)
                .forEach((name, value) -> expect(
                        differences, "label " + name, value, labels.path(name).asText()));
        var environment = new HashSet<String>();
        container.path("Config").path("Env").forEach(e -> environment.add(e.asText()));
        spec.environment().forEach((name, value) -> {
            if (!environment.contains(name + "=" + value))
                differences.add("environment: %s=%s is missing".formatted(name, value));
        });
        var command = new ArrayList<String>();
        container.path("Config").path("CreateCommand").forEach(word -> command.add(word.asText()));
        var wanted = create(plan, target, spec);
        if (!command.equals(wanted)) differences.add("flags: made by '%s'".formatted(String.join(" ", command)));
        Memlock memlock = spec.memlock();
        if (memlock != null) {
            long hard = Long.MIN_VALUE;
            for (var limit : host.path("Ulimits")) {
                if (limit.path("Name").asText().equals("RLIMIT_MEMLOCK"))
                    hard = limit.path("Hard").asLong();
            }
            expect(differences, "memlock", Long.toString(memlock.bytes()), Long.toString(hard));
        }
        return differences;
    }

    private static void expect(List<String> differences, String what, String wanted, String found) {
        if (!wanted.equals(found)) differences.add("%s: wanted %s, found %s".formatted(what, wanted, found));
    }

    /** Takes every node back to what ran before; says what state that left. */
    private String takeBack() {
        var failed = new ArrayList<String>();
        for (var connection : nodes.all()) {
            var plan = plans.of(connection);
            var old = plan.running()
                    .map(Podman.Container::name)
                    .filter(name -> !name.equals(plan.name()))
                    .orElse("-");
            if (plan.container() == NodePlan.Container.RUNS) continue;
            var remove = plan.container() == NodePlan.Container.CREATE ? "yes" : "no";
            try {
                connection
                        .run(Script.BACK.command(plan.name(), remove, old).timeout(Duration.ofMinutes(2)))
                        .orFail();
            } catch (StrixhaloException e) {
                failed.add("%s could not be taken back (%s)"
                        .formatted(connection.node().name(), e.getMessage()));
            }
        }
        return failed.isEmpty()
                ? "every node runs what it ran before."
                : String.join("; ", failed) + "; run the goal again when the cause is gone.";
    }

    private CommandResult look(NodeConnection connection, String name) throws StrixhaloException {
        return connection
                .run(RemoteCommand.of("podman", "container", "exists", name))
                .orFail();
    }
}
