package dev.strixhalo.deploy;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.LookLines;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.PodmanFlags;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stand-in for a node: in memory it keeps images, containers and records as our scripts would leave them, and notes what
 * it was asked. The scripts themselves run on the bed's real nodes.
 */
final class StandInNode implements NodeConnection {
    /** A container as podman knows it. */
    static final class Container {
        final String name;
        final String image;
        final List<String> made;
        String state = "created";

        Container(String name, String image, List<String> made) {
            this.name = name;
            this.image = image;
            this.made = made;
        }

        Map<String, String> labels() {
            var labels = new TreeMap<String, String>();
            for (var word : made) {
                if (!word.startsWith("--label=")) continue;
                var parts = word.substring("--label=".length()).split("=", 2);
                labels.put(parts[0], parts[1]);
            }
            return labels;
        }
    }

    /** Pulls through the operator's registry. */
    interface Puller {
        void pull(String stdin, List<String> parameters) throws Exception;
    }

    final List<String> asked = new ArrayList<>();
    private final Map<String, RemoteCommand> commands = new HashMap<>();
    final Map<String, List<String>> images = new LinkedHashMap<>();
    final Map<String, Container> containers = new LinkedHashMap<>();
    final Map<String, String> files = new LinkedHashMap<>();
    /** What fails, by title or first words, and how. */
    final Map<String, String> failing = new LinkedHashMap<>();

    final Map<String, List<String>> layersOf;
    String linger = "yes";
    String denied = "";
    String gate = "{\"ok\":true,\"errors\":[],\"versions\":{\"torch\":\"2.11.0\"},\"memlock\":{\"text\":\"8 MiB\"}}";

    List<String> removed = List.of();

    @Nullable
    String inspectedImage;

    Puller puller = (stdin, parameters) -> {};

    private final Node node;
    private final List<String> journal;

    /**
     * @param journal  takes what all nodes of a cluster were asked, in order
     * @param layersOf diff IDs of the images that can be pulled, by image ID
     */
    StandInNode(Node node, List<String> journal, Map<String, List<String>> layersOf) {
        this.node = node;
        this.journal = journal;
        this.layersOf = layersOf;
    }

    @Override
    public Node node() {
        return node;
    }

    /** What changes a node must not have been asked; looking and locking change nothing that lasts. */
    List<String> changes() {
        return asked.stream()
                .filter(what -> !what.equals("the look at the node")
                        && !what.equals("holding the cluster's lock")
                        && !what.startsWith("kill "))
                .toList();
    }

    /** What it was asked last under this title. */
    RemoteCommand last(String title) {
        var command = commands.get(title);
        if (command == null) throw new AssertionError(node.name() + " was not asked: " + title);
        return command;
    }

    List<String> running() {
        return containers.values().stream()
                .filter(c -> c.state.equals("running"))
                .map(c -> c.name)
                .toList();
    }

    @Override
    public CommandResult run(RemoteCommand command) throws StrixhaloException {
        return run(command, (stream, line) -> {});
    }

