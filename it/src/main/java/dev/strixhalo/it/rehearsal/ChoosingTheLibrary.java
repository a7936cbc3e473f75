package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.SmallRccl;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.NodeState;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which librccl the image gets: the base's own has no code for gfx1151, so ours is laid over both copies, and the gate asks a
 * process with torch on each node which one it maps.
 */
final class ChoosingTheLibrary implements Chapter {
    /** A process with torch, asked which files of RCCL it maps and what they answer. */
    private static final String MAPPED = """
            import ctypes, hashlib, re, torch
            maps = open('/proc/self/maps').read()
            for path in sorted(set(re.findall(r'/\\S*librccl[.]so\\S*', maps))):
                version = ctypes.c_int()
                ctypes.CDLL(path).ncclGetVersion(ctypes.byref(version))
                print(path, hashlib.sha256(open(path, 'rb').read()).hexdigest(), version.value)
            """;

    private static final String[] OVER_ROCE = {"-Dstrixhalo.cluster.link=roce", "-Dstrixhalo.deploy.memlock=8m"};

    @Override
    public String name() {
        return "librccl";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("inspect-rccl: the base's own has code for gfx1100 only, ours for gfx1151", () -> {
            var rccl = stage.artefacts().rccl();
            stage.project().put("lib/stock.so", rccl.stock().library());
            stage.project().put("lib/patched.so", rccl.patched().library());
            stage.project().put("lib/lacking.so", rccl.lacking().library());
            var stock = stage.project().maven("strixhalo:inspect-rccl", "-Dstrixhalo.file=lib/stock.so");
            failed(stock, "gfx1151", "gfx1100");
            unlessSaid(
                    unlessGood(stage.project().maven("strixhalo:inspect-rccl", "-Dstrixhalo.file=lib/patched.so")),
                    "gfx1151");
        });
        report.step("build-image with auto: the base's own would not do, and it says what to run", () -> {
            // On a bed that was kept both are there from the last time.
            unlessGood(stage.project().maven("strixhalo:build-image", "strixhalo:deploy"));
            stage.operator()
                    .run("rm", "-rf", stage.project().folder() + "/target/strixhalo/rccl")
                    .orFail();
            var result = stage.project().maven("strixhalo:build-image", "-Dstrixhalo.image.rccl=auto");
            failed(result, "The base's own librccl would not do", "strixhalo:build-rccl");
        });
        report.step("build-rccl judges a finished library and puts it into an archive", () -> {
            unlessSaid(unlessGood(build(stage, "patched")), "judged", "attached");
            var json = stage.project().read("target/strixhalo/rccl/rccl.json");
            var record = new ObjectMapper().readTree(json);
            unless(record.path("sha256").asText().equals(sha256(stage)), json);
            unless(record.path("targets").toString().equals("[\"gfx1151\"]"), json);
        });
        report.step("build-image with auto lays ours over both copies; nothing of the base is read again", () -> {
            int asked = stage.registry().accesses().size();
            var result = unlessGood(stage.project().maven("strixhalo:build-image", "-Dstrixhalo.image.rccl=auto"));
            unlessSaid(
                    result,
                    "patched: over " + SmallRccl.BEHIND_LINKS + " and " + SmallRccl.OF_TORCH,
                    "librccl            2 files");
            var blobs = stage.registry().accesses().stream()
                    .skip(asked)
                    .filter(access -> access.readBlob())
                    .toList();
            unless(blobs.isEmpty(), "it read blobs of the base: " + blobs);
            var facts = new ObjectMapper()
                    .readTree(stage.project().read("target/strixhalo/image.json"))
                    .path("facts");
            unless(facts.path("rccl.sha256").asText().equals(sha256(stage)), facts.toString());
            unless(facts.path("rccl.replaced").asText().contains(SmallRccl.OF_TORCH.toString()), facts.toString());
        });
        report.step(
                "what torch lacks is found before the image: a library without %s is refused"
                        .formatted(SmallRccl.LACKING),
                () -> {
                    var before = ImageRecord.of(stage.project());
                    unlessGood(build(stage, "lacking"));
                    var result = stage.project().maven("strixhalo:build-image", "-Dstrixhalo.image.rccl=patched");
                    failed(result, SmallRccl.LACKING, "could not load it");
                    unless(ImageRecord.of(stage.project()).equals(before), "the image is another one");
                    unlessGood(build(stage, "patched"));
                });
        report.step("the gate refuses a library that lacks a symbol, on both nodes, and nothing is switched", () -> {
            for (var node : stage.bed().nodes())
                give(node, "lacking.so", stage.artefacts().rccl().lacking().library());
            var state = NodeState.of(stage).containers();
            var result = stage.project().maven("strixhalo:deploy", "-Dstrixhalo.deploy.volumes=" + over("lacking.so"));
            failed(result, "undefined symbol: " + SmallRccl.LACKING, "node1:", "node2:", "nothing was switched");
            NodeState.unlessSame(state, NodeState.of(stage).containers());
        });
        report.step("over RoCE the gate refuses another library than the image was given", () -> {
            for (var node : stage.bed().nodes())
                give(node, "stock.so", stage.artefacts().rccl().stock().library());
            var state = NodeState.of(stage).containers();
            var words = new ArrayList<>(List.of("strixhalo:deploy"));
            words.addAll(List.of(OVER_ROCE));
            words.add("-Dstrixhalo.deploy.volumes=" + over("stock.so"));
            var result = stage.project().maven(words.toArray(String[]::new));
            failed(result, "torch maps another librccl there than the one that the image was given");
            NodeState.unlessSame(state, NodeState.of(stage).containers());
        });
        report.step("deploy: the gate proves on both nodes that torch maps ours", () -> {
            var said = unlessGood(stage.project().maven("strixhalo:deploy"));
            unlessSaid(
                    said,
                    "librccl node1, node2 patched " + sha256(stage).substring(0, 12)
                            + ", mapped by torch, reaches gfx1151");
            for (var node : stage.bed().nodes()) {
                unless(
                        mapped(stage, node).equals("%s %s 21304".formatted(SmallRccl.OF_TORCH, sha256(stage))),
                        node.name() + ": " + mapped(stage, node));
            }
        });
        report.step("links of the base lead to ours; the base's own stay in its layers", () -> {
            for (var node : stage.bed().nodes()) {
                var inside = node.run(
                                "podman",
                                "exec",
                                Deploying.container(ImageRecord.of(stage.project())),
                                "sh",
                                "-c",
                                "sha256sum </opt/rocm/lib/librccl.so; readlink /opt/rocm/lib/librccl.so; readlink"
                                        + " /opt/rocm/lib/librccl.so.1")
                        .orFail();
                unless(
                        inside.text().equals(sha256(stage) + "  -\nlibrccl.so.1\nlibrccl.so.1.0"),
                        node.name() + ": " + inside.text());
            }
        });
        report.step("stock brings the base's own back, and over RoCE the gate refuses that, with the way out", () -> {
            unlessGood(stage.project().maven("strixhalo:build-image"));
            var state = NodeState.of(stage).containers();
            var result = stage.project().maven("strixhalo:deploy", OVER_ROCE[0], OVER_ROCE[1]);
            failed(result, "has no code for gfx1151", "gfx1100", "<image><rccl>auto</rccl></image>");
            NodeState.unlessSame(state, NodeState.of(stage).containers());
            unlessSaid(unlessGood(stage.project().maven("strixhalo:deploy")), "Over tcp that does no harm");
            var own = Digests.sha256(stage.artefacts().rccl().stock().library());
            for (var node : stage.bed().nodes()) unless(mapped(stage, node).contains(own), mapped(stage, node));
        });
    }

