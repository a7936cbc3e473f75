package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The podman of a node and what it holds.
 *
 * @param version         for example {@code 5.6.2}
 * @param rootless        whether it runs without root
 * @param runtime         {@code crun} or another
 * @param storageDriver   {@code overlay} or another
 * @param graphRoot       where images and containers lie
 * @param imageCopyFolder where a blob waits between download and unpacking
 * @param graphRootFree   bytes
 * @param imageCopyFree   bytes
 * @param oneFileSystem   whether both folders draw on the same room
 * @param images          what it has
 * @param containers      those of the cluster that was looked for
 */
public record Podman(
        String version,
        boolean rootless,
        String runtime,
        String storageDriver,
        String graphRoot,
        String imageCopyFolder,
        long graphRootFree,
        long imageCopyFree,
        boolean oneFileSystem,
        List<Image> images,
        List<Container> containers) {
    /** The oldest that has all options that deploy uses; it was tried on Debian 12. */
    public static final String OLDEST = "4.3";

    public Podman {
        images = List.copyOf(images);
        containers = List.copyOf(containers);
    }

    /**
     * An image on the node.
     *
     * @param id     {@code sha256:…}, the digest of its configuration
     * @param names  tags and digests that name it
     * @param layers diff IDs from the lowest up
     */
    public record Image(String id, List<String> names, List<String> layers) {}

    /**
     * A container of the cluster on the node.
     *
     * @param id      full identifier
     * @param name    its name
     * @param imageId {@code sha256:…}
     * @param state   podman's word: created, running, exited, …
     * @param labels  as it was made with
     * @param created seconds since 1970
     */
    public record Container(
            String id, String name, String imageId, String state, Map<String, String> labels, long created) {
        public boolean running() {
            return state.equals("running");
        }
    }

    /** Whether this version is {@link #OLDEST} or newer. */
    public boolean recent() {
        return atLeast(4, 3);
    }

    /** Whether its runtime keeps the user's groups in a container, which crun alone does. */
    public boolean keepsGroups() {
        return runtime.equals("crun");
    }

    /** Whether layers are shared, and not copied for every container. */
    public boolean overlay() {
        return storageDriver.equals("overlay");
    }

    private boolean atLeast(int major, int minor) {
        var parts = version.split("[^0-9]+");
        int foundMajor = Integer.parseInt(parts[0]);
        int foundMinor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
        return foundMajor > major || foundMajor == major && foundMinor >= minor;
    }

    static Podman parse(LookOutput output) throws StrixhaloException {
        var words = output.succeeded("podman", "podman --version").text().split("\\s+");
        var version = words[words.length - 1];
        if (!version.matches("\\d+(\\.\\d+)*.*")) {
            throw Problem.of("'podman --version' names no version.")
                    .found(String.join(" ", words))
                    .fix("see what 'podman' is there: command -v podman")
                    .asException();
        }
        var info = json(atHome(output.succeeded("info", "podman info").text(), output), "podman info");
        var room = room(output.succeeded("room", "df -Pk").lines());
        var images = new ArrayList<Image>();
        for (var image : json(output.succeeded("images", "podman image inspect").text(), "podman image inspect")) {
            var names = new ArrayList<String>();
            image.path("RepoTags").forEach(n -> names.add(n.asText()));
            image.path("RepoDigests").forEach(n -> names.add(n.asText()));
            var layers = new ArrayList<String>();
            image.path("RootFS").path("Layers").forEach(l -> layers.add(l.asText()));
            images.add(new Image(prefixed(image.path("Id").asText()), List.copyOf(names), List.copyOf(layers)));
        }
        var containers = containers(output.succeeded("containers", "podman ps").text());
        var store = info.path("store");
        return new Podman(
                version,
                info.path("host").path("security").path("rootless").asBoolean(),
                info.path("host").path("ociRuntime").path("name").asText(),
                store.path("graphDriverName").asText(),
                store.path("graphRoot").asText(),
                store.path("imageCopyTmpDir").asText("/var/tmp"),
                room.get(0).free(),
                room.get(room.size() - 1).free(),
                room.get(0).device().equals(room.get(room.size() - 1).device()),
                images,
                containers);
    }

    /** Where no storage is yet, podman was asked in an empty home: what it says of that one is said of the user's. */
    private static String atHome(String info, LookOutput output) {
        var empty = output.find("podman-home").map(LookOutput.Answer::text).orElse("");
        var home = output.find("home").map(LookOutput.Answer::text).orElse("");
        return empty.isEmpty() || home.isEmpty() ? info : info.replace(empty, home);
    }

    /**
     * Reads {@code podman ps --all --no-trunc --format json}.
     *
     * @throws StrixhaloException when it is no JSON
     */
    public static List<Container> containers(String text) throws StrixhaloException {
        var containers = new ArrayList<Container>();
        for (var container : json(text, "podman ps")) {
            var labels = new HashMap<String, String>();
            container
                    .path("Labels")
                    .fields()
                    .forEachRemaining(e -> labels.put(e.getKey(), e.getValue().asText()));
            containers.add(new Container(
                    container.path("Id").asText(),
                    container.path("Names").path(0).asText(),
                    prefixed(container.path("ImageID").asText()),
                    container.path("State").asText(),
                    Map.copyOf(labels),
                    container.path("Created").asLong()));
        }
        return List.copyOf(containers);
    }

    private record Room(String device, long free) {}

    /** Reads {@code df -Pk}: a header, then device, 1024-blocks, used, available, capacity, mount point. */
    private static List<Room> room(List<String> lines) throws StrixhaloException {
        var rooms = new ArrayList<Room>();
        for (var line : lines) {
            var parts = line.strip().split("\\s+");
            if (parts.length >= 6 && parts[3].matches("\\d+")) {
                rooms.add(new Room(parts[0] + " " + parts[5], Long.parseLong(parts[3]) * 1024));
            }
        }
        if (!rooms.isEmpty()) return rooms;
        throw Problem.of("'df -Pk' printed no table.")
                .found(String.join(" | ", lines))
                .fix("see df there")
                .asException();
    }

    private static String prefixed(String id) {
        return id.startsWith("sha256:") ? id : "sha256:" + id;
    }

    private static JsonNode json(String text, String program) throws StrixhaloException {
        try {
            return RecordFile.json().readTree(text.isEmpty() ? "[]" : text);
        } catch (JsonProcessingException e) {
            throw Problem.of("'%s' printed no JSON.".formatted(program))
                    .found(e.getOriginalMessage())
                    .fix("run it there by hand: " + program)
                    .asException(e);
        }
    }
}
