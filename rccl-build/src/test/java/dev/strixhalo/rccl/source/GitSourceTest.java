package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.source.Source.Tree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class GitSourceTest {
    @TempDir
    Path folder;

    private Path cache;
    private GitRemote remote;

    @BeforeEach
    void aRemote() throws StrixhaloException, IOException {
        cache = folder.resolve("cache of sources");
        remote = GitRemote.in(folder.resolve("remote"));
        remote.commit("CMakeLists.txt", "old\n");
    }

    private Tree bring(String ref, String inside) throws StrixhaloException {
        return GitSource.of(remote.url(), ref, inside, false).bring(cache, Progress.SILENT);
    }

    private StrixhaloException refused(String ref, String inside) {
        return catchThrowableOfType(StrixhaloException.class, () -> bring(ref, inside));
    }

    private List<String> inCache() throws IOException {
        if (!Files.isDirectory(cache)) return List.of();
        try (var list = Files.list(cache)) {
            return list.map(path -> path.getFileName().toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void bringsOneCommitWithoutGitsOwnFiles() throws Exception {
        var old = remote.head();
        remote.commit("CMakeLists.txt", "new\n");

        var tree = bring(old, "");

        assertThat(tree.identity()).isEqualTo("git:" + old + ":");
        assertThat(tree.commit()).isEqualTo(old);
        assertThat(tree.inside()).isEmpty();
        assertThat(tree.folder().resolve("CMakeLists.txt")).hasContent("old\n");
        assertThat(Folders.files(tree.folder(), path -> false)).hasSize(2);
        assertThat(inCache()).containsExactly(placeOf(tree));
    }

    private static String placeOf(Tree tree) {
        return "git-" + Digests.sha256(tree.identity()).substring(0, 16);
    }

    @Test
    void aBranchStandsForItsNewestCommitInEachRun() throws Exception {
        assertThat(bring("main", "").folder().resolve("CMakeLists.txt")).hasContent("old\n");

        var moved = remote.commit("CMakeLists.txt", "new\n");

        var tree = bring("main", "");
        assertThat(tree.commit()).isEqualTo(moved);
        assertThat(tree.folder().resolve("CMakeLists.txt")).hasContent("new\n");
    }

    @Test
    void tagsOfBothKindsStandForTheirCommit() throws Exception {
        var commit = remote.head();
        remote.git("tag", "light");
        remote.git("tag", "--annotate", "--message=a release", "v1.0+rc.1");
        remote.commit("CMakeLists.txt", "new\n");

        assertThat(bring("light", "").commit()).isEqualTo(commit);
        assertThat(bring("v1.0+rc.1", "").commit()).isEqualTo(commit);
    }

    @Test
    void ofASubFolderNothingElseIsBrought() throws Exception {
        remote.commit("projects/rocblas/huge.cpp", "x".repeat(100_000));
        remote.commit("projects/rccl/CMakeLists.txt", "rccl\n");
        remote.commit("projects/rccl-tests/CMakeLists.txt", "tests\n");
        var commit = remote.commit("projects/rccl/src/device/common.h", "// é\n");

        var tree = bring(commit, "projects/rccl");

        assertThat(tree.identity()).isEqualTo("git:" + commit + ":projects/rccl");
        assertThat(tree.inside()).isEqualTo("projects/rccl");
        assertThat(tree.folder().resolve("src/device/common.h")).hasContent("// é\n");
        assertThat(Folders.files(cache, path -> false).stream()
                        .filter(Files::isRegularFile)
                        .filter(file -> !file.toString().endsWith(".lock"))
                        .map(file -> tree.folder().relativize(file).toString()))
                .containsExactlyInAnyOrder("CMakeLists.txt", "src/device/common.h");
    }

    @Test
    void aServerThatCannotLeaveFilesOutStillServes() throws Exception {
        remote.git("config", "uploadpack.allowFilter", "false");
        var commit = remote.commit("projects/rccl/CMakeLists.txt", "rccl\n");

        assertThat(bring(commit, "projects/rccl").folder().resolve("CMakeLists.txt"))
                .hasContent("rccl\n");
    }

    @Test
    void aCommitThatNoBranchReachesIsBrought() throws Exception {
        var orphan = remote.commit("CMakeLists.txt", "orphan\n");
        remote.git("reset", "--quiet", "--hard", "HEAD~1");

        assertThat(bring(orphan, "").folder().resolve("CMakeLists.txt")).hasContent("orphan\n");
    }

    @Test
    void linksAndExecutableBitsAreKept() throws Exception {
        var script = remote.folder().resolve("tools/hipify.sh");
        Files.createDirectories(script.getParent());
        Files.createSymbolicLink(remote.folder().resolve("tools/link"), Path.of("hipify.sh"));
        Files.writeString(script, "#!/bin/sh\n");
        script.toFile().setExecutable(true);
        var tree = bring(remote.commit("x", "x"), "");

        assertThat(tree.folder().resolve("tools/hipify.sh")).isExecutable();
        assertThat(Files.readSymbolicLink(tree.folder().resolve("tools/link"))).hasToString("hipify.sh");
    }

    @Test
    void whatIsInTheCacheTakesNoRemote() throws Exception {
        var commit = remote.head();
        var first = bring(commit, "");
        Folders.remove(remote.folder());

        assertThat(bring(commit, "")).isEqualTo(first);
        assertThat(first.folder().resolve("CMakeLists.txt")).hasContent("old\n");
    }

    @Test
    void aCommitThatDoesNotExistLeavesNothingBehind() throws Exception {
        var failure = refused("12".repeat(20), "");

        assertThat(failure).hasMessage("git could not get the sources.");
        assertThat(failure.problems().get(0).found()).anyMatch(line -> line.contains("12".repeat(20)));
        assertThat(failure.problems().get(0).fixes()).anyMatch(fix -> fix.contains("git ls-remote " + remote.url()));
        assertThat(inCache()).isEmpty();
    }

    @Test
    void aRemoteThatIsNotThereLeavesNothingBehind() throws Exception {
        Folders.remove(remote.folder());

        assertThat(refused("main", "")).hasMessage("git could not get the sources.");
        assertThat(refused("12".repeat(20), "")).hasMessage("git could not get the sources.");
        assertThat(inCache()).isEmpty();
    }

    @Test
    void aBranchThatDoesNotExistIsNamed() {
        var failure = refused("gfx1151-rccl", "");

        assertThat(failure).hasMessage("The repository has no such branch or tag.");
        assertThat(failure.problems().get(0).found()).containsExactly("'gfx1151-rccl' in " + remote.url());
    }

    @Test
    void aFolderThatTheCommitLacksIsNamed() {
        assertThat(refused("main", "projects/rccl")).hasMessage("The commit has no such folder.");
    }

    @Test
    void aFetchThatWasKilledIsBegunAnew() throws Exception {
        var commit = remote.head();
        var tree = bring(commit, "");
        // As a killed run leaves it: a part, and no tree.
        var place = cache.resolve(placeOf(tree));
        Files.move(place, cache.resolve(place.getFileName() + ".part"));
        Files.writeString(cache.resolve(place.getFileName() + ".part").resolve("tree/CMakeLists.txt"), "half");

        assertThat(bring(commit, "").folder().resolve("CMakeLists.txt")).hasContent("old\n");
        assertThat(inCache()).containsExactly(placeOf(tree));
    }

    @Test
    void objectsThatAreMissingOnTheServerLeaveNoHalfTree() throws Exception {
        var commit = remote.commit("src/lost.h", "lost\n");
        var blob = remote.git("rev-parse", "HEAD:src/lost.h").strip();
        Files.delete(remote.folder().resolve(".git/objects/" + blob.substring(0, 2) + "/" + blob.substring(2)));

        assertThat(refused(commit, "")).isNotNull();
        assertThat(inCache()).isEmpty();
    }

    @Test
    void aServerThatRefusesIsQuotedAndAsksNobody() throws Exception {
        try (var server = new DownloadServer(new byte[0])) {
            for (int status : new int[] {401, 403, 500}) {
                server.status = status;
                var source = GitSource.of(server.address().toString(), "12".repeat(20), "", false);

                var failure =
                        catchThrowableOfType(StrixhaloException.class, () -> source.bring(cache, Progress.SILENT));

                assertThat(failure).hasMessage("git could not get the sources.");
                assertThat(failure.problems().get(0).found())
                        .anyMatch(line ->
                                line.contains(status == 401 ? "terminal prompts disabled" : "error: " + status));
            }
        }
        assertThat(inCache()).isEmpty();
    }

    @Test
    void anInterruptEndsAFetchThatHangs() throws Exception {
        var failure = new AtomicReference<Throwable>();
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var url = "http://127.0.0.1:" + silent.getLocalPort() + "/rccl";
            var thread = new Thread(() -> {
                try {
                    GitSource.of(url, "12".repeat(20), "", false).bring(cache, Progress.SILENT);
                } catch (StrixhaloException e) {
                    failure.set(e);
                }
            });
            thread.start();
            try (var connection = silent.accept()) {
                assertThat(connection.isConnected()).isTrue();
                thread.interrupt();
                thread.join();
            }
            assertThat(failure.get()).hasMessage("git was interrupted.");
            assertThat(ProcessHandle.allProcesses()
                            .filter(process ->
                                    process.info().commandLine().orElse("").contains(url)))
                    .isEmpty();
        }
        assertThat(inCache()).isEmpty();
    }

    @Test
    void aParallelMavenBringsThemOnce() throws Exception {
        var commit = remote.head();
        var threads = Executors.newFixedThreadPool(4);
        try {
            var all = new ArrayList<Callable<Tree>>();
            for (int i = 0; i < 4; i++) all.add(() -> bring(commit, ""));
            for (var tree : threads.invokeAll(all))
                assertThat(tree.get().commit()).isEqualTo(commit);
        } finally {
            threads.shutdownNow();
        }
        assertThat(inCache()).hasSize(1);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> GitSource.of("--upload-pack=x", "-b", "../other", true));

        assertThat(failure.problems())
                .extracting(Problem::what)
                .containsExactly(
                        "<git> has no <url> that git would take.",
                        "<commit> of <git> is neither a commit id nor the name of a branch or tag.",
                        "<folder> of <git> is no path inside a repository.");
    }

    @Test
    void lockedWantsACommitInFull() throws Exception {
        var failure =
                catchThrowableOfType(StrixhaloException.class, () -> GitSource.of(remote.url(), "main", "", true));
        assertThat(failure)
                .hasMessage("<locked> is set and <commit> is not a full commit id: a branch or tag may move.");

        var commit = remote.head();
        assertThat(GitSource.of(remote.url(), commit, "", true)
                        .bring(cache, Progress.SILENT)
                        .commit())
                .isEqualTo(commit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://me:hunter2@example.org/rccl",
                "https://hunter2@example.org/rccl",
                "HTTP://hunter2@example.org/rccl",
                "ssh://git:hunter2@example.org/rccl"
            })
    void aPasswordDoesNotComeIntoRecords(String url) {
        var failure = catchThrowableOfType(StrixhaloException.class, () -> GitSource.of(url, "no branch", "", false));

        assertThat(failure).hasMessageContaining("holds a password").hasMessageNotContaining("hunter2");
        assertThat(failure.problems().toString()).doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh://git@example.org/rccl", "git@example.org:rccl", "https://example.org/a@b/rccl"})
    void aUserOfSshIsNoSecret(String url) throws Exception {
        assertThat(GitSource.of(url, "main", "", false).url()).isEqualTo(url);
    }
}
