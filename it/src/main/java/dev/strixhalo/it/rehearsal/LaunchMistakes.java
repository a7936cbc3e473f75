package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Program;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Models;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a user can have wrong is told in seconds, before anything is started, and leaves the nodes as they were. */
final class LaunchMistakes implements Chapter {
    private static final String NO_SERVER = "-Dstrixhalo.serve.apiKeyServer= -Dstrixhalo.serve.hubTokenServer= ";

    @Override
    public String name() {
        return "launch-mistakes";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        var stages = new ArrayList<Refused>();
        report.step("nothing runs on the nodes", () -> {
            Launching.stopped(stage);
            stages.add(new Refused(stage));
        });
        var refused = stages.get(0);
        report.aside(
                "launch before deploy names both nodes, and the goal that is missing",
                () -> refused.launch(
                        "-Dstrixhalo.cluster.name=other",
                        "node1: cluster 'other' was never deployed to this node.",
                        "node2: cluster 'other' was never deployed to this node.",
                        "mvn strixhalo:deploy"));
        report.aside(
                "an executor that nobody knows, and more GPUs than there are, are told at once, together",
                () -> refused.launch(
                        "-Dstrixhalo.serve.executor=slurm -Dstrixhalo.serve.tensorParallelSize=3",
                        "<executor> is 'slurm'",
                        "one of: ray, mp",
                        "<tensorParallelSize> is 3, but the cluster has 2 GPUs."));
        report.aside("a token with a line break is refused and not shown", () -> {
            for (var variable : List.of("HF_TOKEN", "STRIXHALO_API_KEY")) {
                var script = "export %s=\"$(printf 'first-half\\nsecond-half')\"; exec \"$@\"".formatted(variable);
                var said = stage.project()
                        .through(
                                script,
                                ("strixhalo:launch " + NO_SERVER).strip().split(" "))
                        .run();
                refused.judge(said, "holds a line break", "$" + variable, "printf '%s'");
                unless(!Mismatch.said(said).contains("-half"), variable + " was shown");
            }
        });
        report.aside("an API for everybody is refused without a key, and not with <allowAnonymous>", () -> {
            var open = NO_SERVER + "-Dstrixhalo.serve.bind=0.0.0.0 -Dstrixhalo.cluster.name=other";
            refused.launch(
                    open, "<bind> 0.0.0.0 lets others reach the API", "STRIXHALO_API_KEY", "or: leave <bind> out");
            refused.launch(open + " -Dstrixhalo.serve.allowAnonymous=true", "was never deployed");
        });
        report.aside(
                "a model's folder that is nowhere is missed on both nodes",
                () -> refused.launch(
                        "-Dstrixhalo.serve.model=/models/none",
                        "node1: The folder /models/none is not there.",
                        "node2: The folder /models/none is not there.",
                        "nothing was started."));
        report.aside("a model that one node lacks is missed there", () -> half(stage));
        report.aside("a taken API port is told with the program that has it", () -> {
            var port = List.of("python3", "-m", "http.server", "8000", "--bind", "127.0.0.1");
            try (var taken = new Taken(stage.node1().program(port), stage.node1(), "8000")) {
                var said = stage.project().maven("strixhalo:launch");
                taken.close();
                refused.judge(
                        said,
                        "node1: Port 8000 on 127.0.0.1 (API) cannot be used.",
                        "python3 (process ",
                        "or: choose another port: -Dstrixhalo.serve.port=8001");
            }
        });
        report.aside("a taken port of Ray is told, too, though a stranger has it", () -> {
            var port = List.of("python3", "-m", "http.server", "6379", "--bind", "0.0.0.0");
            try (var taken = new Taken(stage.node1().rootProgram(port), stage.node1(), "6379")) {
                var said = stage.project().maven("strixhalo:launch");
                taken.close();
                refused.judge(
                        said,
                        "node1: Port 6379 on 192.168.100.1 (Ray) cannot be used.",
                        "a program of another user listens on 0.0.0.0 port 6379",
                        "sudo ss -ltnp");
            }
        });
        report.aside("nodes with different images are told apart", () -> otherImage(stage));
        report.aside("a fabric that is down is told before anything starts", () -> {
            var now = new Refused(stage);
            unlessGood(stage.node2().asRoot("ip", "link", "set", "fabric0", "down"));
            Program.Result said;
            try {
                said = stage.project().maven("strixhalo:launch");
            } finally {
                unlessGood(stage.node2().asRoot("ip", "link", "set", "fabric0", "up"));
            }
            now.judge(said, "node2: the fabric's interface fabric0 is down", "sudo ip link set fabric0 up");
        });
    }

    private static void half(Stage stage) throws Exception {
        Models.put(stage.artefacts().model(), stage.node1(), "half");
        try {
            var said = new Refused(stage)
                    .launch("-Dstrixhalo.serve.model=/models/half", "node2: The folder /models/half is not there.");
            unless(!Mismatch.said(said).contains("node1: The folder"), "node1 is blamed, too");
        } finally {
            unlessGood(stage.node1().run("rm", "-r", stage.node1().home() + "/models/half"));
        }
    }

    /** The container of node2 in a second version, of an image that somebody committed there. */
    private static void otherImage(Stage stage) throws Exception {
        var image = ImageRecord.of(stage.project());
        var container = Deploying.container(image);
        var node = stage.node2();
        var words = new ArrayList<String>();
        new ObjectMapper()
                .readTree(Deploying.inspect(node, container, "{{json .Config.CreateCommand}}"))
                .forEach(word -> words.add(word.asText()));
        unlessGood(node.run("podman", "commit", "--quiet", container, "localhost/other"));
        var other = unlessGood(node.run("podman", "image", "inspect", "--format", "{{.Id}}", "localhost/other"))
                .text();
        words.replaceAll(word -> word.replaceAll("^(--name=)?" + container + "$", "$1other"));
        words.replaceAll(word -> word.matches("(sha256:)?" + image.hex()) ? other : word);
        try {
            unlessGood(node.run("podman", "stop", container));
            unlessGood(node.program(words).run());
            unlessGood(node.run("podman", "start", "other"));
            new Refused(stage)
                    .launch(
                            "",
                            "The nodes run different images",
                            "node1: image ID " + image.imageId(),
                            "node2: image ID sha256:" + other);
        } finally {
            unlessGood(node.run("podman", "rm", "--force", "--ignore", "other"));
            unlessGood(node.run("podman", "rmi", "--force", "localhost/other"));
            unlessGood(node.run("podman", "start", container));
        }
        unlessSaid(stage.project().maven("strixhalo:status"), "nothing was launched");
    }

    /** A program that has a port of a node until it is closed. */
    private static final class Taken implements AutoCloseable {
        private final Process process;

        Taken(Program program, Machine node, String port) throws Exception {
            process = program.start();
            for (int i = 0; i < 100; i++) {
                if (!unlessGood(node.run("ss", "-Hltn", "sport", "=", ":" + port))
                        .out()
                        .isEmpty()) return;
                Thread.sleep(100);
            }
            close();
            throw new Mismatch(node.name() + ": nobody came to listen on port " + port);
        }

        @Override
        public void close() {
            Program.endTree(process.toHandle());
        }
    }
}
