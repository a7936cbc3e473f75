package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Doctor;
import dev.strixhalo.doctor.Wanted;
import dev.strixhalo.host.HostSamples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is planned, from a state of a node alone. */
class NodePlanTest {
    private static final String PROFILE_OF_OURS = """
            connection.id:strixhalo-fabric
            connection.interface-name:ens17
            connection.autoconnect:yes
            connection.autoconnect-priority:100
            connection.zone:
            802-3-ethernet.mtu:9000
            ipv4.method:manual
            ipv4.addresses:192.168.100.1/30
            ipv4.gateway:
            ipv4.never-default:yes
            ipv6.method:link-local
            """;

    @Test
    void aBareDebianGetsAllOfIt() {
        var plan = NodePlan.of(debian(StateSamples.debian()));

        assertThat(plan.obstacles()).isEmpty();
        assertThat(plan.changes())
                .extracting(Change::id)
                .containsExactly(
                        "packages", "kernel-arguments", "fabric-profile", "memlock", "groups", "linger", "logind");
        assertThat(plan.needs()).containsExactlyInAnyOrder(Afterwards.values());
        assertThat(text(plan))
                .contains("--yes install iperf3 rdma-core ibverbs-utils perftest ethtool")
                .contains("+ GRUB_CMDLINE_LINUX_DEFAULT=\"quiet iommu=pt pci=realloc pcie_aspm=off")
                .contains("+ address1=192.168.100.1/30", "+ interface-name=ens17", "+ mtu=9000")
                .contains("+ strix - memlock unlimited", "+ LimitMEMLOCK=infinity")
                .contains("usermod --append --groups render strix")
                .doesNotContain("zone=trusted");
    }

    @Test
    void aBareFedoraGetsItByItsOwnTools() {
        var host = StateSamples.fedora().host(StateSamples.bare("enp194s0np0"), "roce", Wishes.STANDARD, "enp194s0np0");
        var plan = NodePlan.of(host);

        assertThat(plan.obstacles()).isEmpty();
        assertThat(text(plan))
                .contains("dnf --assumeyes install iperf3 rdma-core libibverbs-utils perftest ethtool")
                .contains(
                        "grubby --update-kernel=ALL --remove-args=pci=noaer '--args=iommu=pt pci=realloc pcie_aspm=off")
                .contains("+ zone=trusted")
                .doesNotContain("update-grub");
        var grubby = (Step.Command) change(plan, "kernel-arguments").steps().get(0);
        // One kernel had iommu=pt before: an undo must not take it from there.
        assertThat(grubby.undo().get(2)).doesNotContain("iommu=pt").contains("pcie_aspm=off");
        assertThat(grubby.kept()).contains("/boot/loader/entries/*.conf", "/etc/default/grub");
    }

    /** In the form that hosts of Fedora 38 and 40 were seen to print: ids, a rescue entry, variables, entries of other systems. */
    @Test
    void entriesOfTheBootLoaderAreReadWhateverElseStandsThere() {
        var told = """
                index=0
                kernel="/boot/vmlinuz-6.18.5-200.fc43.x86_64"
                args="ro rootflags=subvol=root rhgb quiet $tuned_params%1$s"
                root="UUID=f9a12274-d915-4f46-860e-08b3b8f0ea35"
                initrd="/boot/initramfs-6.18.5-200.fc43.x86_64.img $tuned_initrd"
                title="Fedora Linux (6.18.5-200.fc43.x86_64) 43 (Workstation Edition)"
                id="aa2fe2e4c83744f98664b52388fba883-6.18.5-200.fc43.x86_64"
                index=1
                kernel="/boot/vmlinuz-0-rescue-aa2fe2e4c83744f98664b52388fba883"
                args="ro rootflags=subvol=root rhgb quiet%1$s"
                root="UUID=f9a12274-d915-4f46-860e-08b3b8f0ea35"
                title="Fedora Linux (0-rescue-aa2fe2e4c83744f98664b52388fba883) 43 (Workstation Edition)"
                id="aa2fe2e4c83744f98664b52388fba883-0-rescue"
                index=2
                non linux entry
                """;
        var bare = StateSamples.bare("enp194s0np0");
        var before = StateSamples.fedora().with("grubby", told.formatted(""));
        var after = StateSamples.fedora()
                .with("grubby", told.formatted(" " + String.join(" ", Wanted.STANDARD.kernelArguments())));

        var step = (Step.Command)
                change(NodePlan.of(before.host(bare, "roce", Wishes.STANDARD, "enp194s0np0")), "kernel-arguments")
                        .steps()
                        .get(0);

        assertThat(step.argv())
                .containsExactly(
                        "grubby",
                        "--update-kernel=ALL",
                        "--args=" + String.join(" ", Wanted.STANDARD.kernelArguments()));
        assertThat(NodePlan.of(after.host(bare, "roce", Wishes.STANDARD, "enp194s0np0"))
                        .changes())
                .extracting(Change::id)
                .doesNotContain("kernel-arguments");
    }

