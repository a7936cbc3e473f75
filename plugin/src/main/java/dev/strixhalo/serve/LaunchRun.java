package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A launch under way: what it is made of, what was started so far, and what the nodes show meanwhile. */
final class LaunchRun {
    static final String VLLM = "vllm";
    static final Duration VLLM_GRACE = Duration.ofSeconds(30);
    /** How long half a launch lives on a node that hears nothing of us any more. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final Duration LAST_WORDS_OF_VLLM = Duration.ofSeconds(10);
    private static final Duration START = Duration.ofSeconds(90);

    private final String id;
    private final Cluster cluster;
    private final ServeSettings settings;
    private final LaunchSecrets secrets;
    private final List<Member> members;
    private final LaunchAbout about;
    private final LaunchWatch watch;
    private final Set<Member> begun = new HashSet<>();

    LaunchRun(
            String id,
            Cluster cluster,
            ServeSettings settings,
            LaunchSecrets secrets,
            List<Member> members,
            LaunchAbout about,
            LaunchWatch watch) {
        this.id = id;
        this.cluster = cluster;
        this.settings = settings;
        this.secrets = secrets;
        this.members = List.copyOf(members);
        this.about = about;
        this.watch = watch;
    }

    /**
     * A TCP port that a part listens on: it must be free before, and is closed again after a stop.
     *
     * @param name    for messages
     * @param address that it is bound to
     * @param port    its number
     */
    record Port(String name, String address, int port) {}

    String id() {
        return id;
    }

    Cluster cluster() {
        return cluster;
    }

    ServeSettings settings() {
        return settings;
    }

    LaunchSecrets secrets() {
        return secrets;
    }

    List<Member> members() {
        return members;
    }

    Member head() {
        return members.get(0);
    }

    List<Member> workers() {
        return members.subList(1, members.size());
    }

    LaunchWatch watch() {
        return watch;
    }

    /** Tells the API where its key lies, if it asks for one. */
    void addApiKey(Map<String, String> environment) {
        if (secrets.apiKey() == null) return;
        environment.put("STRIXHALO_API_KEY_PATH", NodeScript.SECRETS + LaunchSecrets.API_KEY);
        environment.merge("PYTHONPATH", NodeScript.LIBRARY, (theirs, ours) -> theirs + ":" + ours);
    }

    /**
     * Has the node script start parts on a member and begins to listen to it. With the first of them its secrets travel, and
     * all ports that this launch will ever need there are seen to be free: nobody waits an hour for a download to be told
     * of a taken port.
     */
    void start(Member member, List<Part> parts) throws StrixhaloException {
        var request = RecordFile.json().createObjectNode();
        request.put("launch", id);
        request.put("lease", LEASE.toSeconds());
        request.set("about", RecordFile.json().valueToTree(about));
        var wanted = request.putArray("parts");
        parts.forEach(part -> wanted.add(part.json()));
        if (!begun.contains(member)) {
            var needed = request.putArray("ports");
            ports(member).forEach(port -> needed.add(RecordFile.json().valueToTree(port)));
            var hidden = request.putObject("secrets");
            secrets.byName().forEach((name, secret) -> hidden.put(name, secret.reveal()));
            if (settings.eraseCache()) {
                var erase = request.putArray("erase");
                EraseCache.FOLDERS.forEach(erase::add);
            }
        }
        // Whatever comes of the request, something may have been started there and has to be stopped again.
        boolean first = begun.add(member);
        var answer = member.script().ask("start", request.toString(), START);
        if (!answer.ok()) throw refused(member, answer);
        if (first) watch.follow(member);
    }

    private List<Port> ports(Member member) {
        var ports = new ArrayList<>(Executor.of(settings.executor()).ports(this, member));
        if (member.head() && about.api() != null) ports.add(new Port("API", settings.bind(), settings.port()));
        return ports;
    }

    /** Waits until Ray says this on each of these members, and fails as soon as any part of any member ends. */
    void await(List<Member> who, String text, Duration time) throws StrixhaloException {
        var waiting = new ArrayList<>(who.stream().map(Member::node).toList());
        long deadline = System.nanoTime() + time.toNanos();
        while (!waiting.isEmpty()) {
            var sighting = watch.next(Duration.ofMillis(500));
            if (sighting.isPresent()) {
                check(sighting.get());
                if (sighting.get() instanceof Sighting.Line line && line.text().contains(text))
                    waiting.remove(line.node());
            }
            if (System.nanoTime() > deadline) {
                var node = waiting.get(0);
                throw diagnose(
                        node.equals(head().node())
                                ? new Trouble.TimeOver(node, "Ray's head did not start", time)
                                : new Trouble.NotJoined(node, time));
            }
        }
    }

