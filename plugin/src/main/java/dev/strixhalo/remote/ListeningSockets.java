package dev.strixhalo.remote;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads {@code /proc/net/tcp} and {@code /proc/net/tcp6} (proc_net_tcp.rst of the kernel): local address and port in
 * hexadecimal, the address in words of the host's byte order (little-endian on every Strix Halo), state {@code 0A} is LISTEN.
 */
final class ListeningSockets {
    private static final String LOOPBACK4 = "7F";
    private static final String LOOPBACK6 = "00000000000000000000000001000000";
    private static final String LISTEN = "0A";

    private ListeningSockets() {}

    /** The local addresses that take connections on this port, as the kernel writes them. */
    static List<String> on(int port, List<String> lines) {
        var addresses = new ArrayList<String>();
        for (var line : lines) {
            var fields = line.strip().split("\\s+", -1);
            if (fields.length < 4 || !fields[3].equals(LISTEN)) continue;
            int colon = fields[1].indexOf(':');
            if (colon < 0 || Integer.parseInt(fields[1].substring(colon + 1), 16) != port) continue;
            addresses.add(fields[1].substring(0, colon));
        }
        return addresses;
    }

    /** Whether only this machine itself reaches that address: 127.0.0.0/8 or ::1. */
    static boolean loopback(String address) {
        return address.length() == 8 ? address.endsWith(LOOPBACK4) : address.equals(LOOPBACK6);
    }

    /** For a message. */
    static String readable(String address) {
        if (address.length() == 8) {
            var parts = new ArrayList<String>();
            for (int i = 6; i >= 0; i -= 2) {
                parts.add(Integer.toString(Integer.parseInt(address.substring(i, i + 2), 16)));
            }
            return String.join(".", parts);
        }
        return address.equals("0".repeat(32)) ? "::" : address;
    }
}
