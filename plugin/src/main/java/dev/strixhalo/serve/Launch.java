package dev.strixhalo.serve;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Starts a model over all nodes and comes back when it has answered a real question. What fails on the way is explained, and
 * everything that was started is stopped again.
 */
public final class Launch {
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
    private static final Duration DOWNLOAD_AT_MOST = Duration.ofHours(24);

    private final Nodes nodes;
    private final ServeSettings settings;
    private final LaunchSecrets secrets;
    private final Until until;
    private final String by;
    private final Clock clock;

    /** Where a launch ends. */
    public enum Until {
        /** Ray is up on all nodes; no model is served. */
        RAY,
        /** The model has answered. */
        ANSWER
    }

    /**
     * @param by who launches, user and machine, for those who find it running
     * @throws StrixhaloException when an API that others can reach would ask for no key
     */
    public Launch(Nodes nodes, ServeSettings settings, LaunchSecrets secrets, Until until, String by, Clock clock)
            throws StrixhaloException {
        this.nodes = nodes;
        this.settings = settings;
        this.secrets = secrets;
        this.until = until;
        this.by = by;
        this.clock = clock;
        if (!settings.loopback() && secrets.apiKey() == null && !settings.allowAnonymous()) {
            throw Problem.of("<bind> %s lets others reach the API, but there is no API key: anyone there could use it."
                            .formatted(settings.bind()))
                    .fix("export STRIXHALO_API_KEY=$(openssl rand -hex 24), or name a server of settings.xml")
                    .fix("leave <bind> out and use ssh -L")
                    .fix("<allowAnonymous>true</allowAnonymous>, where whoever reaches it may use it")
                    .asException();
        }
        if (until == Until.RAY && settings.executor() != ExecutorKind.RAY) {
            throw Problem.of("<until>ray</until> was asked for, but <executor> is %s."
                            .formatted(settings.executor().text()))
                    .fix("leave one of them out")
                    .asException();
        }
    }

    /** Launches. */
    public LaunchRecord run(Progress progress) throws StrixhaloException {
        var begun = clock.instant();
        progress.line("model", headline());
        var floor = Floor.look(nodes, settings);
        floor.clear(nodes, progress);
        if (until == Until.ANSWER) floor.demandModel(nodes, settings);
        var run = new LaunchRun(
                ID.format(begun) + "-" + Integer.toHexString(0x1000 + (int) (begun.toEpochMilli() % 0xf000)),
                nodes.cluster(),
                settings,
                secrets,
                floor.members(),
                about(),
                new LaunchWatch(DOWNLOAD_AT_MOST.plus(settings.timeouts().start())));
        try {
            var executor = Executor.of(settings.executor());
            // The model first: what can be wrong with it is told before anything waits for it and holds memory.
            if (until == Until.ANSWER) new Weights(run).fetch(progress);
            executor.prepare(run, progress);
            var answer = until == Until.ANSWER ? new Serving(run, executor).await(progress) : null;
            var proof = until == Until.ANSWER ? new LaunchProving(nodes, run, clock).prove(progress) : null;
            var about = about().with(proof);
            for (var member : run.members()) {
                var request = RecordFile.json().createObjectNode();
                request.set("about", RecordFile.json().valueToTree(about));
                member.script()
                        .ask("ready", request.toString(), Duration.ofSeconds(30))
                        .orFail("mvn strixhalo:status");
            }
            return record(run, floor, begun, answer, proof);
        } catch (StrixhaloException e) {
            throw stopped(run, e);
        }
    }

    private StrixhaloException stopped(LaunchRun run, StrixhaloException failure) {
        var left = run.stop(nodes);
        if (left.isEmpty()) return failure.leaving("everything that this launch had started is stopped again.");
        var problems = new ArrayList<>(failure.problems());
        problems.addAll(left);
        return new StrixhaloException(problems, "not everything could be stopped; then: mvn strixhalo:stop", failure);
    }

    private String headline() {
        if (until == Until.RAY) return "none; Ray alone";
        return "%s  TP %d  executor %s%s"
                .formatted(
                        settings.model(),
                        settings.tensorParallelSize(),
                        settings.executor().text(),
                        settings.eager() ? "  eager" : "");
    }

    private LaunchAbout about() {
        boolean model = until == Until.ANSWER;
        return new LaunchAbout(
                nodes.cluster().name(),
                model ? settings.model() : null,
                settings.executor().text(),
                model ? settings.tensorParallelSize() : 0,
                model ? new LaunchAbout.Api(settings.nearAddress(), settings.port(), settings.bind()) : null,
                secrets.apiKey() != null,
                by,
                null);
    }

    private LaunchRecord record(
            LaunchRun run, Floor floor, Instant begun, @Nullable Completion answer, @Nullable LaunchProof proof) {
        var now = clock.instant();
        boolean model = until == Until.ANSWER;
        return new LaunchRecord(
                run.id(),
                nodes.cluster().name(),
                model ? settings.model() : null,
                settings.executor().text(),
                model ? settings.tensorParallelSize() : 0,
                model ? "http://%s:%d/v1".formatted(settings.nearAddress(), settings.port()) : null,
                model ? settings.bind() : null,
                secrets.apiKey() != null,
                floor.participants(),
                now,
                Duration.between(begun, now).toMillis() / 1000.0,
                answer,
                proof);
    }

    /** The lines that tell how to use what is ready now. */
    public List<String> howTo(LaunchRecord launched) {
        var head = nodes.cluster().head();
        var lines = new ArrayList<String>();
        if (launched.endpoint() != null) {
            lines.add("%s on %s (%s)  %s"
                    .formatted(
                            launched.endpoint(),
                            head.name(),
                            launched.keyed() ? "with the API key" : "no key asked",
                            Amount.time(Duration.ofMillis((long) (launched.seconds() * 1000)))));
            if (!head.local() && settings.loopback()) {
                lines.add("ssh -L %d:127.0.0.1:%d %s".formatted(settings.port(), settings.port(), login(head)));
            }
            var key = launched.keyed() ? " -H \"Authorization: Bearer $STRIXHALO_API_KEY\"" : "";
            var served = launched.answer() == null
                    ? settings.model()
                    : launched.answer().model();
            lines.add(
                    "curl -s %s/completions%s -H 'Content-Type: application/json' -d '{\"model\":\"%s\",\"prompt\":\"Hello\"}'"
                            .formatted(launched.endpoint(), key, served));
        }
        var exec = "podman exec -it %s bash".formatted(launched.nodes().get(0).container());
        lines.add(head.local() ? exec : "ssh -t %s %s".formatted(login(head), exec));
        return lines;
    }

    private static String login(dev.strixhalo.cluster.Node node) {
        return node.user() == null ? node.host() : node.user() + "@" + node.host();
    }
}
