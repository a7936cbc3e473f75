package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection.Stream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a command may do, and that it is the same over SSH and on this machine itself. */
@Timeout(60)
class CommandTest {
    @TempDir
    static Path folder;

    private static OpenSsh server;
    private static Nodes nodes;

    /** The two kinds of connections. */
    enum Way {
        SSH,
        LOCAL
    }

    @BeforeAll
    static void connect() throws Exception {
        server = OpenSsh.start(folder);
        nodes = Nodes.connect(OpenSsh.cluster("node1", "local"), server.settings());
    }

    @AfterAll
    static void close() throws Exception {
        if (nodes != null) nodes.close();
        if (server != null) server.close();
    }

    private static NodeConnection node(Way way) {
        return nodes.all().get(way == Way.SSH ? 0 : 1);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void tellsOutputErrorsAndExitCodeApart(Way way) throws Exception {
        var lines = new ConcurrentHashMap<String, Stream>();

        var result = node(way)
                .run(
                        RemoteCommand.script("echo \"$1\"; echo bad >&2; exit 3", "a 'word'"),
                        (stream, line) -> lines.put(line, stream));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.succeeded()).isFalse();
        assertThat(result.out()).containsExactly("a 'word'");
        assertThat(result.err()).containsExactly("bad");
        assertThat(lines).containsOnly(Map.entry("a 'word'", Stream.OUT), Map.entry("bad", Stream.ERR));
        assertThat(result.node()).isEqualTo(node(way).node().name());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void tellsWhichSignalEndedACommand(Way way) throws Exception {
        assertThat(node(way).run(RemoteCommand.script("kill -9 $$")).exitCode()).isEqualTo(137);
        assertThat(node(way).run(RemoteCommand.script("kill -15 $$")).exitCode())
                .isEqualTo(143);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aProgramThatIsNotThereGives127(Way way) throws Exception {
        var result = node(way).run(RemoteCommand.of("no-such-program", "x"));

        assertThat(result.exitCode()).isEqualTo(127);
        assertThat(result.err()).singleElement().asString().contains("not found");
        assertThat(node(way)
                        .run(RemoteCommand.of("no-such-program").env("A", "b"))
                        .exitCode())
                .isEqualTo(127);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void handsVariablesAndStdinThrough(Way way) throws Exception {
        var result = node(way)
                .run(RemoteCommand.of("sh", "-c", "echo \"$A\"; cat")
                        .env("A", "ü $B")
                        .stdin("one\ntwo"));

        assertThat(result.out()).containsExactly("ü $B", "one", "two");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void survivesOutputOfEveryShape(Way way) throws Exception {
        var script =
                "printf 'no\\r\\nend\\n\\n\\377\\303\\n'; head -c 3000000 /dev/zero | tr '\\0' x; printf '\\nlast'";

        var result = node(way).run(RemoteCommand.script(script));

        assertThat(result.out().subList(0, 4)).containsExactly("no", "end", "", "\ufffd\ufffd");
        assertThat(result.out().get(4)).hasSize(3_000_000);
        assertThat(result.out().subList(5, 6)).containsExactly("last");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aLineWithoutEndIsAFailureAndNotAHeapFull(Way way) {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> node(way).run(RemoteCommand.script("head -c 40000000 /dev/zero | tr '\\0' x")));

        assertThat(failure).hasMessageContaining("could not be read");
        assertThat(failure.problems().get(0).found()).containsExactly("a line of more than 16 Mi characters");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void readsBothStreamsAtOnceHoweverMuchComes(Way way) throws Exception {
        var script = "i=0; while [ $i -lt 20000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done";

        var result = node(way).run(RemoteCommand.script(script));

        assertThat(result.out()).hasSize(20_000).last().isEqualTo("out 19999");
        assertThat(result.err()).hasSize(20_000).last().isEqualTo("err 19999");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void keepsTheLastLinesOnlyWhenASinkHadThemAll(Way way) throws Exception {
        var count = new AtomicInteger();

        var result = node(way).run(RemoteCommand.of("seq", "15000"), (stream, line) -> count.incrementAndGet());

        assertThat(count).hasValue(15_000);
        assertThat(result.out()).hasSize(NodeConnection.KEPT_LINES).first().isEqualTo("5001");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aCommandNeedNotReadWhatItIsGiven(Way way) throws Exception {
        var megabytes = new byte[8 << 20];
        Arrays.fill(megabytes, (byte) 'x');

        var result = node(way).run(RemoteCommand.of("head", "-c", "3").stdin(megabytes));

        assertThat(result.exitCode()).isZero();
        assertThat(result.out()).containsExactly("xxx");
        assertThat(node(way)
                        .run(RemoteCommand.of("wc", "-c").stdin(megabytes))
                        .text()
                        .strip())
                .isEqualTo(Integer.toString(8 << 20));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aBugOfTheSinkIsNotSwallowed(Way way) {
        var failure = catchThrowableOfType(
                ArithmeticException.class,
                () -> node(way).run(RemoteCommand.of("echo", "x"), (stream, line) -> {
                    throw new ArithmeticException("a bug");
                }));

        assertThat(failure).hasMessage("a bug");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void doesNotWaitForWhatACommandLeavesBehind(Way way) throws Exception {
        long before = System.nanoTime();

        var result = node(way).run(RemoteCommand.script("sleep 40 & echo $!"));

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
        var left = ProcessHandle.of(Long.parseLong(result.text()));
        assertThat(left).isPresent();
        left.get().destroy();
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void doesNotDisturbACommandThatWaitsForAllItsChildren(Way way) throws Exception {
        var script = "import os\ntry:\n  while True: os.wait()\nexcept ChildProcessError: print('no child')";

        assertThat(node(way).run(RemoteCommand.of("python3", "-c", script)).out())
                .containsExactly("no child");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void leavesSignalsToTheCommandAsALoginWould(Way way) throws Exception {
        var script = "import signal\nprint([s for s in (1, 2, 3, 15) if signal.getsignal(s) == signal.SIG_IGN])";

        // Without SSH it is a child of ours, and these tests may run in the background, where HUP and INT are ignored.
        var expected = way == Way.SSH
                ? List.of("[]")
                : Program.of("python3", "-c", script).run().orFail().out();

        assertThat(node(way).run(RemoteCommand.of("python3", "-c", script)).out())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aTimeOutEndsTheWholeGroupThoughItTurnsADeafEar(Way way) throws Exception {
        var pids = new CopyOnWriteArrayList<String>();
        var stubborn = RemoteCommand.script("trap '' TERM; sh -c 'echo $$; sleep 300; :' & echo $$; sleep 300; :")
                .called("the deaf one")
                .timeout(Duration.ofSeconds(1));

        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> node(way).run(stubborn, (stream, line) -> pids.add(line)));

        assertThat(failure.problems().get(0).sentence())
                .isEqualTo(node(way).node().name() + ": 'the deaf one' did not end within 1.0 s and was ended.");
        assertThat(failure.problems().get(0).found()).isNotEmpty();
        assertThat(pids).hasSize(2);
        for (var pid : pids) NodesTest.await(() -> gone(pid));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anInterruptEndsTheCommandAtOnce(Way way) throws Exception {
        var pids = new CopyOnWriteArrayList<String>();
        var begun = new CountDownLatch(1);
        var failure = new AtomicReference<Throwable>();
        var worker = new Thread(() -> {
            try {
                node(way).run(RemoteCommand.script("echo $$; sleep 300; :").called("the long one"), (stream, line) -> {
                    pids.add(line);
                    begun.countDown();
                });
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        worker.start();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

        worker.interrupt();
        worker.join(15_000);

        assertThat(failure.get()).hasMessageContaining("'the long one' was interrupted and ended.");
        NodesTest.await(() -> gone(pids.get(0)));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void whatLeavesTheGroupLivesOn(Way way) throws Exception {
        var pids = new CopyOnWriteArrayList<String>();
        var command = RemoteCommand.script("setsid sh -c 'echo $$; exec sleep 30' & sleep 300; :")
                .timeout(Duration.ofSeconds(2));

        assertThatThrownBy(() -> node(way).run(command, (stream, line) -> pids.add(line)))
                .isInstanceOf(StrixhaloException.class);

        Thread.sleep(7000);
        assertThat(gone(pids.get(0))).isFalse();
        ProcessHandle.of(Long.parseLong(pids.get(0))).ifPresent(ProcessHandle::destroy);
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void noSecretOfStdinIsInAnyArgument(Way way) throws Exception {
        var canary = "canary-" + way + "-8c1f";
        var result = node(way)
                .run(RemoteCommand.of(
                                "sh", "-c", "cat >/dev/null; cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'")
                        .stdin(canary));

        assertThat(result.out()).isNotEmpty().noneMatch(line -> line.contains(canary));
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void aHundredKilobytesOfArgumentArrive(Way way) throws Exception {
        var word = "ü'\n".repeat(25_000);

        var result = node(way).run(RemoteCommand.of("printf", "%s", word));

        assertThat(String.join("\n", result.out())).isEqualTo(word.substring(0, word.length() - 1));
    }

    private static boolean gone(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }
}
