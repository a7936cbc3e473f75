package dev.strixhalo.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.LookOutput;
import dev.strixhalo.host.LookScript;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.NodeConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

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
 * @param manager      {@code apt}, {@code dnf} or {@code none}
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
 * @param roce         whether a card at an address on the bus is in RoCE mode, of those that have the switch
 * @param grubby       boot entries of a Fedora
 * @param updateGrub   whether there is {@code update-grub}
 * @param netplan      whether there is netplan, which writes what systemd-networkd reads
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
        Reading<Integer> containers,
        Reading<String> managerLimit,
        Reading<List<NmDevice>> nmDevices,
        List<NmProfile> nmProfiles,
        Map<String, String> cards,
        Map<String, Boolean> roce,
        Reading<List<BootEntry>> grubby,
        boolean updateGrub,
        boolean netplan) {
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
        var output = LookOutput.parse(lines, PROBE_TIME);
        var files = new TreeMap<String, Reading<FileState>>();
        var profiles = new ArrayList<NmProfile>();
        var kept = output.find("nm-list").map(HostState::profileFiles).orElse(Map.of());
        for (var line : lines) {
            if (line.startsWith("@@begin file ")) {
                var path = line.substring("@@begin file ".length());
                files.put(path, output.reading("file " + path, "cat " + path, HostState::file));
            } else if (line.startsWith("@@begin nm-profile ")) {
                var uuid = line.substring("@@begin nm-profile ".length());
                output.find("nm-profile " + uuid)
                        .filter(LookOutput.Answer::succeeded)
                        .ifPresent(a -> profiles.add(NmProfile.parse(uuid, kept.getOrDefault(uuid, ""), a)));
            }
        }
        return new HostState(
                output.get("user").text(),
                output.get("uid").text(),
                output.get("home").text(),
                output.get("boot").text(),
                sudo(output.get("sudo")),
                Journal.parse(output.get("schema"), output.get("runs")),
                files,
                units(output.get("units")),
                output.get("manager").text(),
                installed(output),
                words(output.get("member")),
                List.of("render", "video").stream()
                        .filter(g -> output.find("group-" + g)
                                .filter(LookOutput.Answer::succeeded)
                                .isPresent())
                        .collect(Collectors.toUnmodifiableSet()),
                filled(output.get("subuid-all")),
                filled(output.get("subgid-all")),
                output.get("storage").text().equals("made"),
                output.reading(
                        "containers", "podman ps", a -> Reading.of(filled(a).size())),
                output.reading("manager-limits", "the limits of the user's manager", HostState::memlock),
                output.reading("nm-devices", "nmcli device status", a -> Reading.of(devices(a))),
                List.copyOf(profiles),
                cards(output.get("cards")),
                output.find("devlink").map(HostState::roce).orElse(Map.of()),
                output.reading("grubby", "grubby --info=ALL", a -> Reading.of(entries(a))),
                output.get("update-grub").text().equals("yes"),
                output.get("netplan").text().equals("yes"));
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

    private static Sudo sudo(LookOutput.Answer answer) {
        if (answer.text().equals("root")) return new Sudo(Sudo.Kind.ROOT, "");
        if (answer.text().equals("absent")) return new Sudo(Sudo.Kind.ABSENT, "");
        if (answer.succeeded()) return new Sudo(Sudo.Kind.FREE, "");
        var said = String.join(" ", answer.errors());
        // sudo -n says this of everyone who would be asked for a password, allowed or not; all else is a refusal.
        boolean asks = said.contains("password is required");
        return new Sudo(asks ? Sudo.Kind.PASSWORD : Sudo.Kind.REFUSED, said);
    }

    private static Reading<FileState> file(LookOutput.Answer answer) {
        var lines = filled(answer);
        if (lines.equals(List.of("absent"))) return Reading.of(FileState.ABSENT);
        if (lines.isEmpty()) return Reading.absent("the look said nothing of it");
        var about = lines.get(0).split(" ", 2);
        if (about.length != 2) return Reading.absent("stat(1) printed '%s'".formatted(lines.get(0)));
        var bytes = Base64.getMimeDecoder().decode(lines.size() > 1 ? lines.get(1) : "");
        return Reading.of(new FileState(true, about[0], about[1], new String(bytes, StandardCharsets.UTF_8)));
    }

    /** In the order of the script; {@code systemctl is-active} says a line for each. */
    private static Map<String, String> units(LookOutput.Answer answer) {
        var states = words(answer);
        if (states.size() != 3) return Map.of();
        return Map.of("NetworkManager", states.get(0), "systemd-networkd", states.get(1), "firewalld", states.get(2));
    }

    private static Set<String> installed(LookOutput output) {
        // Both managers fail when one of the packages is not there, and list the others.
        return output.find("packages").map(LookOutput.Answer::lines).orElse(List.of()).stream()
                .filter(line -> line.startsWith("ii"))
                .map(line -> line.substring(2).strip())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Reading<String> memlock(LookOutput.Answer answer) {
        return answer.lines().stream()
                .filter(line -> line.startsWith("Max locked memory"))
                .map(line ->
                        line.substring("Max locked memory".length()).strip().split("\\s+"))
                .filter(columns -> columns.length >= 2)
                .map(columns -> Reading.of(columns[1]))
                .findFirst()
                .orElse(Reading.absent("it told no limits"));
    }

    private static List<NmDevice> devices(LookOutput.Answer answer) {
        return filled(answer).stream()
                .map(NmProfile::split)
                .filter(fields -> fields.size() == 4)
                .map(fields -> new NmDevice(fields.get(0), fields.get(1), fields.get(2), fields.get(3)))
                .toList();
    }

    private static Map<String, String> profileFiles(LookOutput.Answer answer) {
        var files = new HashMap<String, String>();
        for (var line : filled(answer)) {
            var fields = NmProfile.split(line);
            if (fields.size() == 3) files.put(fields.get(0), fields.get(2));
        }
        return files;
    }

    /** Interface, address on the bus, and ARPHRD type: 1 is Ethernet. */
    private static Map<String, String> cards(LookOutput.Answer answer) {
        var cards = new LinkedHashMap<String, String>();
        for (var line : filled(answer)) {
            var parts = line.split(" ");
            if (parts.length == 3 && parts[2].equals("1")) cards.put(parts[0], parts[1]);
        }
        return cards;
    }

    /** {@code devlink -j dev param show}: devices, each a list of parameters with a list of values by mode. */
    private static Map<String, Boolean> roce(LookOutput.Answer answer) {
        var modes = new HashMap<String, Boolean>();
        try {
            RecordFile.json().readTree(answer.text()).path("param").fields().forEachRemaining(device -> {
                for (var parameter : device.getValue()) {
                    if (!parameter.path("name").asText().equals("enable_roce")) continue;
                    for (var value : parameter.path("values")) {
                        modes.put(
                                device.getKey().replaceFirst("^pci/", ""),
                                value.path("value").asBoolean());
                    }
                }
            });
        } catch (JsonProcessingException e) {
            // An old devlink, or one that failed: then the switch is not known, and none is turned.
            return Map.of();
        }
        return modes;
    }

    private static List<BootEntry> entries(LookOutput.Answer answer) {
        var entries = new ArrayList<BootEntry>();
        String kernel = "";
        for (var line : answer.lines()) {
            if (line.startsWith("kernel=")) kernel = unquoted(line.substring("kernel=".length()));
            if (line.startsWith("args=") && !kernel.isEmpty()) {
                entries.add(new BootEntry(
                        kernel,
                        Arrays.stream(unquoted(line.substring("args=".length())).split("\\s+"))
                                .filter(word -> !word.isEmpty())
                                .toList()));
                kernel = "";
            }
        }
        return List.copyOf(entries);
    }

    private static String unquoted(String text) {
        return text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    private static List<String> filled(LookOutput.Answer answer) {
        return answer.lines().stream().filter(line -> !line.isBlank()).toList();
    }

    private static List<String> words(LookOutput.Answer answer) {
        return Arrays.stream(answer.text().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
