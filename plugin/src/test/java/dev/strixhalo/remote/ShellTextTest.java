package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gives the text to real shells, as sshd does: {@code SHELL -c LINE}, the rest on standard input. */
@Timeout(120)
class ShellTextTest {
    /** Login shells that people have; an absent one is skipped by name, never silently. */
    private static final List<List<String>> LOGIN_SHELLS = List.of(
            List.of("/bin/sh"),
            List.of("/bin/dash"),
            List.of("/bin/bash"),
            List.of("/usr/bin/zsh"),
            List.of("/usr/bin/fish"),
            List.of("/usr/bin/tcsh"),
            List.of("/usr/bin/csh"),
            List.of("/usr/bin/mksh"),
            List.of("/usr/bin/busybox", "sh"));

    /** What /bin/sh is on one distribution or another. */
    private static final List<List<String>> POSIX_SHELLS = List.of(
            List.of("/bin/dash"),
            List.of("/bin/bash", "--posix"),
            List.of("/usr/bin/busybox", "sh"),
            List.of("/usr/bin/mksh"),
            List.of("/usr/bin/zsh", "--emulate", "sh"));

    private static final List<String> HOSTILE = List.of(
            "",
            " ",
            "'",
            "\"",
            "`id`",
            "$(id)",
            "$HOME ${HOME} $$ $! $1",
            "!",
            "!!",
            "a!b !-1",
            "\\",
            "\\\\n \\0101 %0101 %% %",
            "a\nb",
            "\n",
            "\n\n trailing \n\n",
            "\ttab\rreturn\u0007bell\u001b[0m",
            "-n",
            "--",
            "-e",
            "*",
            "?[a-z]* ~ ~root {a,b}",
            "a;b&c|d>e<f(g)#h^i",
            "# comment",
            "grüße äöü €uro 日本語 \uD83D\uDE00",
            // Bytes 0x81 to 0x88 are marks of dash's own parser.
            "\u0081\u0082\u0088\u00c1\u00c8",
            "=a",
            "A=b",
            "x".repeat(100_000),
            "\u20ac'\n\\".repeat(10_000));

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource("loginShells")
    void everyArgumentArrivesAsItIsThroughTheLoginShell(String name, List<String> shell) throws Exception {
        assumePresent(shell);

        assertThat(arguments(with(shell, "-c", ShellText.LINE), Map.of())).isEqualTo(HOSTILE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("posixShells")
    void everyArgumentArrivesAsItIsWhateverShellShIs(String name, List<String> shell) throws Exception {
        assumePresent(shell);
        // The very text that LINE hands to /bin/sh.
        var script = ShellText.LINE.substring(ShellText.LINE.indexOf('\'') + 1, ShellText.LINE.lastIndexOf('\''));

        assertThat(arguments(with(shell, "-c", script), Map.of())).isEqualTo(HOSTILE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loginShells")
    void everyArgumentArrivesAsItIsInALocaleOfManyBytes(String name, List<String> shell) throws Exception {
        assumePresent(shell);

        assertThat(arguments(with(shell, "-c", ShellText.LINE), Map.of("LC_ALL", "C.UTF-8")))
                .isEqualTo(HOSTILE);
    }

    /** Runs printf with the hostile arguments in groups that execve accepts, each ended by a zero byte. */
    private List<String> arguments(List<String> shell, Map<String, String> environment) throws Exception {
        var command = RemoteCommand.of(with(List.of("printf", "%s\\0"), HOSTILE.toArray(String[]::new)));
        var printed = new String(output(shell, command, environment), StandardCharsets.UTF_8);
        var arguments = new ArrayList<>(List.of(printed.split("\0", -1)));
        assertThat(arguments.remove(arguments.size() - 1)).isEmpty();
        return arguments;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loginShells")
    void variablesAndStdinArriveAsTheyAre(String name, List<String> shell) throws Exception {
        assumePresent(shell);
        var command = RemoteCommand.of(
                        "sh", "-c", "printf '%s|%s|' \"$GREETING\" \"$_sx_words\"; env | grep ^UID=; cat")
                .env("GREETING", "a 'b' \"c\"\n$HOME \u20ac")
                .env("UID", "not bash's")
                .stdin("first line\n\\n is no line break\nlast line without end");

        var printed = new String(output(with(shell, "-c", ShellText.LINE), command, Map.of()), StandardCharsets.UTF_8);

        assertThat(printed)
                .isEqualTo("a 'b' \"c\"\n$HOME \u20ac||UID=not bash's\n"
                        + "first line\n\\n is no line break\nlast line without end");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("loginShells")
    void stdinMayHoldAnyByte(String name, List<String> shell) throws Exception {
        assumePresent(shell);
        var bytes = new byte[70_000];
        IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) (i * 7));
        var command = RemoteCommand.of("cat").stdin(bytes);

        assertThat(output(with(shell, "-c", ShellText.LINE), command, Map.of())).isEqualTo(bytes);
    }

    @Test
    void noForeignShellSeesACharacterThatItReadsInItsOwnWay() {
        var quoted = ShellText.LINE.substring(ShellText.LINE.indexOf('\'') + 1, ShellText.LINE.lastIndexOf('\''));

        assertThat(quoted).doesNotContain("'", "\\", "!", "\n");
        assertThat(ShellText.LINE).hasSizeLessThan(200);
    }

    @Test
    void theSecretsOfStdinAreInNoArgument() throws Exception {
        var text = ShellText.of(RemoteCommand.of("cat").stdin("hush"), new Random(1));

        assertThat(ShellText.LINE).doesNotContain("hush");
        assertThat(new String(text.stdin(), StandardCharsets.UTF_8)).endsWith("cat\nhush");
    }

    @Test
    void theScriptPassesShellCheck() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/shellcheck")), "no shellcheck: apt-get install shellcheck");
        var script = folder.resolve("run.sh");
        try (var in = ShellText.class.getResourceAsStream("run.sh")) {
            Files.write(script, java.util.Objects.requireNonNull(in).readAllBytes());
        }

        var check = new ProcessBuilder("/usr/bin/shellcheck", "--shell=sh", script.toString())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(check.waitFor()).isZero();
    }

    private byte[] output(List<String> shell, RemoteCommand command, Map<String, String> environment)
            throws IOException, InterruptedException {
        var text = ShellText.of(command.timeout(Duration.ofSeconds(100)), new Random(815));
        var input = Files.write(folder.resolve("stdin"), text.stdin());
        var errors = folder.resolve("stderr");
        // A pipe, not the file itself: reading on a pipe cannot seek back, and sshd gives a pipe or a socket pair.
        var builder = new ProcessBuilder(with(
                List.of("/bin/sh", "-c", "cat \"$0\" | exec \"$@\"", input.toString()), shell.toArray(String[]::new)));
        builder.redirectError(errors.toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().putAll(environment);
        var process = builder.start();
        var printed = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(errors).hasContent(text.token() + "\n");
        int begin = 0;
        while (printed[begin++] != '\n') {}
        assertThat(new String(printed, 0, begin, StandardCharsets.US_ASCII)).matches(text.token() + " [0-9]+\n");
        return java.util.Arrays.copyOfRange(printed, begin, printed.length);
    }

    private static void assumePresent(List<String> shell) {
        assumeTrue(Files.isExecutable(Path.of(shell.get(0))), shell.get(0) + " is not installed");
    }

    private static List<String> with(List<String> first, String... more) {
        var all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    static Stream<Arguments> loginShells() {
        return LOGIN_SHELLS.stream().map(shell -> Arguments.of(String.join(" ", shell), shell));
    }

    static Stream<Arguments> posixShells() {
        return POSIX_SHELLS.stream().map(shell -> Arguments.of(String.join(" ", shell), shell));
    }
}
