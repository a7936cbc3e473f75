package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.UpstreamRegistry.Access;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.List;
import java.util.Set;

/** A user with a registry of their own that asks for a login: the image is pushed there, and the nodes pull it from there. */
final class Publishing implements Chapter {
    private static final int WHO_ARE_YOU = 401;

    @Override
    public String name() {
        return "registry";
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
        report.step("build-image with <registry> logs in and pushes the image there, base and all", () -> {
            stage.project().put("prompts/greeting.txt", "published\n");
            unlessGood(stage.project().mavenForLong(words(stage, "strixhalo:build-image")));
            var asked = stage.team().accesses();
            unless(asked.stream().anyMatch(access -> access.status() == WHO_ARE_YOU), "nobody was asked for a login");
            var image = ImageRecord.of(stage.project());
            for (var layer : stage.artefacts().base().layers()) {
                unless(
                        asked.stream()
                                .anyMatch(access -> access.method().equals("PUT")
                                        && access.path().contains(layer.digest().substring("sha256:".length()))),
                        layer.digest() + " of the base was not pushed; image " + image);
            }
        });
        report.step("a second build pushes nothing", () -> {
            int before = stage.team().accesses().size();
            unlessSaid(unlessGood(stage.project().maven(words(stage, "strixhalo:build-image"))), "unchanged");
            var sent = since(stage, before).stream()
                    .filter(access -> access.path().contains("/blobs/"))
                    .filter(access -> Set.of("POST", "PATCH", "PUT").contains(access.method()))
                    .toList();
            unless(sent.isEmpty(), "it pushed: " + sent);
        });
        report.step("deploy: each node logs in there and pulls what it lacks, and the login does not stay", () -> {
            int before = stage.team().accesses().size();
            unlessGood(stage.project().maven(words(stage, "strixhalo:deploy")));
            var asked = since(stage, before);
            var base = stage.artefacts().base().layers();
            for (var node : stage.bed().nodes()) {
                var read = asked.stream()
                        .filter(access -> access.readBlob() && access.client().equals(node.lanAddress()))
                        .toList();
                unless(!read.isEmpty(), node.name() + " pulled nothing from there");
                for (var layer : base) {
                    unless(
                            read.stream().noneMatch(access -> access.path().endsWith(layer.digest())),
                            node.name() + " pulled the base again");
                }
                var files =
                        "ls ~/.config/containers/auth.json \"$XDG_RUNTIME_DIR/containers/auth.json\" 2>/dev/null; true";
                var left = unlessGood(node.run("sh", "-c", files));
                unless(left.out().isEmpty(), node.name() + " keeps a login: " + left.text());
            }
        });
    }

    private static List<Access> since(Stage stage, int before) throws Exception {
        var asked = stage.team().accesses();
        return asked.subList(before, asked.size());
    }

    private static String[] words(Stage stage, String goal) throws Exception {
        return new String[] {
            goal,
            "-Dstrixhalo.image.registry=" + stage.team().host() + "/team/vllm:rehearsal",
            "-Dstrixhalo.image.registryServer=team"
        };
    }
}
