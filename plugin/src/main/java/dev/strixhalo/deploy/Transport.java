package dev.strixhalo.deploy;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.registry.Access;
import dev.strixhalo.registry.EmbeddedRegistry;
import dev.strixhalo.registry.RegistryContent;
import dev.strixhalo.registry.RunCredentials;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.store.Digest;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

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
        if (plans.all().stream().anyMatch(p -> p.base() == NodePlan.Base.OPERATOR)) {
            try (var base = cargo.openBase()) {
                bring(plans, base.addTo(cargo.content()), base);
                cargo.remember(base);
            }
        } else {
            bring(plans, cargo.content(), null);
        }
    }

    private void bring(Plans plans, RegistryContent content, @Nullable OperatorBase base) throws StrixhaloException {
        var users = plans.all().stream().map(p -> p.node().name()).toList();
        var credentials = RunCredentials.issue(users, new SecureRandom());
        var meter = new PullMeter();
        try (var registry = EmbeddedRegistry.start(content, credentials, meter)) {
            bringBase(plans, base, registry, credentials, meter);
            bringImage(plans, registry, credentials, meter);
        }
    }

    private void bringBase(
            Plans plans,
            @Nullable OperatorBase base,
            EmbeddedRegistry registry,
            RunCredentials credentials,
            PullMeter meter)
            throws StrixhaloException {
        if (plans.all().stream().allMatch(p -> p.base() == NodePlan.Base.THERE)) {
            progress.line("base", each(plans, p -> "there"));
            return;
        }
        try (var step = progress.begin("base")) {
            meter.shows(step, cargo.baseBytes());
            nodes.onAll(connection -> telling(step, connection, () -> {
                var plan = plans.of(connection);
                if (plan.base() == NodePlan.Base.NODE) {
                    var baseId = cargo.built().base().imageId().value();
                    pullThere(connection, plan, cargo.basePull(), baseId, "-", cargo.baseBytes(), step);
                }
                if (plan.base() == NodePlan.Base.OPERATOR && base != null) {
                    pullBaseFromHere(connection, base, registry, credentials);
                }
                return plan;
            }));
            step.done(each(plans, p -> switch (p.base()) {
                case THERE -> "there";
                case NODE -> "pulled " + Amount.bytes(cargo.baseBytes());
                case WITH_IMAGE -> "comes with the image";
                case OPERATOR -> "got %s through here".formatted(Amount.bytes(cargo.baseBytes()));
            }));
        }
    }

    private interface Work<T> {
        T done() throws StrixhaloException;
    }

    /** A base takes minutes: that a node failed is said at once; what comes to the others meanwhile is kept. */
    private <T> T telling(Progress.Step step, NodeConnection connection, Work<T> work) throws StrixhaloException {
        try {
            return work.done();
        } catch (StrixhaloException e) {
            var node = connection.node().name();
            step.note(node, "failed");
            if (nodes.all().size() > 1) {
                progress.line("base", e.on(node).getMessage() + " The others go on until they have it.");
            }
            throw e;
        }
    }

    private void pullBaseFromHere(
            NodeConnection connection, OperatorBase base, EmbeddedRegistry registry, RunCredentials credentials)
            throws StrixhaloException {
        var baseId = cargo.built().base().imageId();
        try {
            pull(
                    connection,
                    registry,
                    credentials,
                    base.manifest(),
                    baseId.value(),
                    "localhost/strixhalo/base:" + baseId.hex().substring(0, 12));
        } catch (StrixhaloException e) {
            var upstream = base.failures();
            if (upstream.isEmpty()) throw e;
            var problem = Problem.of("the base could not be handed on: where it comes from failed.");
            for (var failure : upstream) problem = problem.found(failure);
            throw problem.fix("run the goal again; layers that are complete are not fetched again")
                    .asException(e);
        }
    }

    /** Lets the node pull something by itself, with the login that this side knows for it. */
    private void pullThere(
            NodeConnection connection,
            NodePlan plan,
            PullSource source,
            String imageId,
            String keepAs,
            long total,
            Progress.Step step)
            throws StrixhaloException {
        var node = plan.node().name();
        var podman = plan.facts().podman().orElseThrow();
        var login = source.login().line();
        var command = Script.PULL_THERE
                .reading(
                        login.map(Secret::reveal).orElse("") + "\n",
                        source.reference(),
                        imageId,
                        podman.imageCopyFolder(),
                        keepAs)
                .timeout(settings.pullTimeout());
        // podman clears the folder when it has unpacked everything; what has come stays come.
        var most = new AtomicLong();
        var result = connection.run(command, (stream, line) -> {
            if (!line.startsWith("@@bytes ")) return;
            long bytes = Math.min(Long.parseLong(line.substring("@@bytes ".length())), total);
            step.bytes(node, most.accumulateAndGet(bytes, Math::max), total);
        });
        FailedPull.unlessGood(result, source.reference(), login.isPresent());
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
                var plan = plans.of(connection);
                var published = cargo.published();
                if (plan.image() && published != null) {
                    pullThere(
                            connection, plan, published, target.imageId(), target.imageName(), cargo.ownBytes(), step);
                } else if (plan.image()) {
                    pull(
                            connection,
                            registry,
                            credentials,
                            cargo.built().deployManifest(),
                            target.imageId(),
                            target.imageName());
                }
                return connection;
            });
            var ours = cargo.built().ownBlobs();
            var moved = registry.accesses().stream()
                    .filter(Access::isBlobDownload)
                    .filter(a -> ours.stream().anyMatch(digest -> a.path().endsWith(digest.value())))
                    .collect(Collectors.groupingBy(Access::user, Collectors.summingLong(Access::bytes)));
            step.done(each(plans, p -> p.image() ? came(p, moved) : "there"));
        }
    }

    private String came(NodePlan plan, Map<String, Long> moved) {
        if (cargo.published() != null) return "pulled from your registry";
        int layers = cargo.built().layers().size();
        return "%d %s, %s came"
                .formatted(
                        layers,
                        layers == 1 ? "layer" : "layers",
                        Amount.bytes(moved.getOrDefault(plan.node().name(), 0L)));
    }

    private void pull(
            NodeConnection connection,
            EmbeddedRegistry registry,
            RunCredentials credentials,
            Digest manifest,
            String imageId,
            String keepAs)
            throws StrixhaloException {
        var node = connection.node().name();
        try (var forward = connection.forwardHere(registry.port())) {
            var source = "127.0.0.1:" + forward.port();
            var command = Script.PULL
                    .reading(
                            auth(source, node, credentials) + "\n" + registry.certificatePem(),
                            Integer.toString(forward.port()),
                            Cargo.REPOSITORY,
                            manifest.value(),
                            imageId,
                            keepAs)
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
