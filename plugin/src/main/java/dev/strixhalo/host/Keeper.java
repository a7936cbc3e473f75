package dev.strixhalo.host;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Who gives the fabric address to its interface at the next boot.
 *
 * @param tool    that looks after the interface, or would after a new one
 * @param profile its name for what it keeps: a profile of NetworkManager, a file; may be empty
 * @param keeps   whether the address will be back after a reboot
 * @param detail  why not, or how; a part of a sentence
 * @param zone    firewalld's zone by the profile; empty where none is named
 */
public record Keeper(Tool tool, String profile, boolean keeps, String detail, String zone) {
    private static final Pattern ADDRESS = Pattern.compile("\\s*(?i:address)\\s*[= ]\\s*(\\S+)\\s*");

    /** What configures networks. */
    public enum Tool {
        NETWORK_MANAGER,
        NETPLAN,
        NETWORKD,
        IFUPDOWN
    }

    /** @param address of the node on the fabric, without its prefix */
    static Reading<Keeper> parse(LookOutput output, String address) {
        var profile = profile(output, address);
        if (profile != null) return Reading.of(profile);
        var file = networkd(output, address);
        if (file != null) return Reading.of(file);
        if (interfaces(output).stream().anyMatch(kept -> same(kept, address))) {
            return Reading.of(new Keeper(Tool.IFUPDOWN, "/etc/network/interfaces", true, "in its files", ""));
        }
        // Nobody looks after the address; the tool that is there is the one to ask.
        var tool = tool(output);
        return tool == null
                ? Reading.absent("neither NetworkManager, systemd-networkd nor ifupdown is there")
                : Reading.of(new Keeper(tool, "", false, "no profile or file holds it", ""));
    }

    private static @Nullable Keeper profile(LookOutput output, String address) {
        var device = output.find("nm-device").filter(LookOutput.Answer::succeeded);
        if (device.isEmpty()) return null;
        var uuid = value(device.get(), "GENERAL.CON-UUID");
        if (uuid.isEmpty()) return null;
        var answer = output.find("nm-profile").filter(LookOutput.Answer::succeeded);
        if (answer.isEmpty()) return null;
        var name = value(answer.get(), "connection.id");
        var zone = value(answer.get(), "connection.zone");
        var addresses = value(answer.get(), "ipv4.addresses").split("\\s*,\\s*");
        var where = output.find("nm-files").map(LookOutput.Answer::lines).orElse(List.of()).stream()
                .filter(line -> line.startsWith(uuid + ":"))
                .map(line -> line.substring(uuid.length() + 1))
                .findFirst()
                .orElse("");
        String missing = "";
        if (where.startsWith("/run/") && !where.contains("/netplan-")) {
            missing = "the profile lives in memory only";
        } else if (!value(answer.get(), "ipv4.method").equals("manual")
                || List.of(addresses).stream().noneMatch(kept -> same(kept, address))) {
            missing = "the profile does not hold it";
        } else if (!value(answer.get(), "connection.autoconnect").equals("yes")) {
            missing = "the profile does not connect by itself";
        }
        return new Keeper(
                where.contains("/netplan-") ? Tool.NETPLAN : Tool.NETWORK_MANAGER,
                name,
                missing.isEmpty(),
                missing.isEmpty() ? "profile " + name : missing,
                zone);
    }

    private static @Nullable Keeper networkd(LookOutput output, String address) {
        var status = output.find("networkd").filter(LookOutput.Answer::succeeded);
        if (status.isEmpty()) return null;
        for (var line : status.get().lines()) {
            var text = line.strip();
            if (!text.startsWith("Network File:")) continue;
            var file = text.substring("Network File:".length()).strip();
            if (!file.startsWith("/")) return null;
            var tool = file.contains("netplan") ? Tool.NETPLAN : Tool.NETWORKD;
            var kept = output.find("networkd-file").filter(LookOutput.Answer::succeeded);
            // netplan's files may be closed to users; networkd gave the address by it, for it is on the interface.
            boolean holds =
                    kept.isEmpty() || addresses(kept.get().lines()).stream().anyMatch(one -> same(one, address));
            return new Keeper(tool, file, holds, holds ? file : file + " does not hold it", "");
        }
        return null;
    }

    private static @Nullable Tool tool(LookOutput output) {
        boolean netplan = output.find("netplan")
                .filter(a -> a.succeeded() && !a.text().isEmpty())
                .isPresent();
        if (netplan) return Tool.NETPLAN;
        var states = output.find("keepers")
                .map(a -> a.text().lines().map(String::strip).toList())
                .orElse(List.of());
        if (states.size() == 2 && states.get(0).equals("active")) return Tool.NETWORK_MANAGER;
        if (states.size() == 2 && states.get(1).equals("active")) return Tool.NETWORKD;
        boolean files =
                output.find("ifupdown").filter(a -> a.text().contains("iface ")).isPresent();
        return files ? Tool.IFUPDOWN : null;
    }

    private static List<String> interfaces(LookOutput output) {
        return output.find("ifupdown").map(a -> addresses(a.lines())).orElse(List.of());
    }

    private static List<String> addresses(List<String> lines) {
        var found = new ArrayList<String>();
        for (var line : lines) {
            var match = ADDRESS.matcher(line);
            if (match.matches()) found.add(match.group(1));
        }
        return found;
    }

    private static boolean same(String kept, String address) {
        return kept.equals(address) || kept.startsWith(address + "/");
    }

    /** nmcli's terse form: {@code NAME:VALUE}, colons of the value behind a backslash. */
    private static String value(LookOutput.Answer answer, String name) {
        for (var line : answer.lines()) {
            if (line.startsWith(name + ":")) {
                return line.substring(name.length() + 1).replace("\\:", ":").strip();
            }
        }
        return "";
    }
}
