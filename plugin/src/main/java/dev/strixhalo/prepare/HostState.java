package dev.strixhalo.prepare;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.LookScript;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.NodeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What prepare has to know of a node beyond doctor's facts: what stands in the files that it may write, and what the tools
 * that it may run have set up.
 *
 * @param user         who logs in
 * @param uid          its number
 * @param home         its home folder
 * @param boot         the kernel's id of this boot
 * @param sudo         whether the user may be root
 * @param journal      the runs that the node remembers
 * @param files        contents by path, those of {@code /etc/default/grub.d} among them
 * @param units        states of services, {@code active} …
 * @param manager      {@code apt}, {@code dnf}, {@link #OSTREE} or {@code none}
 * @param packages     of those asked for, the installed ones
 * @param member       groups of the user by the node's database; a login may be older
 * @param groups       whether {@code render} and {@code video} exist
 * @param subuids      lines of /etc/subuid
 * @param subgids      lines of /etc/subgid
 * @param storage      whether podman has made the user's storage already, and so chosen its driver
 * @param containers   how many containers of the user run
 * @param managerLimit hard limit of locked memory that the user's manager has
 * @param nmDevices    interfaces as NetworkManager sees them; absent without it
 * @param nmProfiles   its profiles for Ethernet
 * @param cards        interfaces with a device behind them, and its address on the bus
 * @param roce         whether a card at an address on the bus is in RoCE mode, of those that can be switched while they run
 * @param grubby       boot entries of a Fedora
 * @param updateGrub   whether there is {@code update-grub}
 * @param netplan      whether there is netplan, which writes what systemd-networkd reads
 * @param ssh          keys of the user and of the machine
 */
record HostState(
        String user,
        String uid,
        String home,
        String boot,
        Sudo sudo,
        Journal journal,
        Map<String, Reading<FileState>> files,
        Map<String, String> units,
        String manager,
        Set<String> packages,
        List<String> member,
        Set<String> groups,
        List<String> subuids,
        List<String> subgids,
        boolean storage,
        int containers,
        Reading<String> managerLimit,
        Reading<List<NmDevice>> nmDevices,
        List<NmProfile> nmProfiles,
        Map<String, String> cards,
        Map<String, Boolean> roce,
        Reading<List<BootEntry>> grubby,
        boolean updateGrub,
        boolean netplan,
        SshKeys ssh) {
    /** The manager of packages where the system is an image that only rpm-ostree changes, as Silverblue's and Bazzite's. */
    static final String OSTREE = "ostree";

    private static final Duration PROBE_TIME = Duration.ofSeconds(20);

    /**
     * A file.
     *
     * @param there   whether there is one
     * @param mode    octal
     * @param owner   {@code user:group}
     * @param content its text
     */
    record FileState(boolean there, String mode, String owner, String content) {
        static final FileState ABSENT = new FileState(false, "", "", "");
    }

    /**
     * Whether the user may be root, as far as that can be known without a password.
     *
     * @param kind the answer
     * @param said sudo's own words
     */
    record Sudo(Kind kind, String said) {
        enum Kind {
            ROOT,
            FREE,
            PASSWORD,
            REFUSED,
            ABSENT
        }
    }

    /** An interface of NetworkManager: its state, {@code connected}, and the active profile's UUID, empty without one. */
    record NmDevice(String name, String type, String state, String uuid) {}

    /** A boot entry of grubby: the kernel's file and its arguments. */
    record BootEntry(String kernel, List<String> arguments) {}

    /** Reads the state: one round trip, nothing is changed. */
    static HostState look(NodeConnection connection) throws StrixhaloException {
        var parameters = new ArrayList<>(List.of(Journal.FOLDER, String.join(",", Packages.NAMES)));
        parameters.addAll(Remedies.FILES);
        var command = LookScript.asking(PROBE_TIME, Script.text("state.sh"), parameters)
                .called("prepare's look at the node")
                .timeout(Duration.ofMinutes(5));
        return parse(connection.run(command).orFail().out());
    }

    static HostState parse(List<String> lines) throws StrixhaloException {
        return new StateOutput(lines, PROBE_TIME).state();
    }

    /** The same with other boot entries. */
    HostState withGrubby(Reading<List<BootEntry>> entries) {
        return new HostState(
                user,
                uid,
                home,
                boot,
                sudo,
                journal,
                files,
                units,
                manager,
                packages,
                member,
                groups,
                subuids,
                subgids,
                storage,
                containers,
                managerLimit,
                nmDevices,
                nmProfiles,
                cards,
                roce,
                entries,
                updateGrub,
                netplan,
                ssh);
    }

    /** For messages: {@code 2 containers of 'strix' run}. */
    String runningContainers() {
        return containers == 1
                ? "1 container of '%s' runs".formatted(user)
                : "%d containers of '%s' run".formatted(containers, user);
    }

    /** A file that was asked for; its absence is a file without content. */
    Reading<FileState> file(String path) {
        return files.getOrDefault(path, Reading.absent(path + " was not asked for"));
    }

    /** Its text; empty when it is not there or cannot be read. */
    String content(String path) {
        return file(path).find().map(FileState::content).orElse("");
    }

    boolean active(String unit) {
        return units.getOrDefault(unit, "").equals("active");
    }

    /** The file as a step that gives it this content; nothing when it has it already. */
    Optional<Step> writing(String path, String mode, String content) {
        var now = file(path).find();
        if (now.filter(f -> f.there() && f.content().equals(content) && f.mode().equals(mode))
                .isPresent()) {
            return Optional.empty();
        }
        var before = now.filter(FileState::there).map(FileState::content).orElse(null);
        return Optional.of(new Step.WriteFile(
                path, mode, content, before, now.isPresent() && !now.get().there()));
    }
}