    /** Builds the image with a library that passes the gate over RoCE, whichever it had before. */
    static void ours(Stage stage) throws Exception {
        stage.project().put("lib/patched.so", stage.artefacts().rccl().patched().library());
        unlessGood(build(stage, "patched"));
        unlessGood(stage.project().maven("strixhalo:build-image", "-Dstrixhalo.image.rccl=auto"));
    }

    private static Program.Result build(Stage stage, String which) throws StrixhaloException {
        return stage.project().maven("strixhalo:build-rccl", "-Dstrixhalo.rccl.file=lib/" + which + ".so");
    }

    private static String sha256(Stage stage) throws Exception {
        return Digests.sha256(stage.artefacts().rccl().patched().library());
    }

    private static String mapped(Stage stage, Machine node) throws Exception {
        var container = Deploying.container(ImageRecord.of(stage.project()));
        return unlessGood(node.run("podman", "exec", container, "python3", "-c", MAPPED))
                .text();
    }

    private static String over(String file) {
        return "~/models:/models:ro,~/%s:%s:ro".formatted(file, SmallRccl.OF_TORCH);
    }

    private static void give(Machine node, String name, Path library) throws StrixhaloException {
        Program.of("cp", library.toString(), node.homeFromHere().resolve(name).toString())
                .run()
                .orFail();
        node.asRoot("chmod", "644", node.home() + "/" + name).orFail();
    }

    private static void failed(Program.Result result, String... said) throws Mismatch {
        if (result.exitCode() != 1) throw Mismatch.of("exit code " + result.exitCode() + " and not 1", result);
        unlessSaid(result, said);
        if (Mismatch.said(result).contains("This is a bug")) throw Mismatch.of("it failed by a bug", result);
    }
}
