package dev.strixhalo.rccl.source;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.source.Patches.Applied;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchesTest {
    /** Changes line 20 of thirty. */
    private static final String AT_20 = """
            --- a/src/lines.h
            +++ b/src/lines.h
            @@ -18,5 +18,5 @@
             line 18
             line 19
            -line 20
            +line twenty
             line 21
             line 22
            """;

    private static final String AT_5_AND_20 = """
            --- a/src/lines.h
            +++ b/src/lines.h
            @@ -3,5 +3,5 @@ some function
             line 3
             line 4
            -line 5
            +line five
             line 6
             line 7
            @@ -18,5 +18,5 @@
             line 18
             line 19
            -line 20
            +line twenty
             line 21
             line 22
            """;

    /** Such paths are those of a repository's top, even where git is called below it. */
    private static final String AS_GIT_WRITES = "diff --git a/src/lines.h b/src/lines.h\n" + AT_20;

    @TempDir
    Path folder;

    private Path tree;

    @BeforeEach
    void sources() throws IOException {
        tree = folder.resolve("a tree");
        lines(1, 30);
    }

    private static String text(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }

    private void lines(int from, int to) throws IOException {
        write("src/lines.h", text(from, to));
    }

    private Path write(String path, String text) throws IOException {
        var file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text, ISO_8859_1);
    }

    private Path patch(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text, ISO_8859_1);
    }

    private List<Applied> apply(String inside, Path... patches) throws StrixhaloException {
        return new Patches(List.of(patches)).applyTo(tree, inside, Progress.SILENT);
    }

    private StrixhaloException refused(Path... patches) {
        return catchThrowableOfType(StrixhaloException.class, () -> apply("", patches));
    }

    private String patched() throws IOException {
        return Files.readString(tree.resolve("src/lines.h"), ISO_8859_1);
    }

    @Test
    void isAppliedAndRecorded() throws Exception {
        var patch = patch("gfx 1151.patch", AT_20);

        assertThat(apply("", patch)).containsExactly(new Applied("gfx 1151.patch", Digests.sha256(patch), false));
        assertThat(patched()).isEqualTo(text(1, 19) + "line twenty\n" + text(21, 30));
    }

    @Test
    void onesThatBuildOnEachOtherAreAppliedInOrder() throws Exception {
        var first = patch("1.patch", AT_20);
        var second = patch("2.patch", AT_20.replace("line 20", "line twenty").replace("+line twenty", "+line XX"));

        apply("", first, second);

        assertThat(patched()).contains("line XX\n").doesNotContain("line twenty");
        assertThat(refused(second, first)).isNotNull();
    }

    @Test
    void linesThatMovedAreFound() throws Exception {
        lines(-50, 30);

        apply("", patch("p", AT_20));

        assertThat(patched()).contains("line 19\nline twenty\nline 21\n");
    }

    @Test
    void oneLineOfContextThatDiffersIsTooMuch() throws Exception {
        write("src/lines.h", text(1, 30).replace("line 22\n", "line 22 // changed\n"));
        var before = patched();

        var failure = refused(patch("gfx1151.patch", AT_20));

        assertThat(failure).hasMessage("gfx1151.patch does not fit the sources.");
        assertThat(failure.problems().get(0).found())
                .containsExactly("src/lines.h, hunk 1 (at line 18): the lines are others there");
        assertThat(patched()).isEqualTo(before);
    }

    @Test
    void whiteSpaceIsNoMatterOfTaste() throws Exception {
        write("src/lines.h", text(1, 30).replace("line 21\n", "line  21\n"));

        assertThat(refused(patch("p", AT_20))).isNotNull();
    }

    @Test
    void theHunkThatFailsIsCountedWithinItsFile() throws Exception {
        write("src/other.h", text(1, 30));
        write("src/lines.h", text(1, 30).replace("line 20\n", "line 2O\n"));
        var before = patched();

        var failure = refused(patch("p", AT_5_AND_20.replace("lines.h", "other.h") + AT_5_AND_20));

        assertThat(failure.problems().get(0).found())
                .containsExactly("src/lines.h, hunk 2 (at line 18): the lines are others there");
        assertThat(patched()).isEqualTo(before);
        assertThat(tree.resolve("src/other.h")).hasContent(text(1, 30));
    }

    @Test
    void oneThatIsInAlreadyIsSkipped() throws Exception {
        var patch = patch("p", AT_5_AND_20);

        assertThat(apply("", patch)).extracting(Applied::already).containsExactly(false);
        var once = patched();
        assertThat(apply("", patch)).extracting(Applied::already).containsExactly(true);
        assertThat(patched()).isEqualTo(once);
    }

    @Test
    void oneThatOnlyAddsDoesNotAddTwice() throws Exception {
        var patch = patch("p", """
                --- a/src/lines.h
                +++ b/src/lines.h
                @@ -30,1 +30,2 @@
                 line 30
                +line 31
                """);

        assertThat(apply("", patch, patch)).extracting(Applied::already).containsExactly(false, true);
        assertThat(patched()).isEqualTo(text(1, 31));
    }

    @Test
    void oneThatIsHalfInIsRefused() throws Exception {
        write("src/lines.h", text(1, 30).replace("line 5\n", "line five\n"));

        assertThat(refused(patch("p", AT_5_AND_20)).problems().get(0).found())
                .containsExactly("src/lines.h, hunk 1 (at line 3): the lines are others there");
    }

    @Test
    void severalFilesNewAndRemovedOnes() throws Exception {
        write("src/old.h", "old\n");

        apply("", patch("p", AT_20 + """
                diff --git a/src/new/new.h b/src/new/new.h
                new file mode 100644
                --- /dev/null
                +++ b/src/new/new.h
                @@ -0,0 +1,2 @@
                +new
                +file
                diff --git a/src/old.h b/src/old.h
                deleted file mode 100644
                --- a/src/old.h
                +++ /dev/null
                @@ -1 +0,0 @@
                -old
                """));

        assertThat(patched()).contains("line twenty");
        assertThat(tree.resolve("src/new/new.h")).hasContent("new\nfile\n");
        assertThat(tree.resolve("src/old.h")).doesNotExist();
    }

    @Test
    void bytesOfAnyKindAreKept() throws Exception {
        write("src/latin.h", "gr\u00fc\u00df\r\nline 2\r\nline 3\r\n");

        apply("", patch("p", """
                --- a/src/latin.h
                +++ b/src/latin.h
                @@ -1,3 +1,3 @@
                 gr\u00fc\u00df\r
                -line 2\r
                +caf\u00e9\r
                 line 3\r
                """));

        assertThat(Files.readAllBytes(tree.resolve("src/latin.h")))
                .isEqualTo("gr\u00fc\u00df\r\ncaf\u00e9\r\nline 3\r\n".getBytes(ISO_8859_1));
    }

    @Test
    void fitsASubFolderFromItsOwnTopAndFromTheRepositorys() throws Exception {
        apply("projects/rccl", patch("own", AT_20));
        assertThat(patched()).contains("line twenty");

        lines(1, 30);
        apply(
                "projects/rccl",
                patch(
                        "repository",
                        AT_20.replace("a/src", "a/projects/rccl/src").replace("b/src", "b/projects/rccl/src")));
        assertThat(patched()).contains("line twenty");
    }

    @Test
    void namesBeforeThePathMayBeAny() throws Exception {
        var diffed = patch("diff -ru", AT_20.replace("a/src", "rccl.orig/src").replace("b/src", "rccl/src"));

        apply("projects/rccl", diffed);
        assertThat(patched()).contains("line twenty");

        lines(1, 30);
        apply("", diffed);
        assertThat(patched()).contains("line twenty");
    }

    @Test
    void aHunkThatFailsInASubFolderIsCountedToo() throws Exception {
        write("src/lines.h", text(1, 30).replace("line 20\n", "line 2O\n"));
        var patch = patch(
                "repository",
                AT_5_AND_20.replace("a/src", "a/projects/rccl/src").replace("b/src", "b/projects/rccl/src"));

        var failure = catchThrowableOfType(StrixhaloException.class, () -> apply("projects/rccl", patch));

        assertThat(failure.problems().get(0).found())
                .containsExactly("src/lines.h, hunk 2 (at line 18): the lines are others there");
    }

    @Test
    void aRepositoryAroundTheTreeChangesNothing() throws Exception {
        GitRemote.in(folder);

        assertThat(apply("", patch("p", AS_GIT_WRITES)))
                .extracting(Applied::already)
                .containsExactly(false);
        assertThat(patched()).contains("line twenty");
    }

    @Test
    void aRepositoryAroundATreeWithAColonInItsPathChangesNothing() throws Exception {
        GitRemote.in(folder);
        tree = folder.resolve("a:b/tree");
        lines(1, 30);

        assertThat(apply("", patch("p", AS_GIT_WRITES)))
                .extracting(Applied::already)
                .containsExactly(false);
        assertThat(patched()).contains("line twenty");
    }

    @Test
    void nothingOutsideOfTheTreeIsTouched() throws Exception {
        Files.writeString(folder.resolve("outside.h"), text(1, 30));
        Files.createSymbolicLink(tree.resolve("up"), folder);

        assertThat(refused(patch("p", AT_20.replace("src/lines.h", "../outside.h"))))
                .isNotNull();
        assertThat(refused(patch("q", AT_20.replace("src/lines.h", "up/outside.h"))))
                .isNotNull();
        assertThat(folder.resolve("outside.h")).hasContent(text(1, 30));
    }

    @Test
    void aFileThatTheSourcesLackIsNamed() throws Exception {
        var failure = refused(patch("p", AT_20.replace("lines.h", "device/common.h")));

        assertThat(failure.problems().get(0).found())
                .containsExactly("error: src/device/common.h: No such file or directory");
    }

    @Test
    void textThatIsNoPatchIsRefused() throws Exception {
        for (var text : List.of("", "404: Not Found\n")) {
            var failure = refused(patch("no.patch", text));

            assertThat(failure).hasMessage("no.patch does not fit the sources.");
            assertThat(failure.problems().get(0).found().get(0)).contains("No valid patches");
        }
    }

    @Test
    void aPatchThatIsCutIsRefused() throws Exception {
        var before = patched();

        assertThat(refused(patch("p", AT_20.lines().limit(6).collect(Collectors.joining("\n"))))
                        .problems()
                        .get(0)
                        .found()
                        .get(0))
                .contains("corrupt patch");
        assertThat(patched()).isEqualTo(before);
    }

    @Test
    void allThatCannotBeReadAreNamed() {
        var failure = refused(folder.resolve("1"), folder.resolve("2"));

        assertThat(failure.problems().stream().flatMap(problem -> problem.found().stream()))
                .zipSatisfy(
                        Stream.of("1", "2").toList(),
                        (found, name) -> assertThat(found).contains("/" + name));
    }
}
