package dev.strixhalo.it.invoker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user types, and what they see; every folder has blanks and umlauts in its name. */
@Timeout(300)
class GoalsIT {
    private static final String INIT = "dev.strixhalo:strixhalo-maven-plugin:%s:init";

    /** Two nodes at a name that no resolver knows (RFC 6761), so that a run that goes on fails there at the latest. */
    private static final String CLUSTER = """
            <cluster><link>tcp</link><nodes>
              <node><host>one.invalid</host><fabricAddress>192.168.100.1/30</fabricAddress></node>
              <node><host>two.invalid</host><fabricAddress>192.168.100.2/30</fabricAddress></node>
            </nodes></cluster>""";

    private static StagedPlugin plugin;
    private static Path all;

    private Path folder;

    @BeforeAll
    static void stage() throws IOException {
        all = Path.of(StagedPlugin.property("basedir"), "target", "invoker");
        plugin = StagedPlugin.in(all);
    }

    @BeforeEach
    void folder(TestInfo test) throws IOException {
        folder = Files.createTempDirectory(
                all, "Zwei Knöpfe " + test.getTestMethod().orElseThrow().getName() + " ");
    }

    @Test
    void initWritesAPomThatOnlyWantsHostsAndNeverOverwritesOne() throws Exception {
        var first = mvn(INIT.formatted(plugin.version()));

        assertThat(first.exitCode()).as(first.text()).isZero();
        assertThat(first.lines("[INFO]")).contains(" wrote   " + folder.resolve("pom.xml"));
        var written = Files.readString(folder.resolve("pom.xml"));
        assertThat(written)
                .contains("<version>" + plugin.version() + "</version>")
                .containsOnlyOnce("strix1.example");

        var second = mvn(INIT.formatted(plugin.version()));

        assertFails(second, "There is a pom.xml already; it is not overwritten.");
        assertThat(folder.resolve("pom.xml")).hasContent(written);

        var deployed = mvn("strixhalo:deploy");

        assertFails(deployed, "There is no image.json yet: strixhalo:build-image has not run here.");
        assertThat(deployed.errors()).contains("   fix     mvn strixhalo:build-image");

        plainDeployOf(written);
    }

    /** The build-image that the pom binds runs in package; then Maven's own install and deploy must pass without a repository. */
    private void plainDeployOf(String pom) throws Exception {
        // Else each Maven takes its own version of these two, which the machine's local repository need not have.
        var pinned = pom.replaceFirst("<build>", """
                <build>
                    <pluginManagement><plugins>
                      <plugin><artifactId>maven-install-plugin</artifactId><version>%s</version></plugin>
                      <plugin><artifactId>maven-deploy-plugin</artifactId><version>%s</version></plugin>
                    </plugins></pluginManagement>""".formatted(
                        StagedPlugin.property("it.install.version"), StagedPlugin.property("it.deploy.version")));
        Files.writeString(folder.resolve("pom.xml"), pinned);
        TinyBase.write(folder.resolve("tiny.tar"));

        var run = mvn(
                "deploy",
                "-Dstrixhalo.image.from=docker-archive:tiny.tar",
                "-Dstrixhalo.cache=" + folder.resolve("cache"));

        assertThat(run.exitCode()).as(run.text()).isZero();
        assertThat(run.text()).contains("built", "Skipping artifact deployment");
        assertThat(folder.resolve("target/strixhalo/image.json")).exists();
        assertThat(folder.resolve("cache/store")).isDirectory();
        assertThat(run.lines("[INFO]")).anyMatch(line -> line.matches(" store   .* in .*/cache/store"));

        Files.writeString(
                folder.resolve("pom.xml"),
                pinned.replace("strix1.example", "one.invalid").replace("strix2.example", "two.invalid"));
        var toNodes = mvn("strixhalo:deploy", "-Dstrixhalo.cache=" + folder.resolve("cache"));

        assertThat(toNodes.exitCode()).isEqualTo(1);
        assertThat(String.join("\n", toNodes.errors())).contains("node1: ", "one.invalid", "node2: ", "two.invalid");
    }

    @Test
    void theCommandLineWinsOverThePomAndThePomOverTheDefault() throws Exception {
        pom(CLUSTER + "<lines>-5</lines>");
        assertFails(mvn("strixhalo:logs"), "<lines> is -5.");
        assertFails(mvn("strixhalo:logs", "-Dstrixhalo.lines=-7"), "<lines> is -7.");

        pom(CLUSTER);
        // The default is fit, so the run goes on to the nodes; one of their names comes from the command line.
        var run = mvn("strixhalo:logs", "-Dstrixhalo.cluster.nodes.2.host=drei.invalid");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(String.join("\n", run.errors()))
                .contains("node1: ", "one.invalid", "node2: ", "drei.invalid")
                .doesNotContain("two.invalid");
    }

