package dev.strixhalo.it.bench;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Mismatch;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/** All checks of doctor on both nodes, against Ansible that gathers its facts and runs one task of shell commands there. */
final class Examining implements Contest {
    private static final Race LOOK =
            new Race("doctor: two nodes, with Maven", "ansible facts, shell", Unit.SECONDS, Aim.atMostTimes(0.2));
    private static final Race MAVEN = new Race("doctor: what Maven takes of it", Race.ALONE, Unit.SECONDS, Aim.none());
    private static final Race PROBE =
            new Race("doctor: its longest probe, alone", Race.ALONE, Unit.SECONDS, Aim.none());
    private static final Race REST =
            new Race("doctor: without Maven and that probe", Race.ALONE, Unit.SECONDS, Aim.atMost(2));

    private static final Race SHORT_LOOK = new Race(
            "doctor, JVM for short runs: with Maven", "ansible facts, shell", Unit.SECONDS, Aim.atMostTimes(0.2));
    private static final Race SHORT_MAVEN =
            new Race("doctor, JVM for short runs: what Maven takes", Race.ALONE, Unit.SECONDS, Aim.none());
    private static final Race SHORT_REST =
            new Race("doctor, JVM for short runs: without both", Race.ALONE, Unit.SECONDS, Aim.atMost(2));

    /** The bed's nodes have no such GPU. */
    private static final String[] DOCTOR = {"strixhalo:doctor", "-Dstrixhalo.skipChecks=gpu-target"};

    private static final String VERSION = "ansible-core==2.19.14";
    private static final Duration DOWNLOAD = Duration.ofMinutes(10);
    /** What doctor asks beyond Ansible's facts, as one would write it down: no judgement, no time-outs of their own. */
    private static final String PLAYBOOK = """
            - hosts: all
              tasks:
                - shell: |
                    cat /proc/self/limits; id; podman info; rdma link; ip -j route show default
                    ip -j route get {{ peer }}; ping -n -M do -c 3 -i 0.3 -W 1 -s 8972 {{ peer }}
                    for program in podman crun ip rdma ethtool; do command -v $program; done; true
            """;

    private static final String INVENTORY = """
            node1 peer=192.168.100.2 ansible_python_interpreter=/usr/bin/python3
            node2 peer=192.168.100.1 ansible_python_interpreter=/usr/bin/python3
            """;

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public void prepare(Course course) throws Exception {
        var packages = course.places().cache().resolve("ansible").resolve(VERSION);
        if (!Files.exists(packages.resolve("ansible"))) {
            Program.of("/usr/bin/python3", "-m", "pip", "--quiet", "install", "--target=" + packages, VERSION)
                    .timeout(DOWNLOAD)
                    .run()
                    .orFail();
        }
        var operator = course.stage().operator();
        var home = operator.homeFromHere();
        Program.of("cp", "-rT", packages.toString(), home.resolve("ansible").toString())
                .run()
                .orFail();
        Files.writeString(home.resolve("play.yml"), PLAYBOOK);
        Files.writeString(home.resolve("inventory"), INVENTORY);
        Program.of("chown", "-R", "--reference=" + home, home.resolve("ansible").toString())
                .run()
                .orFail();
        course.stage().project();
        for (var node : course.nodes()) {
            node.run("loginctl", "enable-linger").orFail();
            node.run("podman", "ps").orFail();
        }
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        var doctor = course.maven("doctor-ours", DOCTOR);
        Mismatch.unlessSaid(doctor.result(), "node1", "node2", " ok ");
        var quick = course.mavenForShort("doctor-ours-short", DOCTOR);
        Mismatch.unlessSaid(quick.result(), "node1", "node2", " ok ");
        var play = course.run(
                "doctor-ansible",
                course.stage()
                        .operator()
                        .program(List.of(
                                "env",
                                "PYTHONPATH=ansible",
                                "/usr/bin/python3",
                                "-m",
                                "ansible",
                                "playbook",
                                "-i",
                                "inventory",
                                "play.yml")));
        Mismatch.unlessSaid(play.result(), "ok=2");
        scores.ours(LOOK, doctor.seconds());
        scores.rival(LOOK, play.seconds());
        double maven = course.maven("doctor-maven-alone", "validate").seconds();
        double quickMaven =
                course.mavenForShort("doctor-maven-alone-short", "validate").seconds();
        double probe = longestProbe(course);
        scores.ours(MAVEN, maven);
        scores.ours(PROBE, probe);
        scores.ours(REST, doctor.seconds() - maven - probe);
        scores.ours(SHORT_LOOK, quick.seconds());
        scores.rival(SHORT_LOOK, play.seconds());
        scores.ours(SHORT_MAVEN, quickMaven);
        scores.ours(SHORT_REST, quick.seconds() - quickMaven - probe);
    }

    /** The pings and what podman says of itself are what doctor's script waits for longest on nodes that are right. */
    private static double longestProbe(Course course) throws Exception {
        var node = course.nodes().get(0);
        double longest = 0;
        for (var probe : List.of("ping -n -M do -c 3 -i 0.3 -W 1 -s 8972 192.168.100.2", "podman info --format json")) {
            long start = System.nanoTime();
            node.run(probe.split(" ")).orFail();
            longest = Math.max(longest, (System.nanoTime() - start) / 1e9);
        }
        return longest;
    }
}
