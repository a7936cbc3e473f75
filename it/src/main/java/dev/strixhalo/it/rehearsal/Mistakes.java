package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.NodeState;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Bad input to deploy, and nodes that are not fit: one sentence with the cause, a fix, exit code 1, and nodes on which nothing
 * has changed.
 */
final class Mistakes implements Chapter {
    /** An address of the LAN that swallows whatever is sent there. */
    private static final String BLACK_HOLE = "10.77.0.99";

    @Override
    public String name() {
        return "mistakes";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    /** How something is put wrong, or right again. */
    private interface Hand {
        void lay() throws Exception;
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("what is built is deployed, and hosts that lead astray are in ~/.ssh/config", () -> {
            stage.prepareNodes();
            unlessGood(stage.project().maven("strixhalo:build-image", "strixhalo:deploy"));
            lead(stage.operator());
        });
        node2(
                stage,
                report,
                "a host name that does not resolve",
                "host=nowhere.lan",
                "nowhere.lan",
                "does not resolve");
        node2(stage, report, "a port where nobody listens", "host=refused", "refused");
        node2(stage, report, "a host that never answers: over after its time-out", "host=blackhole", "did not answer");
        node2(stage, report, "a user who does not exist there", "user=stranger", "stranger", "ssh-copy-id");
        node2(stage, report, "a key that the node does not know", "host=otherkey", "ssh-copy-id");
        node2(
                stage,
                report,
                "a host key that nobody has seen: its fingerprint, and the line that adds it",
                "host=unknown",
                "SHA256:",
                ">> /home/dev/.ssh/empty");
        node2(
                stage,
                report,
                "a host key that is not the one we know",
                "host=changed",
                "SHA256:",
                "ssh-keygen -f '/home/dev/.ssh/changed' -R");

        var node = stage.node2();
        wrong(
                stage,
                report,
                "a node without podman",
                () -> unlessGood(node.asRoot("mv", "/usr/bin/podman", "/usr/bin/podman.away")),
                () -> unlessGood(node.asRoot("mv", "/usr/bin/podman.away", "/usr/bin/podman")),
                "node2: podman is not installed",
                "apt-get install podman");
        wrong(
                stage,
                report,
                "a node whose podman is too old (a stand-in says so)",
                () -> put(
                        node,
                        "/usr/local/bin/podman",
                        "755",
                        "#!/bin/sh\n/usr/bin/podman \"$@\" | sed 's/4\\.[0-9]*\\.[0-9]*/4.2.1/g'\n"),
                () -> unlessGood(node.asRoot("rm", "/usr/local/bin/podman")),
                "node2: podman is too old: 4.2.1",
                "4.3");
        wrong(
                stage,
                report,
                "a node whose user has no subordinate IDs",
                () -> unlessGood(node.asRoot("sed", "-i.away", "/^" + node.user() + ":/d", "/etc/subuid")),
                () -> unlessGood(node.asRoot("mv", "/etc/subuid.away", "/etc/subuid")),
                "/etc/subuid",
                "usermod --add-subuids");
        wrong(
                stage,
                report,
                "a node whose fabric address is on no interface",
                () -> unlessGood(node.asRoot("ip", "address", "del", "192.168.100.2/30", "dev", "fabric0")),
                () -> unlessGood(node.asRoot("ip", "address", "add", "192.168.100.2/30", "dev", "fabric0")),
                "192.168.100.2",
                "lan0");
        wrong(
                stage,
                report,
                "a node without the GPU's device",
                () -> unlessGood(node.asRoot("mv", "/dev/kfd", "/dev/kfd.away")),
                () -> unlessGood(node.asRoot("mv", "/dev/kfd.away", "/dev/kfd")),
                "node2: /dev/kfd is not there",
                "modprobe amdgpu");
        fullDisk(stage, report);
        otherFolder(stage, report);
        report.aside(
                "records of another version are refused, and deploy before build-image says what is missing", () -> {
                    var kept = stage.project().read("target/strixhalo/image.json");
                    try {
                        stage.project()
                                .put(
                                        "target/strixhalo/image.json",
                                        kept.replaceFirst("\"schema\" : \\d+", "\"schema\" : 99"));
                        refused(stage, List.of("strixhalo:deploy"), "image.json", "99", "mvn strixhalo:build-image");
                        unlessGood(stage.operator().run("rm", "strix/target/strixhalo/image.json"));
                        refused(stage, List.of("strixhalo:deploy"), "image.json", "mvn strixhalo:build-image");
                    } finally {
                        stage.project().put("target/strixhalo/image.json", kept);
                    }
                });
        report.aside(
                "a base that the registry does not have is refused by build-image",
                () -> refused(
                        stage,
                        List.of(
                                "strixhalo:build-image",
                                "-Dstrixhalo.image.from=" + stage.registry().host() + "/nothing:1"),
                        "/nothing:1",
                        "not"));
        report.step(
                "after all that, deploy finds that nothing is to be done",
                () -> unlessSaid(unlessGood(stage.project().maven("strixhalo:deploy")), "nothing to do"));
    }

    /** Aliases of node2 that each have one thing wrong. */
    private static void lead(Machine operator) throws Exception {
        unlessGood(operator.asRoot("ip", "neigh", "replace", BLACK_HOLE, "lladdr", "02:00:00:00:00:63", "dev", "lan0"));
        unlessGood(operator.program(List.of("sh", "-euc", """
                cd ~/.ssh
                [ -e other ] || ssh-keygen -q -t ed25519 -N '' -f other
                printf 'node2.lan %s\\n' "$(cut -d' ' -f1,2 other.pub)" >changed
                : >empty
                grep -q blackhole config || cat >>config
                """))
                .stdin("""
                Host refused
                    HostName node2.lan
                    Port 2
                    User strix
                Host blackhole
                    HostName %s
                    ConnectTimeout 3
                    User strix
                Host otherkey
                    HostName node2.lan
                    User strix
                    IdentityFile ~/.ssh/other
                    IdentitiesOnly yes
                Host unknown
                    HostName node2.lan
                    User strix
                    UserKnownHostsFile ~/.ssh/empty
                Host changed
                    HostName node2.lan
                    User strix
                    UserKnownHostsFile ~/.ssh/changed
                """.formatted(BLACK_HOLE))
                .run());
    }

    private static void node2(Stage stage, Report report, String sentence, String property, String... words) {
        report.aside(
                sentence,
                () -> refused(stage, List.of("strixhalo:deploy", "-Dstrixhalo.cluster.nodes.2." + property), words));
    }

    /** Puts something on node2 wrong, deploys in vain, and puts it right again. */
    private static void wrong(Stage stage, Report report, String sentence, Hand wrong, Hand right, String... words) {
        report.aside(sentence, () -> {
            var before = NodeState.of(stage);
            wrong.lay();
            try {
                said(stage, List.of("strixhalo:deploy"), words);
            } finally {
                right.lay();
            }
            NodeState.unlessSame(before, stage);
        });
    }

    /** A download waits in a folder that has no room: seen before anything is sent. */
    private static void fullDisk(Stage stage, Report report) {
        var node = stage.node2();
        report.aside("a node whose disk is full: it is named with what is free and what is needed", () -> {
            var greeting = stage.project().read("prompts/greeting.txt");
            stage.project().put("prompts/greeting.txt", "the disk is full\n");
            unlessGood(stage.project().maven("strixhalo:build-image"));
            var before = NodeState.of(stage);
            unlessGood(node.asRoot("mount", "-t", "tmpfs", "-o", "size=4k,mode=1777", "full", "/var/tmp"));
            try {
                said(stage, List.of("strixhalo:deploy"), "node2: there is not enough room", "/var/tmp", "free");
            } finally {
                unlessGood(node.asRoot("umount", "/var/tmp"));
                stage.project().put("prompts/greeting.txt", greeting + "\n");
            }
            NodeState.unlessSame(before, stage);
            unlessGood(stage.project().maven("strixhalo:build-image"));
        });
    }

    /** The same project in a folder whose name needs quoting everywhere. */
    private static void otherFolder(Stage stage, Report report) {
        report.aside("a path with spaces and umlauts makes no difference", () -> {
            var folder = "Würfel & Kabel 'neu'";
            unlessGood(stage.operator().run("cp", "-rT", "strix", folder));
            unlessGood(stage.operator().run("rm", "-r", folder + "/target"));
            try {
                var argv =
                        new ArrayList<>(List.of("mvn", "-B", "-ntp", "-Dstyle.color=never", "-f", folder + "/pom.xml"));
                argv.addAll(List.of("strixhalo:build-image", "strixhalo:deploy"));
                var said = stage.operator()
                        .program(argv)
                        .timeout(java.time.Duration.ofMinutes(3))
                        .run();
                unlessSaid(unlessGood(said), "nothing to do");
            } finally {
                unlessGood(stage.operator().run("rm", "-r", folder));
            }
        });
    }

    private static void refused(Stage stage, List<String> goals, String... words) throws Exception {
        var before = NodeState.of(stage);
        said(stage, goals, words);
        NodeState.unlessSame(before, stage);
    }

    private static void said(Stage stage, List<String> goals, String... words) throws Exception {
        var said = stage.project().maven(goals.toArray(String[]::new));
        if (said.exitCode() != 1) throw Mismatch.of("exit code " + said.exitCode() + ", wanted 1", said);
        for (var word : words) unlessSaid(said, word);
        unlessSaid(said, "fix");
        unless(!Mismatch.said(said).contains("Exception in"), "a stack trace:\n" + Mismatch.said(said));
    }

    private static void put(Machine node, String path, String mode, String text) throws Exception {
        unlessGood(node.rootProgram(List.of("sh", "-euc", "cat >\"$1\"; chmod \"$2\" \"$1\"", "sh", path, mode))
                .stdin(text)
                .run());
    }
}