    @Test
    void elementsThatNobodyReadsAreNamedWherever() throws Exception {
        pom(
                CLUSTER.replaceFirst("<host>", "<hots>a</hots><host>") + "<serve><modle>m</modle></serve><imagee/>",
                "<exception/>");

        var run = mvn("strixhalo:status");

        assertFails(run, "<hots> is no element that this plugin knows.");
        assertThat(run.errors())
                .contains(
                        "   found   at configuration/cluster/nodes/node[1]/hots",
                        " <modle> is no element that this plugin knows.",
                        "   found   at configuration/serve/modle",
                        " <imagee> is no element that this plugin knows.",
                        " <exception> is no element that this plugin knows.",
                        "   found   at execution[bound]/configuration/exception",
                        "   Nothing was done.");
        assertThat(run.errors()).anyMatch(line -> line.startsWith("   fix     did you mean <host>?"));
        assertThat(run.errors()).anyMatch(line -> line.startsWith("   fix     did you mean <model>?"));
        assertThat(run.errors()).anyMatch(line -> line.startsWith("   fix     did you mean <image>?"));
    }

    @Test
    void propertiesThatNobodyReadsOrThatAreNoneOfTheirKindAreNamed() throws Exception {
        pom(CLUSTER);

        var run = mvn(
                "strixhalo:logs", "-Dstrixhalo.cluster.lnik=tcp", "-Dstrixhalo.follow=yes", "-Dstrixhalo.lines=many");

        assertFails(run, "<follow> is 'yes'; it must be true or false.");
        assertThat(run.errors())
                .contains(
                        "   found   by -Dstrixhalo.follow",
                        " <lines> is 'many'; it must be a whole number such as 8.",
                        " -Dstrixhalo.cluster.lnik is no property that this plugin knows.");
    }

    @Test
    void withoutAClusterItIsSaidHowToWriteOneEvenWhenNothingCanBeReadFromStandardInput() throws Exception {
        pom("");

        var run = MavenRun.through(plugin, folder, "exec \"$@\" 2>&1 <&-", "strixhalo:status");

        assertFails(run, "There is no <cluster>: which machines are meant is not said.");
    }

    @Test
    void aSecondBuildChangesNothingAndTheStoreIsPrunedOnDemand() throws Exception {
        pom(CLUSTER);
        TinyBase.write(folder.resolve("tiny.tar"));
        var base = "-Dstrixhalo.image.from=docker-archive:tiny.tar";
        var cache = "-Dstrixhalo.cache=" + folder.resolve("cache");
        assertThat(mvn("strixhalo:build-image", base, cache).exitCode()).isZero();

        var second = mvn("strixhalo:build-image", base, cache);
        // Files' times may be two seconds coarse; what was used within them may still be in use.
        Thread.sleep(3000);
        var other =
                mvn("strixhalo:build-image", base, cache, "-Dstrixhalo.image.name=team/other", "-Dstrixhalo.prune=all");

        assertThat(second.text()).contains("cached", "unchanged image ID");
        // What is not this image goes; what the two have in common stays.
        assertThat(other.text()).containsPattern("store +1 image, \\d+ blobs?, .* freed; .* stay");
    }

    @ParameterizedTest
    @CsvSource({
        "-Dstrixhalo.cluster.nodes.2.host=, node2: it has no <host>.",
        "-Dstrixhalo.cluster.nodes.2.fabricAddress=192.168.100.1/30, node1 and node2 have the same <fabricAddress> 192.168.100.1/30.",
        "-Dstrixhalo.cluster.nodes.2.fabricAddress=192.168.101.2/30, 'node1 (192.168.100.1/30, network 192.168.100.0/30) and node2 (192.168.101.2/30, network 192.168.101.0/30) are in different networks.'",
    })
    void aClusterThatCannotBeIsRefused(String property, String sentence) throws Exception {
        pom(CLUSTER);

        assertFails(mvn("strixhalo:status", property), sentence);
    }

    @Test
    void inspectRcclSaysWhatIsInsideAnyFileAndFailsUnlessItWouldDo() throws Exception {
        pom("");
        var library = Path.of(System.getProperty("java.home"), "lib", "libjava.so");

        var other = mvn("strixhalo:inspect-rccl", "-Dstrixhalo.file=" + library);

        assertFails(other, "The library is not librccl.so.1: nothing that is linked against RCCL would find it.");
        assertThat(other.text()).contains("soname    libjava.so", "gpu code  none", "verdict   would not do");
        var none = mvn("strixhalo:inspect-rccl", "-Dstrixhalo.file=pom.xml");
        assertFails(none, "The library is damaged, or no library at all.");
        assertFails(mvn("strixhalo:inspect-rccl"), "Which library to look into is not said.");
        assertFails(mvn("strixhalo:inspect-rccl", "-Dstrixhalo.file=nowhere.so"), "The library cannot be read.");
    }

