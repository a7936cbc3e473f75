package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Settings of GRUB as people and distributions write them. */
class GrubFileTest {
    private static final String LINUX = "GRUB_CMDLINE_LINUX";

    @Test
    void wordsAreThoseThatTheShellWouldSee() {
        assertThat(words("GRUB_CMDLINE_LINUX=\"a b=c\"\n")).containsExactly("a", "b=c");
        assertThat(words("  export GRUB_CMDLINE_LINUX='a  b' # pci=noaer\n")).containsExactly("a", "b");
        assertThat(words("GRUB_CMDLINE_LINUX=quiet\n")).containsExactly("quiet");
        assertThat(words("GRUB_CMDLINE_LINUX=\n")).isEmpty();
        assertThat(words("GRUB_CMDLINE_LINUX=\"a \\\n  b\"\n")).containsExactly("a", "b");
        assertThat(words("GRUB_CMDLINE_LINUX=\"a \"'b'\n")).containsExactly("a", "b");
        assertThat(words("GRUB_CMDLINE_LINUX=\"dyndbg=\\\"file\\ x\\\" b\"\n")).contains("b");
    }

    @Test
    void theLastAssignmentHoldsAndCommentsAndOtherNamesAreNone() {
        var text = """
                # GRUB_CMDLINE_LINUX="comment"
                GRUB_CMDLINE_LINUX="first"
                GRUB_CMDLINE_LINUX_DEFAULT="other"
                GRUB_CMDLINE_LINUX="last"
                GRUB_TERMINAL="GRUB_CMDLINE_LINUX=inside"
                """;

        assertThat(words(text)).containsExactly("last");
        assertThat(new GrubFile("GRUB_TIMEOUT=5\n").last(LINUX)).isEmpty();
    }

    @Test
    void onlyTheWordsThatHaveToChangeAreChanged() {
        var text = "# mine\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"quiet \\\n    pci=noaer\" # keep\nGRUB_X='y'";
        var file = new GrubFile(text);

        var replaced = file.replacing(file.last(LINUX).orElseThrow(), "pci=noaer", "pci=noaer,realloc");
        var appended = file.appending(file.last(LINUX).orElseThrow(), List.of("iommu=pt"));

        assertThat(replaced).contains(text.replace("pci=noaer", "pci=noaer,realloc"));
        assertThat(appended).isEqualTo(text.replace("noaer\"", "noaer iommu=pt\""));
        assertThat(new GrubFile("A=\"xpci=noaer pci=noaer2\"\n")
                        .replacing(new GrubFile.Value(2, 24, List.of(), true), "pci=noaer", "z"))
                .isEmpty();
    }

    @Test
    void whatIsAppendedStaysWithinTheQuotes() {
        assertThat(appended("GRUB_CMDLINE_LINUX=\n")).isEqualTo("GRUB_CMDLINE_LINUX=\"new\"\n");
        assertThat(appended("GRUB_CMDLINE_LINUX=\"\"\n")).isEqualTo("GRUB_CMDLINE_LINUX=\"new\"\n");
        assertThat(appended("GRUB_CMDLINE_LINUX=quiet\n")).isEqualTo("GRUB_CMDLINE_LINUX=quiet\" new\"\n");
        assertThat(appended("GRUB_CMDLINE_LINUX='a'\n")).isEqualTo("GRUB_CMDLINE_LINUX='a new'\n");
        assertThat(new GrubFile("A=1").assigning(LINUX, List.of("new"))).isEqualTo("A=1\nGRUB_CMDLINE_LINUX=\"new\"\n");
    }

    @Test
    void aCommandInTheValueOrAnOpenQuoteIsNothingToEdit() {
        assertThat(plain("GRUB_CMDLINE_LINUX=\"quiet $(cat /etc/x)\"\n")).isFalse();
        assertThat(plain("GRUB_CMDLINE_LINUX=\"quiet `x`\"\n")).isFalse();
        assertThat(plain("GRUB_CMDLINE_LINUX=\"quiet\n")).isFalse();
        assertThat(plain("GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX quiet\"\n")).isTrue();
    }

    @Test
    void whatOneShellAddsAndAnotherDoesNotIsNothingToEdit() {
        assertThat(plain("GRUB_CMDLINE_LINUX=quiet\nGRUB_CMDLINE_LINUX+=\" iommu=off\"\n"))
                .isFalse();
        assertThat(plain("GRUB_CMDLINE_LINUX=quiet\nGRUB_CMDLINE_LINUX_DEFAULT+=\" x\"\n"))
                .isTrue();
    }

    @Test
    void endsOfLinesOfAnotherSystemStay() {
        assertThat(words("GRUB_CMDLINE_LINUX=\"a b\"\r\nGRUB_X=y\r\n")).containsExactly("a", "b");
        assertThat(appended("GRUB_CMDLINE_LINUX=\"a\"\r\nGRUB_X=y\r\n"))
                .isEqualTo("GRUB_CMDLINE_LINUX=\"a new\"\r\nGRUB_X=y\r\n");
    }

    @Test
    void argumentsAreMergedReplacedOrAdded() {
        assertThat(Arguments.missing(List.of("quiet", "pci=noaer"), List.of("pci=realloc", "iommu=pt")))
                .isEqualTo(new Arguments(Map.of("pci=noaer", "pci=noaer,realloc"), List.of("iommu=pt")));
        assertThat(Arguments.missing(List.of("pci=realloc,noaer"), List.of("pci=realloc"))
                        .none())
                .isTrue();
        assertThat(Arguments.missing(List.of("ttm.pages_limit=1"), List.of("ttm.pages_limit=2")))
                .isEqualTo(new Arguments(Map.of("ttm.pages_limit=1", "ttm.pages_limit=2"), List.of()));
        assertThat(Arguments.missing(List.of("amd_iommu=pt"), List.of("iommu=pt")))
                .isEqualTo(new Arguments(Map.of("amd_iommu=pt", "iommu=pt"), List.of()));
        assertThat(Arguments.missing(List.of("iommu=off", "iommu=pt"), List.of("iommu=pt"))
                        .none())
                .isTrue();
    }

    private static List<String> words(String text) {
        return new GrubFile(text).last(LINUX).orElseThrow().words();
    }

    private static boolean plain(String text) {
        return new GrubFile(text).last(LINUX).orElseThrow().plain();
    }

    private static String appended(String text) {
        var file = new GrubFile(text);
        return file.appending(file.last(LINUX).orElseThrow(), List.of("new"));
    }
}
