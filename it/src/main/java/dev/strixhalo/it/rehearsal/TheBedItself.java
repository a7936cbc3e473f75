package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.List;

/** Nothing of the product: is the ground firm that the other chapters stand on? */
final class TheBedItself implements Chapter {
    @Override
    public String name() {
        return "bed";
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("the operator reaches both nodes by SSH as their plain user, with strict host keys", () -> {
            for (var node : stage.bed().nodes()) {
                var who =
                        unlessGood(stage.operator().run("ssh", "-o", "BatchMode=yes", node.name(), "id -un; hostname"));
                unless(who.out().equals(List.of(node.user(), node.name())), "there we are " + who.out());
            }
        });
        report.step("a full packet of 9000 bytes passes the fabric, and nothing else carries fabric addresses", () -> {
            unlessGood(stage.node1().run("ping", "-c1", "-W2", "-M", "do", "-s", "8972", "192.168.100.2"));
            unless(
                    !stage.operator().run("ping", "-c1", "-W1", "192.168.100.2").succeeded(),
                    "the operator reaches the fabric");
        });
        report.step("no machine of the bed has a way out", () -> {
            for (var machine : stage.bed().machines()) {
                var routes = unlessGood(machine.run("ip", "route", "show", "default"));
                unless(routes.out().isEmpty(), machine.name() + " has a default route: " + routes.text());
            }
        });
        report.step("podman is rootless on both nodes, with overlay and crun", () -> {
            for (var node : stage.bed().nodes()) {
                var info = unlessGood(node.run(
                        "podman",
                        "info",
                        "--format",
                        "{{.Host.Security.Rootless}} {{.Store.GraphDriverName}} {{.Host.OCIRuntime.Name}}"));
                unless(info.text().equals("true overlay crun"), node.name() + ": " + info.text());
            }
        });
        report.step("the nodes see neither each other's processes nor this machine's", () -> {
            for (var node : stage.bed().nodes()) {
                var processes = unlessGood(node.run("ps", "-e", "-o", "comm="));
                unless(
                        processes.out().stream().noneMatch(line -> line.contains("java") || line.contains("janitor")),
                        node.name() + " sees " + processes.out());
            }
        });
    }
}
