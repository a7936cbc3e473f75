package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.FedoraRecording;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What prepare plans on Fedora, which runs nowhere here, by what programs printed on hosts of it that their owners published
 * (dev/strixhalo/fedora/sources.txt); what nobody published is as in the samples.
 */
class RecordedFedoraTest {
    private static final List<String> WANTED =
            List.of("iommu=pt", "pci=realloc", "pcie_aspm=off", "amdgpu.gttsize=126976", "ttm.pages_limit=32505856");
    private static final Pattern ARGUMENTS = Pattern.compile("(?m)^args=\"(.*)\"$");

    /** btrfs, LUKS, tuned's variable in three places, an argument twice, the kernel for rescue, an entry without a kernel. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "grubby-fedora43-kde.txt",
                "grubby-fedora41-btrfs.txt",
                "grubby-fedora40-doubled.txt",
                "grubby-fedora37-luks.txt"
            })
    void allKernelsGetTheArgumentsAndKeepTheirOwn(String listing) {
        var told = FedoraRecording.text(listing);

        assertThat(commands(told))
                .containsExactly(List.of("grubby", "--update-kernel=ALL", "--args=" + String.join(" ", WANTED)));
        assertThat(steps(told).get(0).undo())
                .containsExactly("grubby", "--update-kernel=ALL", "--remove-args=" + String.join(" ", WANTED));
        assertThat(commands(ARGUMENTS.matcher(told).replaceAll("args=\"$1 " + String.join(" ", WANTED) + "\"")))
                .as("what they made is enough")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "grubby-fedora43-kde.txt, 1",
        "grubby-fedora41-btrfs.txt, 4",
        "grubby-fedora40-doubled.txt, 4",
        "grubby-fedora37-luks.txt, 4"
    })
    void everyKernelIsSeen(String listing, int kernels) {
        var entries = StateSamples.fedora()
                .with("grubby", FedoraRecording.text(listing))
                .state()
                .grubby()
                .value();

        assertThat(entries).hasSize(kernels).allSatisfy(entry -> {
            assertThat(entry.kernel()).startsWith("/boot/vmlinuz-");
            assertThat(entry.arguments()).contains("ro", "rhgb", "quiet");
        });
    }

    /** Both have less memory for the GPU than is wanted; what no module of the kernel reads stays as it is. */
    @Test
    void strixHaloHostsGetWhatTheyLackInThePlaceOfWhatTheyHave() {
        assertThat(commands(entry("cmdline-fedora43-framework-desktop.txt")))
                .containsExactly(List.of(
                        "grubby",
                        "--update-kernel=ALL",
                        "--remove-args=amdgpu.gttsize=108000",
                        "--args=" + String.join(" ", WANTED)));
        assertThat(commands(entry("cmdline-nobara43-strix-halo.txt")))
                .containsExactly(List.of(
                        "grubby",
                        "--update-kernel=ALL",
                        "--remove-args=ttm.pages_limit=25165824",
                        "--args=" + String.join(" ", WANTED)));
    }

    /** grubby changes both by their kernel's file, as with the copy that the guide of this listing makes. */
    @Test
    void twoEntriesOfOneKernelAreToldWhereTheirListsDiffer() {
        var listing = FedoraRecording.text("grubby-fedora40-doubled.txt");
        var first = listing.substring(0, listing.indexOf("index=1"));
        var copy = first.replace("index=0", "index=4").replace("rhgb quiet", "rhgb quiet pci=noaer");

        assertThat(commands(listing + first.replace("index=0", "index=4"))).hasSize(1);
        assertThat(NodePlan.of(host(listing + copy)).obstacles().toString())
                .contains("Two boot entries of /boot/vmlinuz-6.10.12-200.fc40.x86_64 have other values in one list")
                .contains("the other 'pci=noaer,realloc'");
        assertThat(commands(listing + copy.replace("6.10.12", "6.10.13"))).hasSize(2);
    }

    @Test
    void theUsersIdsComeAfterThoseThatFedoraGaveAway() {
        var host = StateSamples.fedora()
                .with("subuid-all", FedoraRecording.text("subuid-bluefin.txt"))
                .with("subgid-all", FedoraRecording.text("subuid-bluefin.txt"))
                .host(StateSamples.bare("enp194s0np0"), "roce", Wishes.STANDARD, "enp194s0np0");

        assertThat(argv(host, "subordinate-ids"))
                .contains(
                        List.of("usermod", "--add-subuids", "589824-655359", "strix"),
                        List.of("usermod", "--add-subgids", "589824-655359", "strix"));
    }

    /** Neither dnf nor usermod nor grubby changes anything for good where the system is an image. */
    @Test
    void anImageOfOstreeIsLeftToItsOwner() {
        var host = StateSamples.fedora()
                .with("manager", "ostree")
                .with("member", "strix wheel")
                .with("grubby", entry("cmdline-nobara43-strix-halo.txt"))
                .host(
                        StateSamples.bare("enp194s0np0")
                                .with("arguments", FedoraRecording.text("cmdline-nobara43-strix-halo.txt")),
                        "roce",
                        Wishes.STANDARD,
                        "enp194s0np0");
        var plan = NodePlan.of(host);

        assertThat(plan.changes()).extracting(Change::id).doesNotContain("packages", "kernel-arguments", "groups");
        assertThat(plan.obstacles().toString())
                .contains("sudo rpm-ostree install")
                .contains("sudo rpm-ostree kargs --delete-if-present=ttm.pages_limit=25165824"
                        + " --append-if-missing=ttm.pages_limit=32505856 --append-if-missing=iommu=pt")
                .contains("for g in render video; do grep -q \"^$g:\" /etc/group || grep \"^$g:\" /usr/lib/group"
                        + " | sudo tee -a /etc/group; sudo usermod -aG $g strix; done");
    }

    private static String entry(String commandLine) {
        var words = List.of(FedoraRecording.text(commandLine).strip().split(" "));
        var kernel = words.get(0).replaceFirst(".*\\)", "/boot");
        var arguments =
                words.stream().skip(1).filter(word -> !word.startsWith("root=")).collect(Collectors.joining(" "));
        return "index=0\nkernel=\"%s\"\nargs=\"%s\"\n".formatted(kernel, arguments);
    }

    private static List<List<String>> commands(String listing) {
        return argv(host(listing), "kernel-arguments");
    }

    private static List<Step.Command> steps(String listing) {
        return commands(host(listing), "kernel-arguments").toList();
    }

    private static List<List<String>> argv(Host host, String change) {
        return commands(host, change).map(Step.Command::argv).toList();
    }

    private static Stream<Step.Command> commands(Host host, String id) {
        return NodePlan.of(host).changes().stream()
                .filter(change -> change.id().equals(id))
                .flatMap(change -> change.steps().stream())
                .filter(Step.Command.class::isInstance)
                .map(Step.Command.class::cast);
    }

    private static Host host(String listing) {
        return StateSamples.fedora()
                .with("grubby", listing)
                .host(StateSamples.bare("enp194s0np0"), "roce", Wishes.STANDARD, "enp194s0np0");
    }
}