    @Test
    void buildRcclNamesWhatIsMissingBeforeAnythingIsCompiled() throws Exception {
        pom(
                "<rccl><source><folder>sources</folder></source><toolchain><kind>local</kind><rocm>/nowhere</rocm></toolchain></rccl>");
        var cache = "-Dstrixhalo.cache=" + folder.resolve("cache");
        var sources =
                Path.of(StagedPlugin.property("basedir"), "src/main/resources/dev/strixhalo/it/bed/image/small-rccl");
        Folders.copy(sources, folder.resolve("sources"), path -> false);

        var unpatched = mvn("strixhalo:build-rccl", cache);
        assertThat(unpatched.exitCode()).as(unpatched.text()).isOne();
        assertThat(unpatched.errors())
                .anyMatch(line -> line.contains("The sources do not know gfx1151 in src/include/devcomm.h"));

        var patched = mvn("strixhalo:build-rccl", cache, "-Dstrixhalo.rccl.patches=sources/gfx1151.patch");
        assertThat(patched.errors()).anyMatch(line -> line.contains("The toolchain lacks a HIP compiler (hipcc)."));
        assertThat(patched.text()).contains("gfx1151.patch  applied", "NCCL 2.13.4 knows gfx1151");
        assertThat(folder.resolve("target/strixhalo/rccl")).doesNotExist();
    }

    @Test
    void buildRcclTakesOnlyWhatIsThereAndWouldDo() throws Exception {
        pom("");
        var nowhere = mvn("strixhalo:build-rccl", "-Dstrixhalo.rccl.artifact=org.example:rccl:1");
        assertFails(nowhere, "The artifact with the library is not to be had.");
        var library = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        assertFails(
                mvn("strixhalo:build-rccl", "-Dstrixhalo.rccl.file=" + library),
                "The library is not librccl.so.1: nothing that is linked against RCCL would find it.");
        assertFails(
                mvn(
                        "strixhalo:build-rccl",
                        "-Dstrixhalo.rccl.toolchain.kind=container",
                        "-Dstrixhalo.cache=" + folder.resolve("cache")),
                "In which image RCCL is compiled is not said.");
    }

    @Test
    void theStackTraceOfAMistakeIsShownOnDemand() throws Exception {
        pom("");

        var run = mvn("-e", "strixhalo:status");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.text()).contains("Caused by: dev.strixhalo.base.StrixhaloException: There is no <cluster>");
    }

    @Test
    void helpExplainsEveryGoalAndElement() throws Exception {
        pom(CLUSTER);

        var run = mvn("strixhalo:help", "-Ddetail");

        assertThat(run.exitCode()).isZero();
        assertThat(run.text())
                .contains("strixhalo:build-image   (phase package)", "strixhalo:launch", "strixhalo:init")
                .contains(
                        "-Dstrixhalo.serve.model",
                        "-Dstrixhalo.cluster.nodes.1.fabricAddress",
                        "-Dstrixhalo.lines   default 100");
        var ours = run.output().stream().filter(line -> !line.startsWith("[")).toList();
        assertThat(ours)
                .hasSizeGreaterThan(100)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    }

    /** Maven 3's own exit code says nothing then: its colours fail on a closed pipe after the goals are done, even for -v. */
    @Test
    void aPipeThatClosesEarlyDoesNotEndAGoalHalfWay() throws Exception {
        var run = MavenRun.through(plugin, folder, "\"$@\" 2>err | head -1", INIT.formatted(plugin.version()));

        assertThat(run.output()).hasSize(1);
        assertThat(folder.resolve("pom.xml")).content().endsWith("</project>\n");
        assertThat(folder.resolve("err")).content().doesNotContain("dev.strixhalo");
    }

    private MavenRun mvn(String... arguments) throws StrixhaloException {
        return MavenRun.of(plugin, folder, arguments);
    }

    /** Exit code 1, first this sentence, a way out, and neither class names nor a stack trace. */
    private static void assertFails(MavenRun run, String sentence) {
        assertThat(run.exitCode()).as(run.text()).isEqualTo(1);
        assertThat(run.errors()).as(run.text()).first().isEqualTo(" " + sentence);
        assertThat(run.errors()).anyMatch(line -> line.startsWith("   fix     "));
        assertThat(run.text()).doesNotContain("Exception:", "\tat ", "    at ");
    }

    private void pom(String configuration) throws IOException {
        pom(configuration, "");
    }

    private void pom(String configuration, String ofExecution) throws IOException {
        Project.write(
                plugin,
                folder,
                configuration,
                "<execution><id>bound</id><phase>package</phase><goals><goal>status</goal></goals><configuration>%s</configuration></execution>"
                        .formatted(ofExecution));
    }
}
