package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where rocm.sh and look.sh look, and what they keep of the environment; a shell script stands in for hipcc. */
@Timeout(60)
class RocmScriptTest {
    private static final String STAND_IN = """
            #!/bin/sh
            # Stands in for hipcc: it tells a version and takes every kernel but those for gfx999.
            case "$*" in
            --version) printf 'HIP version: 5.7.31921-0\\nDebian clang version 17.0.6 (22)\\nTarget: x86_64\\n' ;;
            *gfx999*) printf 'clang: error: cannot find ROCm device library\\nsecond line\\n' >&2; exit 1 ;;
            *-o*) : ;;
            esac
            """;

    @TempDir
    Path folder;

    private String scripts = "";
    private final Map<String, String> environment = new LinkedHashMap<>();

    @BeforeEach
    void scripts() throws Exception {
        assumeFalse(Files.exists(Path.of("/opt/rocm")), "this machine has a ROCm of its own");
        Leash.put(folder);
        scripts = folder.resolve(Leash.SCRIPTS).toString();
        environment.put("PATH", "/usr/bin:/bin");
    }

    private static Path program(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A root of ROCm with a stand-in for its compiler. */
    private Path root(String name) throws IOException {
        var root = folder.resolve(name);
        program(root.resolve("bin/hipcc"), STAND_IN);
        Files.createDirectories(root.resolve("include/hip"));
        return root;
    }

    private List<String> run(String shell, String... arguments) throws Exception {
        var argv = new ArrayList<>(List.of(shell.split(" ")));
        argv.addAll(List.of(arguments));
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.start();
        process.getOutputStream().close();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.lines().toList();
    }

    private ToolchainFacts look(String... arguments) throws Exception {
        var all = new ArrayList<>(List.of(scripts + "/look.sh", scripts));
        all.addAll(List.of(arguments));
        return ToolchainFacts.parse(run("sh", all.toArray(String[]::new)));
    }

    private String rocm() throws Exception {
        return look().get("rocm");
    }

    @Test
    void aRootThatWasAskedForIsTakenBeforeAllOthers() throws Exception {
        environment.put("STRIXHALO_ROCM", root("asked for").toString());
        environment.put("ROCM_PATH", root("other").toString());

        assertThat(rocm()).isEqualTo(folder + "/asked for");
        assertThat(look().get("hipcc")).isEqualTo(folder + "/asked for/bin/hipcc");
    }

    @Test
    void aRootThatWasAskedForIsNotReplacedInSilence() throws Exception {
        environment.put("STRIXHALO_ROCM", folder.resolve("nowhere").toString());
        environment.put("ROCM_PATH", root("other").toString());
        environment.put("PATH", root("third") + "/bin:/usr/bin:/bin");

        assertThat(rocm()).isEmpty();
        assertThat(look().get("hipcc")).isEmpty();
    }

    @Test
    void thenRocmPathThenThePath() throws Exception {
        environment.put("PATH", root("third") + "/bin:/usr/bin:/bin");
        assertThat(rocm()).isEqualTo(folder + "/third");

        environment.put("ROCM_PATH", root("other").toString());
        assertThat(rocm()).isEqualTo(folder + "/other");

        environment.put("ROCM_PATH", folder.resolve("nowhere").toString());
        assertThat(rocm()).isEqualTo(folder + "/third");
    }

    @Test
    void aLinkOnThePathLeadsToItsRoot() throws Exception {
        var link = folder.resolve("links/hipcc");
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, root("real").resolve("bin/hipcc"));
        environment.put("PATH", link.getParent() + ":/usr/bin:/bin");

        assertThat(rocm()).isEqualTo(folder + "/real");
    }

    @Test
    void wheelsAreAskedForTheirRoot() throws Exception {
        var root = root("wheels");
        program(folder.resolve("venv/bin/python3"), """
                #!/bin/sh
                # Stands in for a python that has the rocm-sdk wheels.
                [ "$*" = '-m rocm_sdk path --root' ] && echo "%s"
                """.formatted(root));
        environment.put("PATH", folder.resolve("venv/bin") + ":/usr/bin:/bin");

        assertThat(rocm()).isEqualTo(root.toString());

        // The hipcc that pip puts beside python only calls the one in the root.
        program(folder.resolve("venv/bin/hipcc"), STAND_IN);
        assertThat(rocm()).isEqualTo(root.toString());
    }

