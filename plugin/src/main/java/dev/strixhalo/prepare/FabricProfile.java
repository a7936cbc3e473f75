package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The fabric's address, MTU and zone, kept over reboots: a profile of NetworkManager, or where that does not run, a file of
 * netplan or systemd-networkd. The profile is a file of ours (nm-settings-keyfile(5)) with a higher priority than those that
 * are there, which stay as they are: so an undo takes one file away and starts what was there before.
 */
final class FabricProfile {
    static final String NAME = "strixhalo-fabric";
    static final String KEYFILE = "/etc/NetworkManager/system-connections/" + NAME + ".nmconnection";
    static final String NETWORKD = "/etc/systemd/network/10-strixhalo-fabric.network";
    static final String NETPLAN = "/etc/netplan/90-strixhalo-fabric.yaml";

    private static final int PRIORITY = 100;
    /** NetworkManager's own bounds. */
    private static final int HIGHEST = 999;

    private FabricProfile() {}

    static Optional<Remedy.Draft> draft(Host host) throws StrixhaloException {
        var device = host.fabricInterface();
        if (host.state().active("NetworkManager")
                && host.state().nmDevices().find().isPresent()) {
            var seen = host.state().nmDevices().find().orElseThrow().stream()
                    .filter(d -> d.name().equals(device))
                    .findFirst();
            if (seen.isPresent() && !seen.get().state().equals("unmanaged")) {
                return Remedy.Draft.of(byNetworkManager(host, device, seen.get()));
            }
        }
        if (host.state().active("systemd-networkd")) {
            return host.state().netplan()
                    ? Remedy.Draft.of(byNetplan(host, device))
                    : Remedy.Draft.of(byNetworkd(host, device));
        }
        if (inForce(host, device)) return Optional.empty();
        throw Problem.of("Nothing that prepare knows manages %s: neither NetworkManager nor systemd-networkd."
                        .formatted(device))
                .found(host.state()
                        .nmDevices()
                        .<String>fold(devices -> "NetworkManager runs and does not manage it", why -> why))
                .fix("nmcli device set %s managed yes".formatted(device))
                .fix("give it %s and MTU %d where its address is kept"
                        .formatted(host.node().fabric(), host.wishes().wanted().mtu()))
                .asException();
    }

    private static boolean inForce(Host host, String device) {
        return host.interfaces().stream()
                .filter(i -> i.name().equals(device))
                .anyMatch(i -> i.addresses().contains(host.node().fabric().toString())
                        && i.mtu() >= host.wishes().wanted().mtu());
    }

    private static List<Step> byNetworkManager(Host host, String device, HostState.NmDevice seen) {
        boolean zone = host.state().active("firewalld");
        var active = host.state().nmProfiles().stream()
                .filter(p -> p.uuid().equals(seen.uuid()))
                .findFirst();
        // Somebody's own profile that does all of it is as good as ours.
        if (active.isPresent() && good(active.get(), host, device, zone) && inForce(host, device)) return List.of();

        var rivals = host.state().nmProfiles().stream()
                .filter(p -> !p.file().equals(KEYFILE))
                .filter(p -> p.device().isEmpty() || p.device().equals(device))
                .filter(p -> p.get("connection.autoconnect").equals("yes"))
                .mapToInt(NmProfile::priority)
                .max()
                .orElse(0);
        int priority = Math.min(HIGHEST, Math.max(PRIORITY, rivals + 1));
        var ours = host.state().nmProfiles().stream()
                .filter(p -> p.file().equals(KEYFILE))
                .findFirst();
        // A new UUID for what is a file of the same name would be another profile to NetworkManager.
        var uuid = ours.map(NmProfile::uuid)
                .orElseGet(() -> UUID.nameUUIDFromBytes(
                                (NAME + " " + host.node().fabric() + " " + device).getBytes(StandardCharsets.UTF_8))
                        .toString());
        boolean written = ours.isPresent()
                && good(ours.get(), host, device, zone)
                && ours.get().priority() == priority;
        var steps = new ArrayList<Step>();
        // What is started again on undo is what really carried the interface, if it is still there: a profile that
        // NetworkManager makes by itself goes with the first real one, and one that waits for DHCP never comes up.
        var former = seen.state().startsWith("connected") ? seen.uuid() : "";
        steps.add(Step.Command.onUndo(
                "sh",
                "-c",
                "nmcli connection reload && { ! nmcli connection show uuid \"$1\" || nmcli -w 30 connection up uuid \"$1\"; }",
                "sh",
                former.isEmpty() ? "none" : former));
        if (!written) {
            var text = keyfile(host, device, uuid, priority, zone);
            host.state().writing(KEYFILE, "600", text).ifPresent(steps::add);
            steps.add(Step.Command.of("nmcli", "connection", "load", KEYFILE));
        }
        steps.add(Step.Command.of("nmcli", "-w", "60", "connection", "up", "uuid", uuid));
        return steps;
    }

