package dev.strixhalo.deploy;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.registry.Access;
import dev.strixhalo.registry.EmbeddedRegistry;
import dev.strixhalo.registry.RunCredentials;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Brings the bytes that nodes lack: the base first, from where it comes or through us, then our layers, through us. What
 * goes through us is served by a registry of this run that the nodes reach through their SSH session; podman asks it only
 * for what it lacks and checks every digest.
 */
final class Transport {
    private final Nodes nodes;
    private final Cargo cargo;
    private final Target target;
    private final DeploySettings settings;
    private final Progress progress;

    Transport(Nodes nodes, Cargo cargo, Target target, DeploySettings settings, Progress progress) {
        this.nodes = nodes;
        this.cargo = cargo;
        this.target = target;
        this.settings = settings;
        this.progress = progress;
    }

    void bring(Plans plans) throws StrixhaloException {
        var users = plans.all().stream().map(p -> p.node().name()).toList();
        var credentials = RunCredentials.issue(users, new SecureRandom());
        var meter = new PullMeter();
        try (var registry = EmbeddedRegistry.start(cargo.content(), credentials, meter)) {
            bringBase(plans);
            bringImage(plans, registry, credentials, meter);
        }
    }

    private void bringBase(Plans plans) throws StrixhaloException {
        if (plans.all().stream().allMatch(p -> p.base() == NodePlan.Base.THERE)) {
            progress.line("base", each(plans, p -> "there"));
            return;
        }
        try (var step = progress.begin("base")) {
            nodes.onAll(connection -> {
                var plan = plans.of(connection);
                if (plan.base() != NodePlan.Base.THERE) pullBase(connection, plan, step);
                return plan;
            });
            step.done(each(
                    plans,
                    p -> p.base() == NodePlan.Base.THERE ? "there" : "pulled " + Amount.bytes(cargo.baseBytes())));
        }
    }

    private void pullBase(NodeConnection connection, NodePlan plan, Progress.Step step) throws StrixhaloException {
        var node = plan.node().name();
        var podman = plan.facts().podman().orElseThrow();
        var command = Script.PULL_BASE
                .command(
                        cargo.basePullReference(),
                        cargo.built().base().imageId().value(),
                        podman.imageCopyFolder(),
                        "-")
                .timeout(settings.pullTimeout());
        // podman clears the folder when it has unpacked everything; what has come stays come.
        var most = new AtomicLong();
        connection
                .run(command, (stream, line) -> {
                    if (!line.startsWith("@@bytes ")) return;
                    long bytes = Math.min(Long.parseLong(line.substring("@@bytes ".length())), cargo.baseBytes());
                    step.bytes(node, most.accumulateAndGet(bytes, Math::max), cargo.baseBytes());
                })
                .orFail();
    }

    private void bringImage(Plans plans, EmbeddedRegistry registry, RunCredentials credentials, PullMeter meter)
            throws StrixhaloException {
        if (plans.all().stream().noneMatch(NodePlan::image)) {
            progress.line("image", each(plans, p -> "there"));
            return;
        }
        try (var step = progress.begin("image")) {
            meter.shows(step, cargo.ownBytes());
            nodes.onAll(connection -> {
                if (plans.of(connection).image()) pullImage(connection, registry, credentials);
                return connection;
            });
            var moved = registry.accesses().stream()
                    .filter(Access::isBlobDownload)
                    .collect(Collectors.groupingBy(Access::user, Collectors.summingLong(Access::bytes)));
            step.done(each(plans, p -> p.image() ? came(p, moved) : "there"));
        }
    }

    private String came(NodePlan plan, Map<String, Long> moved) {
        return "%d layers, %s came"
                .formatted(
                        cargo.built().layers().size(),
                        Amount.bytes(moved.getOrDefault(plan.node().name(), 0L)));
    }

    private void pullImage(NodeConnection connection, EmbeddedRegistry registry, RunCredentials credentials)
            throws StrixhaloException {
        var node = connection.node().name();
        try (var forward = connection.forwardHere(registry.port())) {
            var source = "127.0.0.1:" + forward.port();
            var command = Script.PULL
                    .reading(
                            auth(source, node, credentials) + "\n" + registry.certificatePem(),
                            Integer.toString(forward.port()),
                            Cargo.REPOSITORY,
                            cargo.built().deployManifest().value(),
                            target.imageId(),
                            target.imageName())
                    .timeout(settings.pullTimeout());
            connection.run(command).orFail();
        }
    }

    /** One line of JSON as podman's {@code --authfile} has it (containers-auth.json(5)). */
    private static String auth(String source, String user, RunCredentials credentials) {
        var word = user + ":" + credentials.password(user).reveal();
        var file = RecordFile.json().createObjectNode();
        file.putObject("auths")
                .putObject(source)
                .put("auth", Base64.getEncoder().encodeToString(word.getBytes(StandardCharsets.UTF_8)));
        return file.toString();
    }

    private interface Words {
        String of(NodePlan plan);
    }

    private static String each(Plans plans, Words words) {
        List<String> all = plans.all().stream()
                .map(p -> p.node().name() + " " + words.of(p))
                .toList();
        return String.join(" · ", all);
    }
}