    @Test
    void aSecondRunPlansNothing() {
        var state = StateSamples.debian()
                .with(
                        "packages",
                        String.join(
                                "\n",
                                Packages.NAMES.stream().map(n -> "ii  " + n).toList()))
                .with("member", "strix sudo render video")
                .with("nm-devices", "ens17:ethernet:connected:ours")
                .with("nm-list", "ours:802-3-ethernet:" + FabricProfile.KEYFILE)
                .with("nm-profile ours", PROFILE_OF_OURS)
                .file(Limits.PAM, "644", "strix - memlock unlimited\n")
                .file(Limits.MANAGER, "644", "[Service]\nLimitMEMLOCK=infinity\n")
                .file(
                        KernelArguments.MAIN,
                        "644",
                        "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet " + String.join(" ", Wanted.STANDARD.kernelArguments())
                                + "\"\n");
        var facts = HostSamples.strixHalo().with("addresses", """
                        [{"ifname":"eno1","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"10.0.0.11","prefixlen":24}]},
                         {"ifname":"ens17","flags":["UP"],"mtu":9000,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":30}]}]
                        """);

        var plan = NodePlan.of(state.host(facts, "roce", Wishes.STANDARD, ""));

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.obstacles()).isEmpty();
        assertThat(plan.nothingToDo()).isTrue();
        // The manager of the user still has the limit that it was started with.
        assertThat(plan.due()).containsExactly(Afterwards.USER_MANAGER);
    }

    @Test
    void aPodmanThatWouldChooseVfsGetsTheKernelsOverlayAndOneThatChoseItIsLeftAlone() {
        var vfs = StateSamples.bare("ens17").with("info", """
                {"host":{"security":{"rootless":true},"ociRuntime":{"name":"crun"}},
                 "store":{"graphDriverName":"vfs","graphRoot":"/home/strix/.local/share/containers/storage"}}
                """);

        var undecided = NodePlan.of(StateSamples.debian()
                .with("storage", "none")
                .with("file " + SystemSettings.STORAGE, "absent")
                .host(vfs, "roce", Wishes.STANDARD, "ens17"));
        var decided =
                NodePlan.of(StateSamples.debian().with("storage", "made").host(vfs, "roce", Wishes.STANDARD, "ens17"));

        assertThat(change(undecided, "overlay").heals()).containsExactly("storage-driver");
        assertThat(text(undecided))
                .contains("file " + SystemSettings.MODULES, "+ overlay", "run  modprobe overlay")
                .contains("file " + SystemSettings.STORAGE, "+ driver = \"overlay\"");
        assertThat(decided.changes()).extracting(Change::id).doesNotContain("overlay");
    }

    @Test
    void aLinkWithoutRdmaGetsNothingOfRdma() {
        var host = StateSamples.debian().host(StateSamples.bare("ens17"), "tcp", Wishes.STANDARD, "ens17");

        assertThat(text(NodePlan.of(host)))
                .contains("install iperf3\n", "address1=")
                .doesNotContain("rdma-core", "memlock", "devlink");
    }

    @Test
    void aProfileOfOursWithOtherValuesIsWrittenAnewAndOneThatIsInactiveIsStarted() {
        var inactive = StateSamples.debian()
                .with("nm-list", "ours:802-3-ethernet:" + FabricProfile.KEYFILE)
                .with("nm-profile ours", PROFILE_OF_OURS);
        assertThat(commands(inactive)).containsExactly("nmcli -w 60 connection up uuid ours");

        var small = inactive.with("nm-profile ours", PROFILE_OF_OURS.replace("mtu:9000", "mtu:1500"))
                .file(FabricProfile.KEYFILE, "600", "[connection]\nuuid=ours\n[ethernet]\nmtu=1500\n");
        assertThat(text(NodePlan.of(debian(small)))).contains("- mtu=1500", "+ mtu=9000", "uuid=ours");
    }

    @Test
    void ourProfileGoesBeforeARivalWithAHigherPriority() {
        var state = StateSamples.debian()
                .with("nm-list", "other:802-3-ethernet:/etc/NetworkManager/system-connections/rdma0.nmconnection")
                .with(
                        "nm-profile other",
                        PROFILE_OF_OURS.replace("priority:100", "priority:200").replace("9000", "1500"))
                .with("nm-devices", "ens17:ethernet:connected:other");

        assertThat(text(NodePlan.of(debian(state)))).contains("autoconnect-priority=201");
        var undo = (Step.Command)
                change(NodePlan.of(debian(state)), "fabric-profile").steps().get(0);
        assertThat(undo.undo()).contains("other");
    }

    /** Seen on a Debian with NetworkManager 1.42: the profile that it makes by itself was gone when it was to be undone. */
    @Test
    void aProfileThatOnlyWaitedForDhcpIsNotStartedAgain() {
        var waiting = StateSamples.debian()
                .with(
                        "nm-devices",
                        "ens17:ethernet:connecting (getting IP configuration):40dc5aec-7c75-39a3-b2f6-b53f48f5f45c");
        var undo = (Step.Command)
                change(NodePlan.of(debian(waiting)), "fabric-profile").steps().get(0);

        assertThat(undo.undo()).contains("none").doesNotContain("40dc5aec-7c75-39a3-b2f6-b53f48f5f45c");
    }

    @Test
    void withoutNetworkManagerTheAddressIsKeptWhereTheServerKeepsIts() {
        var networkd = StateSamples.debian()
                .with("units", "inactive\nactive\ninactive")
                .without("nm-devices");

        assertThat(text(NodePlan.of(debian(networkd))))
                .contains(FabricProfile.NETWORKD, "+ Address=192.168.100.1/30", "networkctl reconfigure");
        assertThat(text(NodePlan.of(debian(networkd.with("netplan", "yes")))))
                .contains(FabricProfile.NETPLAN, "netplan generate")
                .doesNotContain("netplan apply");
        var nothing = NodePlan.of(debian(networkd.with("units", "inactive\ninactive\ninactive")));
        assertThat(nothing.obstacles()).hasSize(1);
        assertThat(nothing.obstacles().get(0).what()).contains("Nothing that prepare knows manages ens17");
    }

    @Test
    void theInterfaceOfOurOwnSessionAndTheDefaultRouteAreNeverTouched() {
        var session = StateSamples.debian().host(StateSamples.bare("ens17"), "roce", Wishes.STANDARD, "eno1");
        var plan = NodePlan.of(session);
        assertThat(plan.changes()).extracting(Change::id).doesNotContain("fabric-profile");
        assertThat(plan.obstacles().get(0).what())
                .isEqualTo("The SSH connection itself runs over the fabric interface eno1.");

        var route = StateSamples.bare("ens17")
                .with("defaults", "[{\"dst\":\"default\",\"gateway\":\"10.0.0.1\",\"dev\":\"ens17\",\"flags\":[]}]");
        var other = NodePlan.of(StateSamples.debian().host(route, "roce", Wishes.STANDARD, "ens17"));
        assertThat(other.changes()).extracting(Change::id).doesNotContain("fabric-profile");
        assertThat(other.obstacles().get(0).what()).startsWith("The default route leaves by ens17");
    }

    @Test
    void whichInterfaceIsTheFabricsIsFoundOrAskedFor() throws Exception {
        var one = StateSamples.debian().with("cards", "eno1 a 1\nens17 b 1");
        assertThat(one.host(StateSamples.bare("ens17"), "roce", Wishes.STANDARD, "")
                        .fabricInterface())
                .isEqualTo("ens17");
        var two = StateSamples.debian()
                .with("cards", "eno1 a 1\nens17 b 1\nens18 c 1")
                .host(StateSamples.bare("ens17"), "roce", Wishes.STANDARD, "");
        assertThatThrownBy(two::fabricInterface)
                .isInstanceOf(StrixhaloException.class)
                .hasMessage("Which interface is the fabric's cannot be told.");
        var wrong = StateSamples.debian().host(StateSamples.bare("ens17"), "roce", Wishes.STANDARD, "ens99");
        assertThatThrownBy(wrong::fabricInterface).hasMessage("<fabricInterface> is ens99, which this node has not.");
    }

    @Test
    void aCardInIwarpModeIsSwitchedNowAndAtEveryStart() {
        var state = StateSamples.fedora()
                .with(
                        "devlink",
                        "{\"param\":{\"pci/0000:c2:00.0\":[{\"name\":\"enable_roce\",\"values\":"
                                + "[{\"cmode\":\"runtime\",\"value\":false}]}]}}");
        var roce = state.host(StateSamples.bare("enp194s0np0"), "roce", Wishes.STANDARD, "enp194s0np0");

        assertThat(text(NodePlan.of(roce)))
                .contains("pci/0000:c2:00.0 name enable_roce value true", "enable strixhalo-roce.service");
        var infiniband = state.host(StateSamples.bare("enp194s0np0"), "infiniband", Wishes.STANDARD, "enp194s0np0");
        assertThat(NodePlan.of(infiniband).changes()).extracting(Change::id).doesNotContain("roce-mode");
    }

    /** Intel's unit would ask a Mellanox card for what it has not; doctor names the commands that restart the card. */
    @Test
    void aCardThatIsSwitchedAtTheStartOfItsDriverIsLeftAlone() throws StrixhaloException {
        var mellanox = StateSamples.fedora()
                .with(
                        "devlink",
                        "{\"param\":{\"pci/0000:c2:00.0\":[{\"name\":\"enable_roce\",\"values\":"
                                + "[{\"cmode\":\"driverinit\",\"value\":false}]}]}}")
                .host(StateSamples.bare("enp194s0np0"), "roce", Wishes.STANDARD, "enp194s0np0");

        assertThat(NodePlan.of(mellanox).changes()).extracting(Change::id).doesNotContain("roce-mode");
    }

    @Test
    void bootLoadersFilesAreReadInTheirOrder() {
        var cloud = StateSamples.debian()
                .file(
                        KernelArguments.MAIN,
                        "644",
                        "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\nGRUB_CMDLINE_LINUX=\"pci=noaer\"\n")
                .file(
                        "/etc/default/grub.d/50-cloudimg-settings.cfg",
                        "644",
                        "GRUB_CMDLINE_LINUX_DEFAULT=\"console=tty1\"\n");

        // What stands in the first file is overruled by the second: more words go where they hold.
        assertThat(text(NodePlan.of(debian(cloud))))
                .contains("- GRUB_CMDLINE_LINUX=\"pci=noaer\"", "+ GRUB_CMDLINE_LINUX=\"pci=noaer,realloc\"")
                .contains("+ GRUB_CMDLINE_LINUX_DEFAULT=\"console=tty1 iommu=pt");
        var shell = StateSamples.debian()
                .file(KernelArguments.MAIN, "644", "GRUB_CMDLINE_LINUX_DEFAULT=\"$(cat /etc/args)\"\n");
        assertThat(NodePlan.of(debian(shell)).obstacles().get(0).what())
                .contains(
                        "GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub is written so that only a shell can read it");
        var none = StateSamples.debian().with("file " + KernelArguments.MAIN, "absent");
        assertThat(NodePlan.of(debian(none)).obstacles().get(0).what()).startsWith("The boot loader is none");
    }

    @Test
    void linesOfOthersInOurLimitsStay() {
        var state = StateSamples.debian().file(Limits.PAM, "644", "lara - memlock 64\nstrix - memlock 8192\n");

        assertThat(text(NodePlan.of(debian(state))))
                .contains("  lara - memlock 64", "- strix - memlock 8192", "+ strix - memlock unlimited");
    }

    @Test
    void subordinateIdsComeBehindThoseOfOthers() {
        var state =
                StateSamples.debian().with("subuid-all", "lara:524288:65536").with("subgid-all", "strix:100000:65536");

        var steps = change(NodePlan.of(debian(state)), "subordinate-ids").steps();

        assertThat(steps).hasSize(3);
        assertThat(steps.get(1))
                .isEqualTo(Step.Command.of("usermod", "--add-subuids", "589824-655359", "strix")
                        .undoneBy("usermod", "--del-subuids", "589824-655359", "strix"));
        assertThat(((Step.Command) steps.get(2)).argv()).contains("runuser", "podman", "migrate");
    }

    @Test
    void subordinateIdsWaitUntilNoContainerRunsSincePodmanWouldEndIt() {
        var state = StateSamples.debian().with("subuid-all", "").with("containers", "8a8a8a8a8a8a\n9b9b9b9b9b9b");

        var plan = NodePlan.of(debian(state));

        assertThat(plan.changes()).extracting(Change::id).doesNotContain("subordinate-ids");
        assertThat(plan.obstacles()).singleElement().satisfies(obstacle -> {
            assertThat(obstacle.what()).contains("podman system migrate, which ends containers");
            assertThat(obstacle.found()).containsExactly("2 containers of 'strix' run");
            assertThat(obstacle.fixes()).first().asString().contains("mvn strixhalo:remove");
        });
    }

    @Test
    void colonsAndBackslashesOfTerseLinesAreText() {
        assertThat(NmProfile.split("lan\\:1\\\\:802-3-ethernet:/etc/x\\:y:"))
                .containsExactly("lan:1\\", "802-3-ethernet", "/etc/x:y", "");
    }

    @Test
    void aProfileOfOurNameThatIsNotOurFileIsLeftAloneAndOursIsStartedByItsUuid() {
        var others =
                PROFILE_OF_OURS.replace("192.168.100.1/30", "192.168.7.1/24").replace(":9000", ":1500");
        var state = StateSamples.debian()
                .with("nm-devices", "ens17:ethernet:disconnected:")
                .with(
                        "nm-list",
                        "one:802-3-ethernet:/etc/NetworkManager/system-connections/a.nmconnection\n"
                                + "two:802-3-ethernet:/etc/NetworkManager/system-connections/b.nmconnection")
                .with("nm-profile one", others)
                .with("nm-profile two", others);

        var steps = change(NodePlan.of(debian(state)), "fabric-profile").steps();

        assertThat(steps.get(1)).isInstanceOfSatisfying(Step.WriteFile.class, file -> {
            assertThat(file.path()).isEqualTo(FabricProfile.KEYFILE);
            assertThat(file.content()).contains("autoconnect-priority=101", "address1=192.168.100.1/30");
        });
        var up = ((Step.Command) steps.get(steps.size() - 1)).argv();
        assertThat(up.subList(0, up.size() - 1)).containsExactly("nmcli", "-w", "60", "connection", "up", "uuid");
        assertThat(up.get(up.size() - 1)).matches("[0-9a-f-]{36}");
    }

    @Test
    void whatHasToBeAskedForIsOnlyThen() {
        var facts = StateSamples.bare("ens17")
                .ending("services", 3, "active\ninactive")
                .with("suspend", "static");
        var asked = new Wishes(Wanted.STANDARD, false, true, false, true, true, false);

        var quiet = NodePlan.of(StateSamples.debian().host(facts, "roce", Wishes.STANDARD, "ens17"));
        var loud = NodePlan.of(StateSamples.debian().host(facts, "roce", asked, "ens17"));

        assertThat(quiet.changes()).extracting(Change::id).doesNotContain("oom-killers", "suspend");
        assertThat(loud.changes())
                .extracting(Change::id)
                .contains("oom-killers", "suspend")
                .doesNotContain("packages", "kernel-arguments");
        assertThat(text(loud))
                .contains("systemctl mask --now systemd-oomd.service")
                .doesNotContain("earlyoom");
    }

    @Test
    void devicesOfTheWrongGroupGetARule() {
        var facts = StateSamples.bare("ens17")
                .with(
                        "devices",
                        "/dev/kfd denied /dev/kfd crw------- root:root\n/dev/dri denied /dev/dri/renderD128 crw-rw---- root:render\n"
                                + "/dev/infiniband denied /dev/infiniband/uverbs0 crw------- root:root");

        var plan = NodePlan.of(StateSamples.debian().host(facts, "roce", Wishes.STANDARD, "ens17"));

        assertThat(text(plan)).contains("KERNEL==\"kfd\"", "uverbs*").doesNotContain("renderD*");
    }

    @Test
    void aMissingGroupAndAnUnknownPackageManagerAreToldWithAWayOut() {
        var state = StateSamples.debian()
                .failing("group-render", 2, "")
                .with("manager", "none")
                .with("packages", "");

        assertThat(NodePlan.of(debian(state)).obstacles())
                .extracting(p -> p.what())
                .containsExactly(
                        "Packages are missing, and the package manager is none that prepare knows.",
                        "The group render, to which the GPU's devices belong, does not exist.");
    }

    @Test
    void everyHealedCheckIsOneOfDoctorsAndEveryIdIsOnce() {
        var remedies = Remedies.all();

        assertThat(remedies).extracting(Remedy::id).doesNotHaveDuplicates();
        assertThat(remedies)
                .allSatisfy(remedy -> assertThat(remedy.heals())
                        .allSatisfy(check ->
                                assertThat(Doctor.check(check)).as(check).isPresent()));
    }

    @Test
    void theReadmeHasARowForEachChangeWithTheChecksThatItHeals() throws Exception {
        var rows = Files.readAllLines(Path.of("../README.md")).stream()
                .dropWhile(line -> !line.equals("## What prepare changes and how to take it back"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.split(" \\| "))
                .map(cells -> cells[0].substring(2) + " " + cells[2])
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(Remedies.all().stream()
                        .map(r -> "`%s` `%s`".formatted(r.id(), String.join("` `", r.heals())))
                        .toList());
    }

    private static Host debian(StateSamples state) {
        return state.host(StateSamples.bare("ens17"), "roce", Wishes.STANDARD, "ens17");
    }

    private static Change change(NodePlan plan, String id) {
        return plan.changes().stream()
                .filter(c -> c.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> commands(StateSamples state) {
        return change(NodePlan.of(debian(state)), "fabric-profile").steps().stream()
                .map(step -> PlanText.shown(((Step.Command) step).argv()))
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static String text(NodePlan plan) {
        return String.join("\n", new Plan(List.of(plan)).lines());
    }
}