    @Test
    void withoutAnyThereIsNone() throws Exception {
        assumeFalse(Files.exists(Path.of("/usr/bin/hipcc")), "this machine has a hipcc of its own");
        var facts = look("deep");

        assertThat(facts.get("rocm")).isEmpty();
        assertThat(facts.facts()).doesNotContainKey("kernel");
        assertThat(facts.get("path-python3")).endsWith("/python3");
        assertThat(facts.get("cores")).matches("[1-9]\\d*");
        assertThat(facts.get("memory-kib")).matches("[1-9]\\d*");
        assertThat(facts.get("libc")).isNotEmpty();
    }

    @Test
    void saysWhatIsThere() throws Exception {
        var root = root("rocm");
        program(root.resolve("bin/hipify-perl"), "#!/bin/sh\n");
        Files.createDirectories(root.resolve(".info"));
        Files.writeString(root.resolve(".info/version"), "5.7.1-98\n");
        environment.put("STRIXHALO_ROCM", root.toString());
        environment.put("STRIXHALO_TARGET", "gfx1151");

        var facts = look("deep");

        assertThat(facts.get("hip")).isEqualTo("5.7.31921-0");
        assertThat(facts.get("clang")).isEqualTo("Debian clang version 17.0.6 (22)");
        assertThat(facts.get("rocm-version")).isEqualTo("5.7.1-98");
        assertThat(facts.get("path-hipify-perl")).isEqualTo(root + "/bin/hipify-perl");
        assertThat(facts.get("kernel")).isEqualTo("ok");
    }

    @Test
    void saysWhyAKernelDoesNotCompile() throws Exception {
        environment.put("STRIXHALO_ROCM", root("rocm").toString());
        environment.put("STRIXHALO_TARGET", "gfx999");
        environment.put("TMPDIR", Files.createDirectory(folder.resolve("tmp")).toString());

        var facts = look("deep");

        assertThat(facts.get("kernel")).isEqualTo("failed");
        assertThat(facts.said()).containsExactly("clang: error: cannot find ROCm device library", "second line");
        try (var left = Files.list(folder.resolve("tmp"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void toolsThatWereBroughtAlongGoFirst() throws Exception {
        program(folder.resolve("tools/cmake"), "#!/bin/sh\necho 'cmake version 3.31.10'\n");
        environment.put("STRIXHALO_TOOLS", folder.resolve("tools").toString());

        assertThat(look().get("cmake")).isEqualTo("3.31.10");
        assertThat(look().get("path-cmake")).isEqualTo(folder + "/tools/cmake");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dash", "bash --posix", "busybox sh", "mksh", "zsh --emulate sh"})
    void nothingOfTheEnvironmentReachesTheBuild(String shell) throws Exception {
        assumeFalse(!Files.exists(Path.of("/usr/bin/" + shell.split(" ")[0])), shell + " is not installed here");
        environment.putAll(Map.of(
                "ROCM_PATH", "/usr",
                "HIP_PATH", "/usr",
                "CXXFLAGS", "-O0",
                "CMAKE_GENERATOR", "Unix Makefiles",
                "MAKEFLAGS", "-j99",
                "LANG", "de_DE.UTF-8",
                "SOURCE_DATE_EPOCH", "1",
                "SEVERAL_LINES", "a\nPATH=/evil\nHOME=/evil",
                "SHELLOPTS", "braceexpand"));
        environment.put("TMPDIR", "/var/tmp");
        environment.put("HOME", "/root");
        environment.put("https_proxy", "http://proxy:3128");
        environment.put("NO_PROXY", "localhost");
        environment.put("STRIXHALO_ROCM", root("rocm").toString());

        var left = run(shell, "-c", ". '%s/rocm.sh'; env".formatted(scripts));

        assertThat(left)
                .contains(
                        "PATH=/usr/bin:/bin",
                        "HOME=/root",
                        "TMPDIR=/var/tmp",
                        "LC_ALL=C.UTF-8",
                        "TZ=UTC",
                        // Newer sources fetch headers while they are configured.
                        "https_proxy=http://proxy:3128",
                        "NO_PROXY=localhost")
                .noneMatch(
                        line -> line.matches(
                                "(ROCM_PATH|HIP_PATH|CXXFLAGS|CMAKE_GENERATOR|MAKEFLAGS|LANG|SOURCE_DATE_EPOCH|SEVERAL_LINES)=.*"));
    }
}
