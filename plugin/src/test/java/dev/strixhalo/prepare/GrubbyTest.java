package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.doctor.Wanted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Arguments of kernels by grubby. The files are what the functions of grubby-bls of Fedora's package grubby printed (its
 * sources at github.com/fedora-riscv/grubby, 08153fc; with Debian's grub-editenv, and sort -V for rpm-sort) of three
 * entries in Fedora's form, before and after they did what is planned here. Like every grubby it takes all arguments of a
 * key away before it sets one.
 */
class GrubbyTest {
    private static final String ALL =
            "--args=iommu=pt pci=realloc pcie_aspm=off amdgpu.gttsize=126976 ttm.pages_limit=32505856";

    @Test
    void eachKernelGetsWhatIsMissingAndKeepsWhatItsListsHeld() throws Exception {
        assertThat(commands(recorded("grubby-before.txt")))
                .containsExactly(
                        List.of("grubby", "--update-kernel=ALL", "--remove-args=iommu=on pci=noaer", ALL),
                        List.of(
                                "grubby",
                                "--update-kernel=/boot/vmlinuz-6.18.5-200.fc43.x86_64",
                                "--args=pci=noaer,realloc"));
    }

    @Test
    void whatThoseCommandsMadeNeedsNoMore() throws Exception {
        assertThat(commands(recorded("grubby-after.txt"))).isEmpty();
    }

    @Test
    void aKernelThatHasEverythingLosesNothingForAnotherThatLacksIt() throws Exception {
        var after = recorded("grubby-after.txt");
        var other = after.replaceFirst(" pci=realloc", "");

        assertThat(commands(other))
                .containsExactly(
                        List.of("grubby", "--update-kernel=ALL", "--args=pci=realloc"),
                        List.of(
                                "grubby",
                                "--update-kernel=/boot/vmlinuz-6.18.5-200.fc43.x86_64",
                                "--args=pci=noaer,realloc"));
    }

    @Test
    void whatAllKernelsHaveInAListIsSaidOnceForThemAndForLaterOnes() throws Exception {
        var same = recorded("grubby-before.txt")
                .replace("pci=noaer", "pci=nomsi pci=noaer")
                .replace(" iommu=on", "")
                .replace("rhgb quiet\"", "rhgb quiet pci=nomsi,noaer\"");

        assertThat(commands(same))
                .containsExactly(List.of(
                        "grubby",
                        "--update-kernel=ALL",
                        "--remove-args=pci=nomsi,noaer pci=noaer",
                        ALL.replace("pci=realloc", "pci=nomsi,noaer,realloc")));
    }

    @Test
    void anUndoTakesOurArgumentsFromLaterKernelsButNoListThatOthersBegan() throws Exception {
        var plain = recorded("grubby-before.txt").replace(" pci=noaer iommu=on", "");
        var listed = plain.replace("rhgb quiet", "rhgb quiet pci=noaer");

        assertThat(steps(plain).get(0).undo().get(2)).contains("pcie_aspm=off", "pci=realloc");
        assertThat(steps(listed).get(0).undo().get(2)).contains("pcie_aspm=off").doesNotContain("pci=");
    }

    private static List<List<String>> commands(String told) throws Exception {
        return steps(told).stream().map(Step.Command::argv).toList();
    }

    private static List<Step.Command> steps(String told) throws Exception {
        var facts = StateSamples.bare("enp194s0np0");
        var host = StateSamples.fedora().with("grubby", told).host(facts, "roce", Wishes.STANDARD, "enp194s0np0");
        assertThat(host.wishes().wanted()).isEqualTo(Wanted.STANDARD);
        return NodePlan.of(host).changes().stream()
                .filter(change -> change.id().equals("kernel-arguments"))
                .flatMap(change -> change.steps().stream())
                .map(Step.Command.class::cast)
                .toList();
    }

    private static String recorded(String name) throws IOException {
        try (var in = Objects.requireNonNull(GrubbyTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
