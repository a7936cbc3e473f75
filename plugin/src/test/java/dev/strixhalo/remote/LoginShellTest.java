package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins whose shell is not ours: a forced command of sshd takes its place, which spares us to change this machine's users. */
@Timeout(60)
class LoginShellTest {
    private static final String HOSTILE = "'\"`id`$(id)$HOME!!\\\n*~;#ü";

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/fish",
                "/usr/bin/tcsh",
                "/usr/bin/csh",
                "/bin/dash",
                "/usr/bin/zsh",
                "/usr/bin/busybox sh"
            })
    void runsCommandsThroughEveryLoginShell(String shell) throws Exception {
        assumeTrue(Files.isExecutable(Path.of(shell.split(" ", -1)[0])), shell + " is not installed");
        try (var server = OpenSsh.start(folder, "ForceCommand " + shell + " -c \"$SSH_ORIGINAL_COMMAND\"");
                var nodes = server.connect()) {
            var node = nodes.head();
            assertThat(node.run(RemoteCommand.of("printf", "%s|", HOSTILE, "").env("X", HOSTILE))
                            .text())
                    .isEqualTo(HOSTILE + "||");
            assertThat(node.run(RemoteCommand.script("echo \"$1\"; cat; exit 7", HOSTILE))
                            .exitCode())
                    .isEqualTo(7);

            var pids = new CopyOnWriteArrayList<String>();
            var slow = RemoteCommand.script("echo $$; sleep 300; :").timeout(Duration.ofSeconds(1));
            assertThatThrownBy(() -> node.run(slow, (stream, line) -> pids.add(line)))
                    .isInstanceOf(StrixhaloException.class);
            var pid = Long.parseLong(pids.get(0));
            NodesTest.await(() -> ProcessHandle.of(pid).isEmpty());
        }
    }

    @Test
    void whatStartUpFilesPrintIsNotTheCommandsOutput() throws Exception {
        var noise = "echo welcome; echo oh >&2; printf 'no end'; printf 'no end' >&2; eval \"$SSH_ORIGINAL_COMMAND\"";
        try (var server = OpenSsh.start(folder, "ForceCommand " + noise);
                var nodes = server.connect()) {
            var result = nodes.head().run(RemoteCommand.script("echo mine; echo wrong >&2"));

            assertThat(result.out()).containsExactly("mine");
            assertThat(result.err()).containsExactly("wrong");
        }
    }

    @Test
    void aLoginThatRunsNoCommandsIsToldAsSuch() throws Exception {
        try (var server = OpenSsh.start(folder, "ForceCommand echo This account is currently not available.; exit 1");
                var nodes = server.connect()) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class, () -> nodes.head().run(RemoteCommand.of("true")));

            var problem = failure.problems().get(0);
            assertThat(problem.sentence())
                    .isEqualTo("node1: the login there does not run commands; it ended with exit code 1.");
            assertThat(problem.found()).containsExactly("This account is currently not available.");
            assertThat(problem.fixes()).anyMatch(fix -> fix.contains("chsh"));
        }
    }

    @Test
    void anSshdThatGivesNoChannelIsNamed() throws Exception {
        try (var server = OpenSsh.start(folder, "MaxSessions 0");
                var nodes = server.connect()) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class, () -> nodes.head().run(RemoteCommand.of("true")));

            assertThat(failure).hasMessage("node1: 'true' could not be started: sshd gave it no channel.");
            assertThat(failure.problems().get(0).fixes().get(0)).contains("MaxSessions");
        }
    }

    @Test
    void commandsWaitForTheirTurnWhereSshdAllowsFewerChannelsThanWeUse() throws Exception {
        try (var server = OpenSsh.start(folder, "MaxSessions 1");
                var nodes = server.connect()) {
            var threads = new java.util.ArrayList<Thread>();
            var said = new CopyOnWriteArrayList<String>();
            for (var word : new String[] {"a", "b", "c"}) {
                var thread = new Thread(() -> {
                    try {
                        said.add(
                                nodes.head().run(RemoteCommand.of("echo", word)).text());
                    } catch (StrixhaloException e) {
                        said.add(e.getMessage());
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (var thread : threads) thread.join();

            assertThat(said).containsExactlyInAnyOrder("a", "b", "c");
        }
    }
}