    private static boolean good(NmProfile profile, Host host, String device, boolean zone) {
        var mtu = profile.get("802-3-ethernet.mtu");
        return (profile.device().equals(device) || profile.device().isEmpty())
                && profile.get("connection.autoconnect").equals("yes")
                && profile.get("ipv4.method").equals("manual")
                && profile.get("ipv4.addresses").equals(host.node().fabric().toString())
                && profile.get("ipv4.gateway").isEmpty()
                && profile.get("ipv4.never-default").equals("yes")
                && List.of("link-local", "ignore", "disabled").contains(profile.get("ipv6.method"))
                && mtu.matches("\\d{1,5}")
                && Integer.parseInt(mtu) == host.wishes().wanted().mtu()
                && (!zone || profile.get("connection.zone").equals("trusted"));
    }

    private static String keyfile(Host host, String device, String uuid, int priority, boolean zone) {
        return """
                [connection]
                id=%s
                uuid=%s
                type=ethernet
                interface-name=%s
                autoconnect=true
                autoconnect-priority=%d
                %s
                [ethernet]
                mtu=%d

                [ipv4]
                method=manual
                address1=%s
                never-default=true

                [ipv6]
                method=link-local
                """.formatted(
                        NAME,
                        uuid,
                        device,
                        priority,
                        zone ? "zone=trusted\n" : "",
                        host.wishes().wanted().mtu(),
                        host.node().fabric());
    }

    private static List<Step> byNetworkd(Host host, String device) {
        var text =
                """
                [Match]
                Name=%s

                [Link]
                MTUBytes=%d

                [Network]
                Address=%s
                LinkLocalAddressing=ipv6
                IPv6AcceptRA=no
                DHCP=no
                """.formatted(device, host.wishes().wanted().mtu(), host.node().fabric());
        var file = host.state().writing(NETWORKD, "644", text);
        if (file.isEmpty() && inForce(host, device)) return List.of();
        return steps(file, List.of("sh", "-c", "networkctl reload && networkctl reconfigure \"$1\"", "sh", device));
    }

    private static List<Step> byNetplan(Host host, String device) {
        var text =
                """
                network:
                  version: 2
                  ethernets:
                    %s:
                      dhcp4: false
                      dhcp6: false
                      accept-ra: false
                      mtu: %d
                      addresses: ["%s"]
                """.formatted(device, host.wishes().wanted().mtu(), host.node().fabric());
        var file = host.state().writing(NETPLAN, "600", text);
        if (file.isEmpty() && inForce(host, device)) return List.of();
        // Not 'netplan apply', which touches the other interfaces, the one of our own session among them.
        return steps(
                file,
                List.of(
                        "sh",
                        "-c",
                        "netplan generate && networkctl reload && networkctl reconfigure \"$1\"",
                        "sh",
                        device));
    }

    private static List<Step> steps(Optional<Step> file, List<String> activate) {
        var steps = new ArrayList<Step>();
        steps.add(new Step.Command(List.of(), activate, List.of()));
        file.ifPresent(steps::add);
        steps.add(new Step.Command(activate, List.of(), List.of()));
        return steps;
    }
}
