package dev.strixhalo.prepare;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.LookOutput;
import dev.strixhalo.host.Reading;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads what {@code state.sh} says of a node: what the tools there print becomes a {@link HostState}. */
final class StateOutput {
    private final LookOutput output;

    StateOutput(List<String> lines, Duration probeTime) {
        this.output = LookOutput.parse(lines, probeTime);
    }

    HostState state() throws StrixhaloException {
        var files = new TreeMap<String, Reading<HostState.FileState>>();
        var profiles = new ArrayList<NmProfile>();
        var kept = output.find("nm-list").map(StateOutput::profileFiles).orElse(Map.of());
        for (var probe : output.probes()) {
            if (probe.startsWith("file ")) {
                var path = probe.substring("file ".length());
                files.put(path, output.reading(probe, "cat " + path, StateOutput::file));
            } else if (probe.startsWith("nm-profile ")) {
                var uuid = probe.substring("nm-profile ".length());
                output.find(probe)
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
                filled(output.get("containers")).size(),
                output.reading("manager-limits", "the limits of the user's manager", StateOutput::memlock),
                output.reading("nm-devices", "nmcli device status", a -> Reading.of(devices(a))),
                List.copyOf(profiles),
                cards(output.get("cards")),
                output.find("devlink").map(StateOutput::roce).orElse(Map.of()),
                output.reading("grubby", "grubby --info=ALL", a -> Reading.of(BootEntries.parse(a.lines()))),
                output.get("update-grub").text().equals("yes"),
                output.get("netplan").text().equals("yes"),
                sshKeys());
    }

    private static HostState.Sudo sudo(LookOutput.Answer answer) {
        if (answer.text().equals("root")) return new HostState.Sudo(HostState.Sudo.Kind.ROOT, "");
        if (answer.text().equals("absent")) return new HostState.Sudo(HostState.Sudo.Kind.ABSENT, "");
        if (answer.succeeded()) return new HostState.Sudo(HostState.Sudo.Kind.FREE, "");
        var said = String.join(" ", answer.errors());
        // sudo -n says this of everyone who would be asked for a password, allowed or not; all else is a refusal.
        boolean asks = said.contains("password is required");
        return new HostState.Sudo(asks ? HostState.Sudo.Kind.PASSWORD : HostState.Sudo.Kind.REFUSED, said);
    }

    private static Reading<HostState.FileState> file(LookOutput.Answer answer) {
        var lines = filled(answer);
        if (lines.equals(List.of("absent"))) return Reading.of(HostState.FileState.ABSENT);
        if (lines.isEmpty()) return Reading.absent("the look said nothing of it");
        var about = lines.get(0).split(" ", 2);
        if (about.length != 2) return Reading.absent("stat(1) printed '%s'".formatted(lines.get(0)));
        var bytes = Base64.getMimeDecoder().decode(lines.size() > 1 ? lines.get(1) : "");
        return Reading.of(new HostState.FileState(true, about[0], about[1], new String(bytes, StandardCharsets.UTF_8)));
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

    private static List<HostState.NmDevice> devices(LookOutput.Answer answer) {
        return filled(answer).stream()
                .map(NmProfile::split)
                .filter(fields -> fields.size() == 4)
                .map(fields -> new HostState.NmDevice(fields.get(0), fields.get(1), fields.get(2), fields.get(3)))
                .toList();
    }

    private SshKeys sshKeys() throws StrixhaloException {
        var answer = output.get("node-key");
        var text = answer.text();
        SshKeys.Own own;
        if (text.equals("absent")) own = SshKeys.Own.NO_TOOL;
        else if (text.equals("none")) own = SshKeys.Own.NONE;
        else if (answer.succeeded() && text.startsWith("ssh-")) own = SshKeys.Own.THERE;
        else own = SshKeys.Own.CLOSED;
        return new SshKeys(
                own,
                own == SshKeys.Own.THERE ? text : String.join(" ", answer.errors()),
                filled(output.get("host-keys")),
                output.get("sshd-port").text(),
                output.get("home-mode").text(),
                output.get("ssh-mode").text());
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
                        // Mellanox's cards have it for the start of the driver alone; that switch restarts the card.
                        if (!value.path("cmode").asText().equals("runtime")) continue;
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

    private static List<String> filled(LookOutput.Answer answer) {
        return answer.lines().stream().filter(line -> !line.isBlank()).toList();
    }

    private static List<String> words(LookOutput.Answer answer) {
        return Arrays.stream(answer.text().split("\\s+"))
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
