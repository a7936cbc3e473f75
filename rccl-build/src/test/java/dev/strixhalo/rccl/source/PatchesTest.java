package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PatchesTest {
    @TempDir
    private Path folder;

    private Path tree;

    @BeforeEach
    void sources() throws Exception {
        tree = folder.resolve("tree");
        Files.createDirectories(tree.resolve("src"));
        Files.writeString(tree.resolve("src/a.h"), numbered(1, 60));
    }

    private static String numbered(int from, int to) {
        return String.join(
                "",
                IntStream.rangeClosed(from, to)
                        .mapToObj(i -> "line " + i + "\n")
                        .toList());
    }

    private Path patch(String name, String text) throws Exception {
        return Files.writeString(folder.resolve(name), text, StandardCharsets.ISO_8859_1);
    }

    private static String change(String file, int line, String to) {
        return """
                --- a/%1$s
                +++ b/%1$s
                @@ -%2$d,3 +%2$d,3 @@
                 line %2$d
                -line %3$d
                +%5$s
                 line %4$d
                """.formatted(file, line - 1, line, line + 1, to);
    }

    private List<Patches.Applied> apply(Path... patches) throws StrixhaloException {
        return new Patches(List.of(patches)).applyTo(tree, "projects/rccl", Progress.SILENT);
    }

    @Test
    void appliesInOrderAndSkipsWhatIsInAlready() throws Exception {
        var one = patch("one.patch", change("src/a.h", 10, "ten"));
        var two = patch(
                "two.patch",
                change("src/a.h", 10, "ten").replace("-line 10", "-ten").replace("+ten", "+TEN"));

        var applied = apply(one, two);

        assertThat(Files.readString(tree.resolve("src/a.h"))).contains("line 9\nTEN\nline 11");
        assertThat(applied).extracting(Patches.Applied::already).containsExactly(false, false);
        assertThat(apply(two)).extracting(Patches.Applied::already).containsExactly(true);
        assertThat(applied.get(0).sha256()).hasSize(64);
    }

    @Test
    void linesThatMovedFitAndLinesThatDifferDoNot() throws Exception {
        Files.writeString(tree.resolve("src/a.h"), "new\nnew\nnew\n" + numbered(1, 60));
        apply(patch("moved.patch", change("src/a.h", 10, "ten")));
        assertThat(Files.readString(tree.resolve("src/a.h"))).contains("line 9\nten\nline 11");

        var fuzzy = patch("fuzzy.patch", change("src/a.h", 20, "twenty").replace(" line 19", " line nineteen"));
        var before = Files.readString(tree.resolve("src/a.h"));
        assertThatThrownBy(() -> apply(fuzzy)).isInstanceOf(StrixhaloException.class);
        assertThat(Files.readString(tree.resolve("src/a.h"))).isEqualTo(before);
    }

    @Test
    void whatDoesNotFitIsNamedByFileAndHunk() throws Exception {
        var patch = patch(
                "mine.patch",
                change("src/a.h", 10, "ten")
                        + change("src/a.h", 40, "forty")
                                .replaceFirst("(?s)^.*?(?=@@)", "")
                                .replace("line 40", "line forty"));

        var failure = catchThrowableOfType(StrixhaloException.class, () -> apply(patch));

        assertThat(failure).hasMessage("mine.patch does not fit the sources.");
        assertThat(failure.problems().get(0).found()).anyMatch(line -> line.startsWith("src/a.h, hunk 2 (at line 39)"));
    }

    @Test
    void aPatchOfTheWholeRepositoryFitsItsSubFolder() throws Exception {
        apply(patch("whole.patch", change("projects/rccl/src/a.h", 10, "ten")));

        assertThat(Files.readString(tree.resolve("src/a.h"))).contains("line 9\nten\nline 11");
    }

    @Test
    void aTreeInsideAnotherRepositoryIsReallyPatched() throws Exception {
        Program.of("git", "init", "--quiet").in(folder).run().orFail();

        apply(patch("one.patch", change("src/a.h", 10, "ten")));

        assertThat(Files.readString(tree.resolve("src/a.h"))).contains("ten");
    }

    @Test
    void filesThatAreNewAndBytesThatAreNoUtf8AreTaken() throws Exception {
        Files.write(tree.resolve("src/b.h"), "Gr\u00fc\u00dfe\nrest\n".getBytes(StandardCharsets.ISO_8859_1));
        apply(
                patch("new.patch", "--- /dev/null\n+++ b/src/new.h\n@@ -0,0 +1 @@\n+#define NEW\n"),
                patch(
                        "latin.patch",
                        "--- a/src/b.h\n+++ b/src/b.h\n@@ -1,2 +1,2 @@\n-Gr\u00fc\u00dfe\n+gr\u00fc\u00dfe\n rest\n"));

        assertThat(tree.resolve("src/new.h")).hasContent("#define NEW");
        assertThat(Files.readAllBytes(tree.resolve("src/b.h")))
                .isEqualTo("gr\u00fc\u00dfe\nrest\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void patchesThatAreMissingAreNamedAllAtOnce() {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> new Patches(List.of(folder.resolve("x.patch"), folder.resolve("y.patch"))).digests());

        assertThat(failure.problems()).hasSize(2);
        assertThat(failure.problems().get(1).found()).containsExactly(folder.resolve("y.patch") + " does not exist");
    }
}
