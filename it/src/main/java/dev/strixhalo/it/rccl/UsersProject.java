package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.SharedDisk;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.RunningMaven;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A Maven project with build-rccl in it, in the home folder of a computer's plain user, and Maven there without a network. */
final class UsersProject {
    /** Where that computer sees this machine's local repository and our own artefacts. */
    static final String MACHINE_REPOSITORY = "/srv/maven";

    static final String OUR_REPOSITORY = "/srv/strixhalo";

    private static final Duration GOAL = Duration.ofMinutes(20);
    private static final String INSTALL_PLUGIN = "org/apache/maven/plugins/maven-install-plugin";

    private final SharedDisk computer;
    private final String name;
    private final String install;

    private UsersProject(SharedDisk computer, String name, String install) {
        this.computer = computer;
        this.name = name;
        this.install = install;
    }

    /**
     * Makes a new one; an old one of the name goes.
     *
     * @param maven this machine's local repository
     */
    static UsersProject make(SharedDisk computer, String name, Path maven)
            throws IOException, StrixhaloException, Mismatch {
        var project = new UsersProject(computer, name, installPlugin(maven));
        Program.of("rm", "-rf", project.at("").toString()).run().orFail();
        Files.createDirectories(project.at(""));
        Files.createDirectories(computer.homeFromHere().resolve(".m2"));
        Files.writeString(computer.homeFromHere().resolve(".m2/settings.xml"), resource("settings.xml"));
        project.give(computer.homeFromHere().resolve(".m2"));
        project.put(".mvn/jvm.config", "-Xmx512m\n");
        return project;
    }

    /** The version that this machine has; what is here by accident of Maven's own defaults would not do on another one. */
    private static String installPlugin(Path maven) throws IOException, Mismatch {
        try (var versions = Files.list(maven.resolve(INSTALL_PLUGIN))) {
            return versions.map(folder -> folder.getFileName().toString())
                    .filter(version -> Files.exists(maven.resolve(
                            "%s/%s/maven-install-plugin-%s.jar".formatted(INSTALL_PLUGIN, version, version))))
                    .findFirst()
                    .orElseThrow(() -> new Mismatch("this machine's repository has no maven-install-plugin"));
        }
    }

    /** Writes the pom around what stands in {@code <rccl>}. */
    UsersProject rccl(String xml) throws IOException, StrixhaloException {
        return put(
                "pom.xml",
                resource("pom.xml")
                        .replace("@name@", name.replace(' ', '-'))
                        .replace("@install@", install)
                        .replace("@rccl@", xml.strip()));
    }

    /** Writes a file. */
    UsersProject put(String path, String text) throws IOException, StrixhaloException {
        Files.createDirectories(at(path).resolveSibling("."));
        Files.writeString(at(path), text);
        give(at(""));
        return this;
    }

    /** Copies a file or a folder of this machine. */
    UsersProject put(String path, Path from) throws IOException, StrixhaloException {
        Files.createDirectories(at(path).resolveSibling("."));
        Program.of("cp", "-rT", from.toString(), at(path).toString()).run().orFail();
        give(at(""));
        return this;
    }

    /** Copies a folder of this machine into the user's home. */
    UsersProject home(String path, Path from) throws StrixhaloException, IOException {
        var to = computer.homeFromHere().resolve(path);
        Files.createDirectories(to);
        Program.of("cp", "-rT", from.toString(), to.toString()).run().orFail();
        give(to);
        return this;
    }

    /** Writes one of our patches. */
    UsersProject patch(String file) throws IOException, StrixhaloException {
        return put(file, resource(file));
    }

    private void give(Path path) throws StrixhaloException {
        Program.of("chown", "-R", "--reference=" + computer.homeFromHere(), path.toString())
                .run()
                .orFail();
    }

    /** Runs goals as a user types them. */
    Program.Result maven(String... words) throws StrixhaloException {
        return program(words).run();
    }

    /** The same, and goes on while they run. */
    RunningMaven start(String... words) {
        return new RunningMaven(computer, program(words));
    }

    /** Maven in it, as a user calls it. */
    Program program(String... words) {
        var argv = new ArrayList<>(List.of("mvn", "-B", "-ntp", "-Dstyle.color=never", "-f", folder() + "/pom.xml"));
        argv.addAll(List.of(words));
        return computer.program(argv).timeout(GOAL);
    }

    /** Everything that the goal has kept on this computer goes: its cache, and what it left in this project. */
    void forget() throws StrixhaloException {
        var cache = computer.homeFromHere().resolve(".cache/strixhalo");
        Program.of("rm", "-rf", cache.toString(), at("target").toString()).run().orFail();
    }

    SharedDisk computer() {
        return computer;
    }

    /** The folder of the pom, as seen on its computer. */
    String folder() {
        return computer.home() + "/" + name;
    }

    /** A file of the project, as seen from this machine. */
    Path at(String path) {
        return computer.homeFromHere().resolve(name).resolve(path);
    }

    /** The library that the goal left, as seen from this machine. */
    Path library() {
        return at("target/strixhalo/rccl/lib/librccl.so.1.0");
    }

    /** Its sha256. */
    String sha256() throws IOException {
        return Digests.sha256(library());
    }

    private static String resource(String file) throws IOException {
        try (InputStream in = Objects.requireNonNull(UsersProject.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