    /** Fails if any part of any member has ended since the last look. */
    void checkParts() throws StrixhaloException {
        for (var sighting = watch.next(Duration.ofMillis(200));
                sighting.isPresent();
                sighting = watch.next(Duration.ofMillis(10))) {
            check(sighting.get());
        }
    }

    /** Fails if this is the end of a part, of a rank or of a connection. */
    void check(Sighting sighting) throws StrixhaloException {
        var trouble = trouble(sighting);
        if (trouble.isPresent()) throw diagnose(trouble.get());
    }

    /** The explanation of what happened, after a moment in which the nodes may say more about it. */
    StrixhaloException diagnose(Trouble first) {
        var troubles = new ArrayList<Trouble>(List.of(first));
        // A rank that is gone is often followed by the end of what drove it, which knows why.
        long deadline =
                System.nanoTime() + (first instanceof Trouble.RankGone ? LAST_WORDS_OF_VLLM : LAST_WORDS).toNanos();
        while (System.nanoTime() < deadline) {
            watch.next(Duration.ofMillis(250)).flatMap(LaunchRun::trouble).ifPresent(troubles::add);
            if (troubles.get(troubles.size() - 1) instanceof Trouble.PartEnded
                    && deadline - System.nanoTime() > LAST_WORDS.toNanos()) {
                deadline = System.nanoTime() + LAST_WORDS.toNanos();
            }
        }
        return Diagnosis.of(troubles, cluster.nodes(), watch::lines, settings).asException();
    }

    /** Ends whatever was started; what could not be ended is told, not thrown. */
    List<Problem> stop(Nodes nodes) {
        var left = new ArrayList<Problem>();
        var touched =
                members.stream().filter(begun::contains).map(Member::script).toList();
        left.addAll(new Stop(nodes).end(touched, id));
        return left;
    }

    private StrixhaloException refused(Member member, NodeScript.Answer answer) throws StrixhaloException {
        var fix = switch (answer.code()) {
            case "port-taken" -> "see who listens there, and end it: sudo ss -ltnp";
            case "no-such-address" -> "give <bind> an address that the head has, or 127.0.0.1";
            case "running" -> "mvn strixhalo:stop";
            default -> "see the container's log on the node; then: mvn strixhalo:stop";
        };
        var problem = answer.problem(fix);
        if (answer.code().equals("port-taken")) {
            var holder = PortHolder.of(member.script().connection(), ports(member));
            if (holder.isPresent()) problem = problem.found(holder.get().toString());
            if (holder.isPresent() && holder.get().port() == settings.port())
                problem = problem.fix("choose another port: -Dstrixhalo.serve.port=%d".formatted(settings.port() + 1));
        }
        return problem.asException();
    }

    private static Optional<Trouble> trouble(@Nullable Sighting sighting) {
        if (sighting instanceof Sighting.Silence silence) {
            return Optional.of(new Trouble.NodeLost(silence.node(), silence.why()));
        }
        if (!(sighting instanceof Sighting.Event event)) return Optional.empty();
        return switch (event.event()) {
            // A download that ended well is over, not gone.
            case "part-exited" ->
                event.more().path("part").asText().equals(Weights.PART)
                                && event.more().path("code").asInt(-1) == 0
                        ? Optional.empty()
                        : Optional.of(partEnded(event));
            case "rank-gone" ->
                Optional.of(new Trouble.RankGone(
                        event.node(), event.more().path("title").asText()));
            case "stopping" -> Optional.of(new Trouble.NodeLost(event.node(), "somebody stopped the launch"));
            default -> Optional.empty();
        };
    }

    /** Reads an event {@code part-exited}. */
    static Trouble.PartEnded partEnded(Sighting.Event event) {
        var more = event.more();
        return new Trouble.PartEnded(
                event.node(),
                more.path("part").asText(),
                more.path("code").isInt() ? more.path("code").asInt() : null,
                more.path("signal").isInt() ? more.path("signal").asInt() : null);
    }
}
