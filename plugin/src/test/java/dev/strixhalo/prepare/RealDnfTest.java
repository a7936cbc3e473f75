package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.host.LookScript;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host with dnf and rpm, the real ones: packages are found missing, come with what they need, and go again with just that.
 * The packages are empty, their repository is a folder, and the database of rpm is this test's own. It is dnf 4, for Debian has
 * no dnf5, whose words for these commands are the same.
 */
@Timeout(240)
class RealDnfTest {
    private static final Duration TIME = Duration.ofSeconds(60);
    /** Name, and what it needs. */
    private static final String[][] PACKAGES = {
        {"perftest", "libibumad"}, {"libibumad", ""}, {"iperf3", ""}, {"podman", ""}, {"mine", "perftest"}
    };

    @TempDir
    Path folder;

    private OwnEtc machine;

    @BeforeEach
    void start() throws Exception {
        for (var program : List.of("dnf", "rpm", "rpmbuild", "createrepo_c"))
            assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)), "no " + program + " here");
        machine = OwnEtc.in(folder);
        var etc = folder.resolve("etc");
        Files.createDirectories(etc.resolve("yum.repos.d"));
        Files.createDirectories(etc.resolve("dnf"));
        Files.createDirectories(etc.resolve("rpm"));
        Files.writeString(etc.resolve("rpm/macros"), "%%_dbpath %s/rpm\n".formatted(folder));
        Files.writeString(etc.resolve("dnf/dnf.conf"), """
                [main]
                gpgcheck=0
                cachedir=%1$s/cache
                persistdir=%1$s/persist
                logdir=%1$s/log
                """.formatted(folder));
        Files.writeString(etc.resolve("yum.repos.d/folder.repo"), """
                [folder]
                name=folder
                baseurl=file://%s/repository
                """.formatted(folder));
        for (var each : PACKAGES) build(each[0], each[1]);
        good(Program.of("createrepo_c", "--quiet", folder.resolve("repository").toString())
                .timeout(TIME)
                .run());
        good(machine.in("dnf --assumeyes --quiet install podman"));
    }

    @AfterEach
    void gone() throws Exception {
        if (machine != null) machine.close();
    }

    @Test
    void packagesComeWithWhatTheyNeedAndGoAgainWithJustThat() throws Exception {
        assertThat(look().manager()).isEqualTo("dnf");
        assertThat(look().packages()).containsExactly("podman");

        good(machine.apply(installing("perftest", "iperf3")));

        assertThat(look().packages()).containsExactlyInAnyOrder("podman", "perftest", "iperf3");
        assertThat(packages()).containsExactly("iperf3", "libibumad", "perftest", "podman");
        assertThat(machine.state()).isEqualTo("done");

        var undone = good(machine.undo("no", "do"));

        assertThat(packages()).as(undone.text()).containsExactly("podman");
        assertThat(machine.state()).isEqualTo("undone");
    }

    @Test
    void packagesThatOthersNeedByNowStayAndAreNamedUnlessForced() throws Exception {
        good(machine.apply(installing("perftest")));
        good(machine.in("dnf --assumeyes --quiet install mine"));

        var kept = machine.undo("no", "do");

        assertThat(kept.text()).contains(" kept ");
        assertThat(packages()).containsExactly("libibumad", "mine", "perftest", "podman");

        good(machine.undo("yes", "do"));

        assertThat(packages()).containsExactly("podman");
    }

    @Test
    void aPackageThatNoRepositoryHasIsToldInDnfsWordsAndNothingComes() throws Exception {
        var failed = machine.apply(installing("iperf3", "qperf"));

        assertThat(failed.out()).contains("@@failed 001");
        assertThat(failed.text()).contains("No match for argument: qperf");
        assertThat(Application.hint(Problem.of("Absent."), failed.text()).fixes())
                .first()
                .asString()
                .contains("package sources");
        assertThat(packages()).containsExactly("podman");
    }

    private static String installing(String... names) {
        var argv = new ArrayList<>(List.of("dnf", "--assumeyes", "install"));
        argv.addAll(List.of(names));
        return OwnEtc.program(List.of(new Step.Install(argv)));
    }

    /** What prepare's look sees there. */
    private HostState look() throws Exception {
        var parameters = new ArrayList<>(List.of(machine.journal().toString(), String.join(",", Packages.NAMES)));
        var command = LookScript.asking(Duration.ofSeconds(20), Script.text("state.sh"), parameters);
        var argv = new ArrayList<>(machine.prefix());
        argv.addAll(command.argv());
        var said = good(Program.of(argv)
                .stdin(new String(command.stdin(), StandardCharsets.UTF_8))
                .timeout(TIME)
                .run());
        return HostState.parse(said.out());
    }

    private List<String> packages() throws Exception {
        return good(machine.in("rpm -qa --queryformat '%{NAME}\\n' | sort")).out();
    }

    private void build(String name, String needs) throws Exception {
        var spec = folder.resolve(name + ".spec");
        Files.writeString(spec, """
                Name: %s
                Version: 1
                Release: 1
                Summary: Nothing
                License: none
                BuildArch: noarch
                %s
                %%description
                Nothing.
                %%files
                """.formatted(name, needs.isEmpty() ? "" : "Requires: " + needs));
        good(Program.of(
                        "rpmbuild",
                        "--quiet",
                        "-bb",
                        "--define=_topdir " + folder.resolve("building"),
                        "--define=_rpmdir " + folder.resolve("repository"),
                        "--define=_dbpath " + folder.resolve("rpm"),
                        spec.toString())
                .timeout(TIME)
                .run());
    }

    private static Program.Result good(Program.Result result) {
        assertThat(result.succeeded()).as(result.text() + result.err()).isTrue();
        return result;
    }
}
