package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last lines from a node's own folder, where the container that wrote them is dead. */
class TailLogsTest {
    @TempDir
    Path state;

    @Test
    void theLastLaunchsPartsAndRcclsFilesEachWithATime() throws Exception {
        file("20261125-120000-aaaa/vllm.log", "2026-11-25T12:00:00.000Z of before\n");
        file("20261126-120000-bbbb/vllm.log", "2026-11-26T12:00:00.000Z one\n2026-11-26T12:00:01.000Z two\n");
        var rccl = file("20261126-120000-bbbb/rccl.node1.475", "node1:475:475 [0] NCCL WARN three\n");
        Files.setLastModifiedTime(rccl, FileTime.from(Instant.parse("2026-11-26T12:00:02Z")));

        assertThat(tail(1))
                .containsExactly(
                        "vllm|2026-11-26T12:00:01.000Z two",
                        "rccl|2026-11-26T12:00:02.000Z node1:475:475 [0] NCCL WARN three");
    }

    @Test
    void whereNothingWasLaunchedThereIsNothing() throws Exception {
        assertThat(tail(5)).isEmpty();
    }

    private List<String> tail(int lines) throws Exception {
        var result = Program.of("sh", "-s", "--", "strix", String.valueOf(lines))
                .env("XDG_STATE_HOME", state.toString())
                .stdin(Logs.resource("tail-logs.sh"))
                .run();
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isZero();
        return result.out();
    }

    private Path file(String path, String text) throws Exception {
        var file = state.resolve("strixhalo/strix/logs").resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
