package dev.strixhalo.it.stage;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A user's Maven project on the operator's machine, and Maven there: without a network, from two folders. */
public final class Project {
    /** Where the bed shares this machine's local repository and our own artefacts with the operator's machine. */
    static final String MACHINE_REPOSITORY = "/srv/maven";

    static final String OUR_REPOSITORY = "/srv/strixhalo";

    private static final Duration GOAL = Duration.ofMinutes(15);

    private final Machine operator;
    private final Jvm jvm;
    private final String folder;

    /** How the user lets Maven's JVM run. */
    public enum Jvm {
        /** As it comes: for whoever measures. */
        PLAIN("-Xmx512m"),
        /** Without the compiler for long runs, which takes half of the processors' time in one of seconds and saves none of it. */
        FOR_SHORT_RUNS("-Xmx512m -XX:TieredStopAtLevel=1");

        private final String options;

        Jvm(String options) {
            this.options = options;
        }
    }

    public Project(Machine operator, Jvm jvm) {
        this.operator = operator;
        this.jvm = jvm;
        this.folder = operator.home() + "/strix";
    }

    /**
     * Writes settings.xml and the pom.
     *
     * @param words what stands in settings.xml, by its place there
     */
    public void write(String pom, Map<String, Word> words) throws StrixhaloException {
        var settings = resource("settings.xml");
        for (var word : words.entrySet())
            settings =
                    settings.replace("@" + word.getKey() + "@", word.getValue().value());
        put(operator.home() + "/.m2/settings.xml", settings);
        put(folder + "/pom.xml", pom);
        put(folder + "/.mvn/jvm.config", jvm.options + "\n");
    }

    /** What a user writes who deploys an image on this base and serves a model; a layer of the user's own belongs to it. */
    static String pom(String base) {
        return resource("pom.xml").replace("@base@", base);
    }

    /** Lets Maven's JVM trust the authorities of registries, which only the bed knows. */
    public void trust(UpstreamRegistry registry, UpstreamRegistry... others) throws StrixhaloException {
        put(folder + "/trust.p12", registry.trustStore(others));
        put(
                folder + "/.mvn/jvm.config",
                "%s -Djavax.net.ssl.trustStore=%s/trust.p12 -Djavax.net.ssl.trustStorePassword=changeit\n"
                        .formatted(jvm.options, folder));
    }

    /** Runs goals as a user types them; batch mode, so that what is said can be read. */
    public Program.Result maven(String... words) throws StrixhaloException {
        return goals(List.of(), List.of(words)).run();
    }

    /** The same, where Maven itself moves gigabytes: TLS and digests take several times as long without the compiler for long runs. */
    public Program.Result mavenForLong(String... words) throws StrixhaloException {
        return goals(List.of("MAVEN_OPTS=-XX:TieredStopAtLevel=4"), List.of(words))
                .run();
    }

    /** The same, and goes on while they run. */
    public RunningMaven start(String... words) {
        return new RunningMaven(operator, goals(List.of(), List.of(words)));
    }

    /**
     * Goals as a user types them, still to be run.
     *
     * @param environment as {@code NAME=value}
     */
    public Program goals(List<String> environment, List<String> words) {
        var argv = new ArrayList<String>();
        if (!environment.isEmpty()) argv.add("env");
        argv.addAll(environment);
        argv.addAll(List.of("mvn", "-B", "-ntp", "-Dstyle.color=never", "-f", folder + "/pom.xml"));
        argv.addAll(words);
        return operator.program(argv).timeout(GOAL);
    }

    /** The folder of the pom, as seen on the operator's machine. */
    public String folder() {
        return folder;
    }

    /**
     * Goals behind a shell of the user's, for pipes and closed streams.
     *
     * @param script in which {@code "$@"} is the call of Maven
     */
    public Program through(String script, String... words) {
        var argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        argv.addAll(List.of("mvn", "-B", "-ntp", "-Dstyle.color=never", "-f", folder + "/pom.xml"));
        argv.addAll(List.of(words));
        return operator.program(argv).timeout(GOAL);
    }

    /** Reads a file of the operator's machine. */
    public String read(String path) throws StrixhaloException {
        return operator.run("cat", path.startsWith("/") ? path : folder + "/" + path)
                .orFail()
                .text();
    }

    /** Writes a file of the project, owned by the user. */
    public void put(String path, String text) throws StrixhaloException {
        var at = path.startsWith("/") ? path : folder + "/" + path;
        operator.program(List.of("sh", "-c", "mkdir -p \"$(dirname \"$1\")\" && cat >\"$1\"", "sh", at))
                .stdin(text)
                .run()
                .orFail();
    }

    /** Copies a file of this machine into the project. */
    public void put(String path, Path file) throws StrixhaloException {
        var at = path.startsWith("/") ? path : folder + "/" + path;
        try (var in = Files.newInputStream(file)) {
            var encoded = java.util.Base64.getEncoder().encodeToString(in.readAllBytes());
            operator.program(List.of("sh", "-c", "mkdir -p \"$(dirname \"$1\")\" && base64 -d >\"$1\"", "sh", at))
                    .stdin(encoded)
                    .run()
                    .orFail();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }

    private static String resource(String name) {
        try (var in = Project.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("no resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("resource " + name, e);
        }
    }
}
