package dev.strixhalo.librccl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders on their way to a node and back, by the programs that are there. */
class TarStreamTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderComesBackAsItWent() throws Exception {
        var from = Files.createDirectories(folder.resolve("from/output/usr/lib/" + "deep".repeat(40)));
        Files.write(from.resolve("librccl.so.1.0"), new byte[100_000]);
        Files.createSymbolicLink(from.resolve("librccl.so.1"), Path.of("librccl.so.1.0"));
        Files.writeString(from.resolve("run.sh"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(from.resolve("run.sh"), PosixFilePermissions.fromString("rwxr-xr-x"));
        var there = Files.createDirectories(folder.resolve("there"));

        sh("tar -xf - -C " + there, TarStream.pack(folder.resolve("from")));
        var text = sh("cd " + there + " && tar -cf - output | gzip -1 | base64 -w 60000 | tr -d '\\n'", new byte[0]);
        TarStream.unpack(text, "output", folder.resolve("back"));

        assertThat(Files.isExecutable(there.resolve("output/usr/lib/" + "deep".repeat(40) + "/run.sh")))
                .isTrue();
        var back = folder.resolve("back/usr/lib/" + "deep".repeat(40));
        assertThat(back.resolve("librccl.so.1.0")).hasSize(100_000);
        assertThat(Files.readSymbolicLink(back.resolve("librccl.so.1"))).hasToString("librccl.so.1.0");
    }

    @Test
    void whatIsNoArchiveIsRefused() {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> TarStream.unpack("bm8=", "output", folder.resolve("back")));

        assertThat(failure).hasMessage("Files of the build did not get to the node or back.");
    }

    private static String sh(String command, byte[] stdin) throws Exception {
        var process = new ProcessBuilder("sh", "-c", command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        process.getOutputStream().write(stdin);
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return out;
    }
}
