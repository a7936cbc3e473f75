package dev.strixhalo.doctor;

import dev.strixhalo.host.Keeper;
import dev.strixhalo.host.Keeper.Tool;

/** What to type so that the fabric's interface is as it should be, for the tool that looks after it on that node. */
final class NetworkFix {
    private NetworkFix() {}

    /** Gives the fabric address to an interface, so that it comes back at the next boot. */
    static String address(Subject subject, String device) {
        var fabric = subject.node().fabric();
        int mtu = subject.wanted().mtu();
        return switch (tool(subject)) {
            case NETWORK_MANAGER ->
                "sudo nmcli connection add type ethernet con-name rdma0 ifname %s \\\nipv4.method manual ipv4.addresses %s"
                                .formatted(device, fabric)
                        + " ipv4.never-default yes 802-3-ethernet.mtu %d\nsudo nmcli connection up rdma0"
                                .formatted(mtu);
            case NETPLAN ->
                file(
                                "/etc/netplan/90-rdma0.yaml",
                                "network:\\n  ethernets:\\n    %s:\\n      addresses: [%s]\\n      mtu: %d\\n"
                                        .formatted(device, fabric, mtu))
                        + "\nsudo chmod 600 /etc/netplan/90-rdma0.yaml && sudo netplan apply";
            case NETWORKD ->
                file(
                                "/etc/systemd/network/10-rdma0.network",
                                "[Match]\\nName=%s\\n[Link]\\nMTUBytes=%d\\n[Network]\\nAddress=%s\\n"
                                        .formatted(device, mtu, fabric))
                        + "\nsudo networkctl reload";
            case IFUPDOWN ->
                file(
                                "/etc/network/interfaces.d/rdma0",
                                "auto %1$s\\niface %1$s inet static\\n  address %2$s\\n  mtu %3$d\\n"
                                        .formatted(device, fabric, mtu))
                        + "\nsudo ifup " + device;
        };
    }

    /** Sets the MTU, now and for the next boots. */
    static String mtu(Subject subject, String device) {
        int mtu = subject.wanted().mtu();
        return switch (tool(subject)) {
            case NETWORK_MANAGER -> profile(device, "802-3-ethernet.mtu " + mtu);
            case NETPLAN -> "set 'mtu: %d' for %s in /etc/netplan, then: sudo netplan apply".formatted(mtu, device);
            case NETWORKD ->
                "set 'MTUBytes=%d' under [Link] in %s, then:\nsudo networkctl reload && sudo networkctl reconfigure %s"
                        .formatted(mtu, profile(subject), device);
            case IFUPDOWN ->
                "set 'mtu %d' for %s in %s, then:\nsudo ip link set %s mtu %d"
                        .formatted(mtu, device, profile(subject), device, mtu);
        };
    }

    /** Takes the default route off the interface. */
    static String noDefaultRoute(Subject subject, String device) {
        return switch (tool(subject)) {
            case NETWORK_MANAGER -> profile(device, "ipv4.never-default yes");
            case NETPLAN ->
                "take the default route of %s out of /etc/netplan, then: sudo netplan apply".formatted(device);
            case NETWORKD ->
                "take Gateway= and DHCP= out of %s, then:\nsudo networkctl reload && sudo networkctl reconfigure %s"
                        .formatted(profile(subject), device);
            case IFUPDOWN ->
                "take 'gateway' for %s out of %s, then:\nsudo ip route del default dev %s"
                        .formatted(device, profile(subject), device);
        };
    }

    /** Changes the profile itself, so that it holds after a reboot too. */
    private static String profile(String device, String setting) {
        return "sudo nmcli connection modify \"$(nmcli -g GENERAL.CONNECTION device show %s)\" \\\n%s\nsudo nmcli device reapply %s"
                .formatted(device, setting, device);
    }

    private static String file(String path, String text) {
        return "printf '%s' |\nsudo tee %s".formatted(text, path);
    }

    /** NetworkManager where nothing is known: it is what the setup guide uses. */
    private static Tool tool(Subject subject) {
        return subject.facts().keeper().map(Keeper::tool).find().orElse(Tool.NETWORK_MANAGER);
    }

    private static String profile(Subject subject) {
        var name = subject.facts().keeper().map(Keeper::profile).find().orElse("");
        return name.isEmpty() ? "its file" : name;
    }
}
