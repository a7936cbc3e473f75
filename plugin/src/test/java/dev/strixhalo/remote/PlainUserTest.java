package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A login as somebody else than root: there sshd's own process, which the node's watch looks at, belongs to that user. */
@Timeout(60)
class PlainUserTest {
    @TempDir
    Path folder;

    @Test
    void commandsEndWithTheirTimeAndWithTheConnection() throws Exception {
        assumeTrue(OpenSsh.asRoot(), "only root's sshd can log somebody else in");
        var user = plainUser();
        assumeTrue(user != null, "no plain user with a login shell on this machine");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        // With PAM, since without it sshd refuses accounts that have no password.
        try (var server = OpenSsh.start(folder, "UsePAM yes")) {
            server.config("Host node1", "HostName 127.0.0.1", "Port " + server.port, "User " + user);
            var pids = new CopyOnWriteArrayList<String>();
            try (var nodes = server.connect()) {
                assertThat(nodes.head().run(RemoteCommand.of("id", "-un")).text())
                        .isEqualTo(user);
                var command = RemoteCommand.script("echo $$; sleep 300; :").timeout(Duration.ofSeconds(1));
                assertThatThrownBy(() -> nodes.head().run(command, (stream, line) -> pids.add(line)))
                        .isInstanceOf(StrixhaloException.class);
                NodesTest.await(() -> gone(pids.get(0)));

                var worker = new Thread(() -> assertThatThrownBy(() -> nodes.head()
                                .run(command.timeout(Duration.ofMinutes(5)), (stream, line) -> pids.add(line)))
                        .isInstanceOf(StrixhaloException.class));
                worker.start();
                NodesTest.await(() -> pids.size() == 2);
                assertThat(gone(pids.get(1))).isFalse();
            }
            NodesTest.await(() -> gone(pids.get(1)));
        }
    }

    private static @Nullable String plainUser() throws Exception {
        for (var line : Files.readAllLines(Path.of("/etc/passwd"))) {
            var fields = line.split(":", -1);
            if (fields[6].endsWith("/bash") && !fields[2].equals("0")) return fields[0];
        }
        return null;
    }

    private static boolean gone(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isEmpty();
    }
}
