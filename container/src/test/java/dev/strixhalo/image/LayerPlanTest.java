package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LayerPlanTest {
    private Path from;

    @BeforeEach
    void makeFolder(@TempDir Path temporary) throws Exception {
        from = Files.createDirectories(temporary.resolve("grüße an alle"));
        Files.writeString(from.resolve("a.txt"), "a");
    }

    @Test
    void writesTheDirectoriesAboveAsTheBaseHasThem() throws Exception {
        var plan = plan("/tmp/mine");

        assertThat(plan)
                .containsExactly(
                        new LayerItem.Directory("/tmp", 01777, 0, 0),
                        new LayerItem.Directory("/tmp/mine", 0755, 0, 0),
                        new LayerItem.Regular("/tmp/mine/a.txt", from.resolve("a.txt"), 1, 0644));
    }

    @ParameterizedTest
    @CsvSource({
        "/bin,/usr/bin/a.txt",
        "/lib/mine,/usr/lib/mine/a.txt",
        "/lib64,/usr/lib64/a.txt",
        "/opt/../bin/./,/usr/bin/a.txt"
    })
    void followsTheLinksOfTheBase(String to, String expected) throws Exception {
        assertThat(paths(plan(to)))
                .contains(expected)
                .noneMatch(path -> path.startsWith("/bin") || path.startsWith("/lib"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sbin", "/usr/sbin/x", "/var/run/x", "/run/x", "/dev/shm", "/proc"})
    void refusesWhatIsALinkSomewhereOrIsCovered(String to) {
        assertThatThrownBy(() -> plan(to))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageStartingWith("A layer cannot put anything into /");
    }

    @ParameterizedTest
    @CsvSource({"/root/x,/root", "/home/user/x,/home/user", "/opt/venv/lib/x,/opt/venv/lib"})
    void refusesToGoThroughADirectoryThatNobodyKnows(String to, String unknown) {
        assertThatThrownBy(() -> plan(to))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageStartingWith("Whether the base has " + unknown + ",");
    }

    @Test
    void goesThroughADirectoryThatTheUserVouchesFor() throws Exception {
        var tree = BaseTree.standard().with(List.of(new LayerItem.Directory("/home/user/data", 0700, 1000, 1000)));

        assertThat(plan("/home/user/data/x", tree))
                .contains(
                        new LayerItem.Directory("/home/user", 0755, 0, 0),
                        new LayerItem.Directory("/home/user/data", 0700, 1000, 1000));
    }

    @Test
    void refusesADirectoryOfAFolderThatMayBeTheBases() throws Exception {
        Files.createDirectories(from.resolve("ssh"));
        Files.writeString(from.resolve("ssh/key"), "k");

        assertThatThrownBy(() -> plan("/etc")).hasMessageStartingWith("Whether the base has /etc/ssh,");
    }

    @Test
    void keepsRelativeLinksAsLinksAndSecondNamesAsHardLinks() throws Exception {
        Files.createSymbolicLink(from.resolve("link"), Path.of("a.txt"));
        Files.createLink(from.resolve("second"), from.resolve("a.txt"));

        assertThat(plan("/opt/mine"))
                .contains(
                        new LayerItem.Symlink("/opt/mine/link", "a.txt"),
                        new LayerItem.HardLink("/opt/mine/second", "/opt/mine/a.txt", 0644));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/passwd", "../outside", "deep/../../outside"})
    void refusesALinkOutOfItsFolderByName(String target) throws Exception {
        Files.createSymbolicLink(from.resolve("link"), Path.of(target));

        assertThatThrownBy(() -> plan("/opt/mine"))
                .hasMessageContaining("link that leads out of its folder")
                .extracting(e -> problem(e).found())
                .asList()
                .containsExactly(from.resolve("link") + " → " + target);
    }

    @Test
    void refusesAFolderThatIsMissingOrEmpty() throws Exception {
        Files.delete(from.resolve("a.txt"));
        assertThatThrownBy(() -> plan("/opt/mine")).hasMessageContaining("is empty");
        Files.delete(from);
        assertThatThrownBy(() -> plan("/opt/mine"))
                .hasMessageContaining("is not there")
                .extracting(e -> problem(e).found())
                .asList()
                .containsExactly(from + " does not exist");
    }

    @Test
    void refusesAFileInThePlaceOfADirectoryOfTheBase() {
        var overlay = LayerSource.overlay("overlay", Map.of("/etc", from.resolve("a.txt")));

        assertThatThrownBy(() -> LayerPlan.of(overlay, BaseTree.standard()))
                .hasMessageContaining("take the place of a directory");
    }

    @Test
    void refusesASocket() throws Exception {
        try (var channel = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            channel.bind(java.net.UnixDomainSocketAddress.of(from.resolve("s")));

            assertThatThrownBy(() -> plan("/opt/mine")).hasMessageContaining("neither file, folder nor link");
        }
    }

    @Test
    void looksIntoABaseThatIsFullyKnown() throws Exception {
        var tree = BaseTree.exact(Map.of(
                "/root", new LayerItem.Directory("/root", 0550, 0, 0),
                "/sbin", new LayerItem.Symlink("/sbin", "usr/bin"),
                "/usr", new LayerItem.Directory("/usr", 0755, 0, 0),
                "/usr/bin", new LayerItem.Directory("/usr/bin", 0555, 0, 0)));

        assertThat(plan("/root", tree)).contains(new LayerItem.Directory("/root", 0550, 0, 0));
        assertThat(plan("/sbin", tree)).contains(new LayerItem.Directory("/usr/bin", 0555, 0, 0));
        assertThat(paths(plan("/quite/new", tree))).containsExactly("/quite", "/quite/new", "/quite/new/a.txt");
    }

    @Test
    void tellsAllThatIsWrongWithALayerAtOnce() {
        assertThatThrownBy(() -> LayerSource.folder("a/b", from, "opt", "rw", "9"))
                .isInstanceOfSatisfying(
                        StrixhaloException.class, e -> assertThat(e.problems()).hasSize(4));
    }

    private List<LayerItem> plan(String to) throws StrixhaloException {
        return plan(to, BaseTree.standard());
    }

    private List<LayerItem> plan(String to, BaseTree tree) throws StrixhaloException {
        return LayerPlan.of(LayerSource.folder("mine", from, to, "auto", "auto"), tree);
    }

    private static List<String> paths(List<LayerItem> items) {
        return items.stream().map(LayerItem::path).toList();
    }

    private static Problem problem(Throwable e) {
        return ((StrixhaloException) e).problems().get(0);
    }
}
