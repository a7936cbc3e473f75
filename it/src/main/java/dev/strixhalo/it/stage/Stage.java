package dev.strixhalo.it.stage;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.BaseImage;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.Hub;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What chapters of the rehearsal and contests of the benchmark play on: the bed, and around it what a user would have already.
 * Made when it is first asked for.
 */
public final class Stage implements AutoCloseable {
    /** A model of the hub that only those with a token of the hub may fetch. */
    public static final String GATED = "lab/gated";
    /** A model of the hub whose weights never come whole. */
    public static final String STUCK = "lab/stuck";

    private static final int REGISTRY_PORT = 5000;
    private static final int TEAM_PORT = 5001;
    /** As settings.xml has it. */
    private static final String TEAM_USER = "builder";
    /** Bytes of a file after which {@link #STUCK} stops; its weights have more. */
    private static final long STUCK_AFTER = 100_000;

    private final Bed bed;
    private final Path cache;
    private final Project.Jvm jvm;
    private final Word apiKey = Word.random("API key");
    private final Word hubToken = Word.random("token of the hub");
    private final Word refusedToken = Word.random("token that the hub refuses");
    private final Word teamPassword = Word.random("password of the team's registry");
    private @Nullable BaseImage artefacts;
    private @Nullable UpstreamRegistry registry;
    private @Nullable UpstreamRegistry team;
    private @Nullable Hub hub;
    private @Nullable Project project;

    /**
     * @param cache where the base image, the model and the registry's blobs outlive the bed
     * @param jvm   of the user's Maven
     */
    public Stage(Bed bed, Path cache, Project.Jvm jvm) {
        this.bed = bed;
        this.cache = cache;
        this.jvm = jvm;
    }

    public Bed bed() {
        return bed;
    }

    public Machine operator() {
        return bed.operator();
    }

    public Machine node1() {
        return bed.node("node1");
    }

    public Machine node2() {
        return bed.node("node2");
    }

    /** The base image and the model; made from packages, for minutes, unless the cache has them. */
    public BaseImage artefacts() throws StrixhaloException {
        if (artefacts == null) artefacts = BaseImage.make(cache, Progress.SILENT);
        return artefacts;
    }

    /** The registry that the base image comes from; its blobs outlive the bed, in the cache. */
    public UpstreamRegistry registry() throws StrixhaloException {
        if (registry == null) {
            registry = UpstreamRegistry.start(new UpstreamRegistry.Settings(
                    operator().besides(),
                    operator().lanAddress(),
                    REGISTRY_PORT,
                    cache.resolve("registry"),
                    bed.folder().resolve("registry"),
                    null));
        }
        return registry;
    }

    /** A registry of the user's own that asks for a login, empty at first; server {@code team} of settings.xml has the login. */
    public UpstreamRegistry team() throws StrixhaloException {
        if (team == null) {
            var folder = bed.folder().resolve("team");
            team = UpstreamRegistry.start(new UpstreamRegistry.Settings(
                    operator().besides(),
                    operator().lanAddress(),
                    TEAM_PORT,
                    folder.resolve("blobs"),
                    folder.resolve("run"),
                    new UpstreamRegistry.Login(TEAM_USER, Secret.of(teamPassword.what(), teamPassword.value()))));
            Trust.registry(team, bed.nodes());
            project().trust(registry(), team);
        }
        return team;
    }

    /** A hub with the model under two names, {@link #GATED} and {@link #STUCK}. */
    public Hub hub() throws StrixhaloException {
        if (hub == null) {
            var model = artefacts().model();
            hub = Hub.start(
                    operator().besides(),
                    operator().lanAddress(),
                    0,
                    bed.folder().resolve("hub"),
                    List.of(
                            Hub.Repository.gated(GATED, model),
                            new Hub.Repository(STUCK, model, false, 0, STUCK_AFTER)),
                    List.of(Secret.of(hubToken.what(), hubToken.value())));
        }
        return hub;
    }

    /** The user's Maven project on the operator's machine, with all its files; podman on the nodes trusts its registry. */
    public Project project() throws StrixhaloException {
        if (project == null) {
            var made = new Project(operator(), jvm);
            Trust.registry(registry(), bed.nodes());
            made.write(
                    Project.pom(registry().host() + "/vllm:latest"),
                    Map.of(
                            "api-key", apiKey,
                            "hub-token", hubToken,
                            "refused-token", refusedToken,
                            "team-password", teamPassword));
            made.trust(registry());
            made.put("prompts/greeting.txt", "hello world\n");
            project = made;
        }
        return project;
    }

    /** What the owner of the nodes has done: a model lies there, their user lingers, podman was called before. */
    public void prepareNodes() throws StrixhaloException {
        project();
        for (var node : bed.nodes()) {
            Models.put(artefacts().model(), node, "tiny");
            node.run("loginctl", "enable-linger").orFail();
            // podman makes locks of its own when it is first called; a dry run is not to be blamed for them.
            node.run("podman", "ps").orFail();
        }
    }

    /** All secrets that the user's settings.xml holds. */
    public List<Word> secrets() {
        return List.of(apiKey, hubToken, refusedToken, teamPassword);
    }

    /** The key that the model's API asks for. */
    public String apiKey() {
        return apiKey.value();
    }

    /** Leaves what runs around the bed as it is, for a bed that is kept. */
    public void leave() throws StrixhaloException {
        if (registry != null) registry.leave();
        registry = null;
    }

    @Override
    public void close() {
        if (hub != null) hub.close();
        if (team != null) team.close();
        if (registry != null) registry.close();
    }
}
