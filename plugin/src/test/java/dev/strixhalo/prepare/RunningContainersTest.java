package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the look at a node, here this machine, takes for a container: stand-ins for conmon with its name and arguments. */
@Timeout(120)
class RunningContainersTest {
    @Test
    void aContainerCountsOnceHoweverManyProgramsWereStartedInIt(@TempDir Path folder) throws Exception {
        int before = containers();
        var conmon = folder.resolve("conmon");
        Files.writeString(conmon, "#!/bin/sh\nread -r end\n");
        Files.setPosixFilePermissions(conmon, PosixFilePermissions.fromString("rwxr-xr-x"));
        var id = UUID.randomUUID().toString();
        var container = conmon(conmon, id, "-r", "/usr/bin/crun");
        var exec = conmon(conmon, id, "-e", "--exec-attach");
        var other = conmon(conmon, UUID.randomUUID().toString(), "-r", "/usr/bin/crun");
        try {
            assertThat(containers()).isEqualTo(before + 2);
        } finally {
            for (var process : new Process[] {container, exec, other}) Program.endTree(process.toHandle());
        }
        assertThat(containers()).isEqualTo(before);
    }

    /** In the order of podman's words. */
    private static Process conmon(Path program, String id, String... more) throws IOException {
        var argv = new ArrayList<>(List.of(program.toString(), "--api-version", "1", "-c", id, "-u", id));
        argv.addAll(List.of(more));
        return new ProcessBuilder(argv).start();
    }

    private static int containers() throws StrixhaloException {
        try (var here = Nodes.here(RemoteSettings.of(Path.of("/tmp"), "me", System.getenv()))) {
            return HostState.look(here.head()).containers();
        }
    }
}
