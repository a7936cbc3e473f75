package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceTest {
    @TempDir
    Path folder;

    @BeforeEach
    void sources() throws IOException {
        Files.createDirectories(folder.resolve("src"));
        Files.writeString(folder.resolve("CMakeLists.txt"), "project(rccl)\n");
        Files.writeString(folder.resolve("src/a.h"), "a");
    }

    private String identity() throws StrixhaloException {
        return new FolderSource(folder).bring(folder, Progress.SILENT).identity();
    }

    @Test
    void isUsedWhereItIs() throws Exception {
        var tree = new FolderSource(folder).bring(folder.resolve("cache"), Progress.SILENT);

        assertThat(tree.folder()).isEqualTo(folder);
        assertThat(tree.identity()).matches("files:[0-9a-f]{64}");
        assertThat(tree.commit()).isEmpty();
        assertThat(tree.inside()).isEmpty();
        assertThat(folder.resolve("cache")).doesNotExist();
    }

    @Test
    void whatDoesNotReachTheCompilerDoesNotCount() throws Exception {
        var before = identity();

        Files.setLastModifiedTime(folder.resolve("src/a.h"), FileTime.from(Instant.EPOCH));
        Files.createDirectories(folder.resolve(".git/objects"));
        Files.writeString(folder.resolve(".git/HEAD"), "ref: refs/heads/main");

        assertThat(identity()).isEqualTo(before);
    }

    @Test
    void everyChangeCounts() throws Exception {
        var all = new HashSet<String>();
        all.add(identity());
        Files.writeString(folder.resolve("src/a.h"), "b");
        all.add(identity());
        Files.move(folder.resolve("src/a.h"), folder.resolve("src/b.h"));
        all.add(identity());
        folder.resolve("src/b.h").toFile().setExecutable(true);
        all.add(identity());
        Files.createSymbolicLink(folder.resolve("src/c.h"), Path.of("b.h"));
        all.add(identity());
        Files.writeString(folder.resolve(".gitignore"), "x");
        all.add(identity());

        assertThat(all).hasSize(6);
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        Files.createSymbolicLink(folder.resolve("up"), folder.getParent());
        Files.createSymbolicLink(folder.resolve("nowhere"), Path.of("/does/not/exist"));

        assertThat(identity()).startsWith("files:");
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new FolderSource(folder.resolve("x y")).bring(folder, Progress.SILENT))
                .hasMessage("The folder with RCCL's sources does not exist.")
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found().get(0)).contains("x y</folder>"));
    }
}
