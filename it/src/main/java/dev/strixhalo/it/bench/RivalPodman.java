package dev.strixhalo.it.bench;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Stage;
import dev.strixhalo.it.stage.Trust;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a user without us has: podman on the operator's machine, and SSH to the nodes with the same key. */
final class RivalPodman {
    static final String SAVE_AND_LOAD = "save, ssh, load";
    static final String SCP = "podman image scp";

    /** The name under which the operator's podman keeps what is to be brought. */
    private static final String NAME = "localhost/bench:latest";

    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final String SETTINGS = """
            set -eu
            mkdir -p ~/.config/containers
            cat >~/.config/containers/storage.conf <<'CONF'
            [storage]
            driver = "overlay"
            CONF
            cat >~/.config/containers/containers.conf
            """;
    /** One save for both nodes: two would read and pack everything twice. */
    private static final String SAVE = """
            set -eu -o pipefail
            pipe=$(mktemp --dry-run)
            mkfifo "$pipe"
            trap 'rm -f "$pipe"' EXIT
            ssh node2 podman load <"$pipe" &
            second=$!
            podman save "$1" | tee "$pipe" | ssh node1 podman load
            wait "$second"
            """;
    /** podman 4.3 takes keys from an agent alone; whichever node fails, fails the whole. */
    private static final String COPY = """
            set -eu
            podman image scp "$1" node1:: &
            first=$!
            podman image scp "$1" node2:: &
            wait $first
            wait $!
            """;

    private final Stage stage;
    private final RawLog log;

    private RivalPodman(Stage stage, RawLog log) {
        this.stage = stage;
        this.log = log;
    }

    /** Makes rootless podman usable there, set up as on the nodes. */
    static RivalPodman setUp(Stage stage, RawLog log) throws StrixhaloException {
        var operator = stage.operator();
        // What systemd-logind would make.
        operator.asRoot(
                        "sh",
                        "-c",
                        "install -d -m 755 /run/user; install -d -m 700 -o \"$1\" -g \"$1\" \"/run/user/$(id -u \"$1\")\"",
                        "sh",
                        operator.user())
                .orFail();
        operator.program(List.of("sh", "-c", SETTINGS))
                .stdin(settings(stage))
                .run()
                .orFail();
        Trust.registry(stage.registry(), List.of(operator));
        return new RivalPodman(stage, log);
    }

    /** Pulls an image, unless it is there. */
    void pull(String reference) throws StrixhaloException, IOException, Mismatch {
        if (podman("image", "exists", reference).run().succeeded()) return;
        log.run("prepare-pull", podman("pull", "--quiet", reference));
    }

    /**
     * Builds the project's image and loads that very image into the operator's podman, which has the base.
     *
     * @return its record; the nodes do not get it
     */
    ImageRecord take() throws StrixhaloException, IOException, Mismatch {
        var archive = stage.operator().home() + "/bench.thin.tar";
        log.run(
                "prepare-rival-image",
                stage.project().goals(List.of(), List.of("strixhalo:build-image", "-Dstrixhalo.archive=" + archive)));
        log.run("prepare-rival-load", podman("load", "--input", archive));
        var image = ImageRecord.of(stage.project());
        podman("tag", image.hex(), NAME).run().orFail();
        return image;
    }

    /** Brings what was taken to both nodes at once. */
    RawLog.Timed saveAndLoad() throws StrixhaloException, IOException, Mismatch {
        return log.run("rival-save-load", shell(SAVE, NAME));
    }

    /** Brings what was taken to both nodes at once. */
    RawLog.Timed imageScp() throws StrixhaloException, IOException, Mismatch {
        var keyed = new ArrayList<>(List.of("ssh-agent", "sh", "-c", "ssh-add -q && exec \"$@\"", "sh"));
        keyed.addAll(List.of("bash", "-c", COPY, "bash", NAME));
        return log.run("rival-image-scp", stage.operator().program(keyed).timeout(PATIENCE));
    }

    /** Any podman command of the operator's. */
    Program podman(String... words) {
        var argv = new ArrayList<>(List.of("podman"));
        argv.addAll(List.of(words));
        return stage.operator().program(argv).timeout(PATIENCE);
    }

    private Program shell(String script, String argument) {
        return stage.operator()
                .program(List.of("bash", "-c", script, "bash", argument))
                .timeout(PATIENCE);
    }

    private static String settings(Stage stage) {
        var text = new StringBuilder("""
                [containers]
                default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
                pids_limit = 0
                [engine]
                runtime = "crun"
                cgroup_manager = "cgroupfs"
                events_logger = "file"
                """);
        for (Machine node : stage.bed().nodes()) {
            text.append("""
                    [engine.service_destinations.%s]
                    uri = "ssh://%s@%s.lan:22/run/podman/podman.sock"
                    identity = "%s/.ssh/id_ed25519"
                    """.formatted(
                    node.name(), node.user(), node.name(), stage.operator().home()));
        }
        return text.toString();
    }
}
