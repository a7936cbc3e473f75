package dev.strixhalo.it.bed;

import java.util.List;

/**
 * One machine of a bed: a line of the file {@code machines}, which its scripts read.
 *
 * @param name   host name, also the operator's SSH alias
 * @param role   {@code operator}, {@code node}, or {@code vm} for a node that is a virtual machine
 * @param user   its plain user
 * @param lan    address with prefix on the LAN, interface {@code lan0}
 * @param fabric address with prefix on the fabric, interface {@code fabric0}; {@code -} for none
 */
record MachineDescription(String name, String role, String user, String lan, String fabric) {
    static MachineDescription operator() {
        return new MachineDescription("operator", "operator", Bed.OPERATOR_USER, "10.77.0.1/24", "-");
    }

    /** The n-th node, from 1; the guide's /30 holds two of them, so more get a wider network. */
    static MachineDescription node(int n, int all, boolean virtual) {
        return new MachineDescription(
                "node" + n,
                virtual ? "vm" : "node",
                Bed.NODE_USER,
                "10.77.0.%d/24".formatted(10 + n),
                "192.168.100.%d/%d".formatted(n, all <= 2 ? 30 : 28));
    }

    static MachineDescription parse(String line) {
        var words = List.of(line.split(" ", -1));
        if (words.size() != 5) throw new IllegalArgumentException("line of machines: '" + line + "'");
        return new MachineDescription(words.get(0), words.get(1), words.get(2), words.get(3), words.get(4));
    }

    boolean virtual() {
        return role.equals("vm");
    }

    String line() {
        return String.join(" ", name, role, user, lan, fabric);
    }

    /** An address without its prefix. */
    static String address(String withPrefix) {
        return withPrefix.substring(0, withPrefix.indexOf('/'));
    }
}