    @Override
    public synchronized CommandResult run(RemoteCommand command, LineSink sink) throws StrixhaloException {
        var title = command.toString();
        asked.add(title);
        commands.put(title, command);
        synchronized (journal) {
            journal.add(node.name() + ": " + title);
        }
        for (var failure : failing.entrySet()) {
            if (title.startsWith(failure.getKey())) {
                return new CommandResult(node.name(), command, 125, List.of(), List.of(failure.getValue()));
            }
        }
        try {
            var out = answer(title, command);
            for (var line : out) sink.line(Stream.OUT, line);
            return new CommandResult(node.name(), command, 0, out, List.of());
        } catch (StrixhaloException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> answer(String title, RemoteCommand command) throws Exception {
        var argv = command.argv();
        // "sh -s -- parameters" and "sh -c text strixhalo parameters".
        var parameters = argv.size() > 3 && argv.get(0).equals("sh")
                ? argv.subList(argv.get(1).equals("-s") ? 3 : 4, argv.size())
                : List.<String>of();
        if (title.startsWith("podman run")) return List.of(gate);
        if (title.startsWith("podman container exists")) return List.of();
        if (title.startsWith("loginctl") || title.startsWith("kill ")) return List.of();
        switch (title) {
            case "the look at the node" -> {
                return look();
            }
            case "holding the cluster's lock" -> {
                return List.of("@@locked 4711");
            }
            case "removing" -> {
                return removed;
            }
            case "making the folders of the volumes" -> {}
            case "pulling from where the image comes from" -> pulled(parameters.get(1));
            case "pulling through this machine" -> {
                puller.pull(new String(command.stdin(), StandardCharsets.UTF_8), parameters);
                pulled(parameters.get(3));
            }
            case "writing the record" ->
                files.put(parameters.get(1), new String(command.stdin(), StandardCharsets.UTF_8));
            case "making the container" -> create(parameters);
            case "starting the container" -> {
                return start(parameters.get(1));
            }
            case "taking the switch back" -> back(parameters);
            case "tidying up" ->
                containers
                        .keySet()
                        .removeIf(name -> !name.equals(parameters.get(1)) && !name.equals(parameters.get(2)));
            default -> throw new AssertionError("nobody taught the stand-in to answer: " + title);
        }
        return List.of();
    }

    private void pulled(String id) {
        images.put(id, layersOf.getOrDefault(id, List.of("unknown")));
    }

    private void create(List<String> parameters) {
        var name = parameters.get(0);
        if (containers.containsKey(name)) throw new AssertionError("a container named " + name + " is there already");
        containers.put(name, new Container(name, parameters.get(1), parameters.subList(3, parameters.size())));
    }

    private List<String> start(String name) throws Exception {
        containers.values().stream().filter(c -> c.state.equals("running")).forEach(c -> c.state = "exited");
        var container = containers.get(name);
        if (container == null) throw new AssertionError("no container " + name);
        container.state = "running";
        var json = RecordFile.json().createArrayNode();
        var inspected = json.addObject();
        inspected.put("Image", inspectedImage == null ? container.image : inspectedImage);
        inspected.putObject("State").put("Status", "running");
        inspected.putObject("HostConfig").put("NetworkMode", "host");
        var config = inspected.putObject("Config");
        var labels = config.putObject("Labels");
        container.labels().forEach(labels::put);
        config.putArray("Env");
        var made = config.putArray("CreateCommand");
        container.made.forEach(made::add);
        return List.of(json.toString());
    }

    private void back(List<String> parameters) {
        var made = containers.get(parameters.get(0));
        if (made != null) made.state = "exited";
        if (parameters.get(1).equals("yes")) containers.remove(parameters.get(0));
        if (parameters.get(2).equals("-")) return;
        var old = containers.get(parameters.get(2));
        if (old == null) throw new AssertionError("no container " + parameters.get(2));
        old.state = "running";
    }

    private List<String> look() {
        var lines = new ArrayList<String>();
        say(lines, "user", "strix");
        say(lines, "groups", "strix render video");
        say(lines, "home", "/home/strix");
        say(lines, "connection", "10.0.0.1 40000 10.0.0.9 22");
        say(lines, "memlock", "Max locked memory         8388608              8388608              bytes     ");
        say(lines, "clock", "1790000000");
        say(lines, "linger", linger);
        say(lines, "subuid", "strix:100000:65536");
        say(lines, "subgid", "strix:100000:65536");
        say(
                lines,
                "addresses",
                "[{\"ifname\":\"fab0\",\"flags\":[\"UP\"],\"mtu\":9000,\"addr_info\":[{\"family\":\"inet\",\"local\":\"%s\",\"prefixlen\":30}]}]"
                        .formatted(node.fabric().address()));
        say(
                lines,
                "devices",
                "/dev/kfd " + (denied.equals("/dev/kfd") ? "denied /dev/kfd crw-rw---- root:render" : "ok"),
                "/dev/dri ok");
        say(lines, "podman", "podman version 5.6.2");
        say(
                lines,
                "info",
                "{\"host\":{\"security\":{\"rootless\":true},\"ociRuntime\":{\"name\":\"crun\"}},"
                        + "\"store\":{\"graphDriverName\":\"overlay\",\"graphRoot\":\"/g\",\"imageCopyTmpDir\":\"/var/tmp\"}}");
        say(lines, "room", "/dev/sda1 1000000000 1 900000000 1% /");
        var seen = RecordFile.json().createArrayNode();
        images.forEach((id, layers) -> {
            var image = seen.addObject().put("Id", id);
            var ids = image.putObject("RootFS").putArray("Layers");
            layers.forEach(ids::add);
        });
        say(lines, "images", seen.toString());
        var all = RecordFile.json().createArrayNode();
        for (var container : containers.values()) {
            var each = all.addObject().put("Id", "id-" + container.name).put("State", container.state);
            each.put("ImageID", container.image).put("Created", 1);
            each.putArray("Names").add(container.name);
            var labels = each.putObject("Labels");
            container.labels().forEach(labels::put);
        }
        say(lines, "containers", all.toString());
        for (var record : List.of("deploy", "gate")) {
            var text = files.get(record + ".json");
            if (text != null) say(lines, record, text.split("\n"));
        }
        return lines;
    }

    private static void say(List<String> lines, String key, String... answer) {
        lines.add(LookLines.answer(key, String.join("\n", answer)));
    }

    /** A container of the cluster that an older deploy left running. */
    void runs(String name, String image, String cluster) {
        var old = new Container(name, image, List.of("--label=" + PodmanFlags.CLUSTER_LABEL + "=" + cluster));
        old.state = "running";
        containers.put(name, old);
    }

    /** The way back is not needed: tests pull from where the registry really listens. */
    @Override
    public Conversation talk(RemoteCommand command) {
        throw new AssertionError("nobody talks here");
    }

    @Override
    public RemoteForward forwardHere(int localPort) {
        return new RemoteForward() {
            @Override
            public int port() {
                return localPort;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
