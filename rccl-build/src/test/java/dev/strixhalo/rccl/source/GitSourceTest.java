package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real repositories, over git's own file protocol. */
class GitSourceTest {
    @TempDir
    private Path folder;

    private Path repository;
    private Path cache;
    private String first;
    private String second;

    @BeforeEach
    void repositoryWithTwoCommits() throws Exception {
        cache = folder.resolve("cache");
        repository = Files.createDirectories(folder.resolve("repository"));
        git("init", "--quiet", "--initial-branch=main");
        git("config", "uploadpack.allowFilter", "true");
        git("config", "uploadpack.allowAnySHA1InWant", "true");
        write("projects/rccl/CMakeLists.txt", "project(rccl)\n");
        write("projects/other/huge.bin", "x".repeat(10_000));
        first = commit("one");
        git("tag", "--annotate", "--message=release", "v1");
        write("projects/rccl/new.cc", "int a;\n");
        second = commit("two");
    }

    private void write(String path, String text) throws Exception {
        var file = repository.resolve(path);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
    }

    private String commit(String message) throws Exception {
        git("add", "--all");
        git("commit", "--quiet", "--message=" + message);
        return git("rev-parse", "HEAD");
    }

    private String git(String... words) throws Exception {
        var argv = new java.util.ArrayList<>(java.util.List.of(
                "git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"));
        argv.addAll(java.util.List.of(words));
        return Program.of(argv).in(repository).run().orFail().text().strip();
    }

    private GitSource source(String ref, String inside) throws StrixhaloException {
        return GitSource.of(repository.toUri().toString(), ref, inside, false);
    }

    private Source.Tree bring(Source source) throws StrixhaloException {
        return source.bring(cache, Progress.SILENT);
    }

    @Test
    void aCommitComesWithItsFolderAlone() throws Exception {
        var tree = bring(source(first, "projects/rccl"));

        assertThat(tree.folder())
                .isDirectoryContaining("glob:**/CMakeLists.txt")
                .isDirectoryNotContaining("glob:**/new.cc");
        assertThat(tree.commit()).isEqualTo(first);
        assertThat(tree.inside()).isEqualTo("projects/rccl");
        assertThat(tree.folder().resolveSibling("other")).doesNotExist();
        assertThat(tree.folder().resolve("../../.git")).doesNotExist();
    }

    @Test
    void branchAndTagAreResolvedToTheCommitThatTheyStandAt() throws Exception {
        assertThat(bring(source("main", "")).commit()).isEqualTo(second);
        assertThat(bring(source("v1", "")).commit()).isEqualTo(first);
    }

    @Test
    void whatIsInTheCacheNeedsNoRepository() throws Exception {
        var before = bring(source(first, "projects/rccl"));
        Folders.remove(repository);

        assertThat(bring(source(first, "projects/rccl"))).isEqualTo(before);
    }

    @Test
    void aRunThatWasKilledIsStartedAnew() throws Exception {
        Path place = bring(source(first, "projects/rccl"))
                .folder()
                .resolve("../../..")
                .normalize();
        var part = place.resolveSibling(place.getFileName() + ".part");
        Files.move(place, part);
        Files.delete(part.resolve("tree/projects/rccl/CMakeLists.txt"));

        assertThat(bring(source(first, "projects/rccl")).folder().resolve("CMakeLists.txt"))
                .exists();
        assertThat(cache).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void whatDoesNotExistIsNamed() throws Exception {
        for (var wrong : java.util.Map.of(
                        source("nowhere", ""), "The repository has no such branch or tag.",
                        source("0".repeat(40), ""), "git could not get the sources.",
                        source(first, "projects/nowhere"), "The commit has no such folder.",
                        GitSource.of(folder.resolve("none").toUri().toString(), "main", "", false),
                                "git could not get the sources.")
                .entrySet()) {
            var failure = catchThrowableOfType(StrixhaloException.class, () -> bring(wrong.getKey()));
            assertThat(failure).as(wrong.getKey().text()).hasMessage(wrong.getValue());
            assertThat(failure.problems().get(0).fixes()).isNotEmpty();
        }
    }

    @Test
    void whatIsWrittenWrongIsToldAllAtOnce() {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> GitSource.of("https://me:secret@example.org/r", "--upload-pack=x", "../up", true));

        assertThat(failure.problems()).hasSize(3);
        assertThat(failure.toString()).doesNotContain("secret");
        var locked = catchThrowableOfType(
                StrixhaloException.class, () -> GitSource.of("https://example.org/r", "main", "", true));
        assertThat(locked).hasMessageContaining("<locked> is set");
    }
}
