package dev.strixhalo.cluster;

import dev.strixhalo.base.Problem;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The address of a node on the fabric, for example {@code 192.168.100.1/30} (setup guide, section 4.3).
 *
 * @param bits   the IPv4 address as a number, highest byte first
 * @param prefix length of the network prefix, 8 to 31
 */
public record FabricAddress(int bits, int prefix) {
    /** 127.0.0.1/8, for a machine that needs no link. */
    public static final FabricAddress LOOPBACK = new FabricAddress(127 << 24 | 1, 8);

    private static final Pattern FORM = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    public FabricAddress {
        if (prefix < 8 || prefix > 31) throw new IllegalArgumentException("prefix " + prefix);
    }

    /**
     * Reads {@code a.b.c.d/prefix}.
     *
     * @param problems takes what is wrong with the text, in the words of the element that it stands in
     */
    static Optional<FabricAddress> parse(String text, List<Problem> problems) {
        var match = FORM.matcher(text.strip());
        if (!match.matches()) {
            problems.add(Problem.of("<fabricAddress> is '%s', which is no IPv4 address with a prefix.".formatted(text))
                    .fix("for example <fabricAddress>192.168.100.1/30</fabricAddress>"));
            return Optional.empty();
        }
        int bits = 0;
        for (int i = 1; i <= 4; i++) {
            int part = Integer.parseInt(match.group(i));
            if (part > 255) {
                problems.add(Problem.of("<fabricAddress> is '%s': %d is more than 255.".formatted(text, part))
                        .fix("for example <fabricAddress>192.168.100.1/30</fabricAddress>"));
                return Optional.empty();
            }
            bits = bits << 8 | part;
        }
        int prefix = Integer.parseInt(match.group(5));
        if (prefix < 8 || prefix > 31) {
            problems.add(Problem.of("<fabricAddress> is '%s': the prefix is outside 8 to 31.".formatted(text))
                    .fix("two nodes need a /30, for example 192.168.100.1/30 and 192.168.100.2/30"));
            return Optional.empty();
        }
        var address = new FabricAddress(bits, prefix);
        int host = bits & ~mask(prefix);
        // In a /31 both addresses are hosts (RFC 3021).
        if (prefix < 31 && (host == 0 || host == ~mask(prefix))) {
            problems.add(Problem.of("<fabricAddress> is '%s', the %s address of its network, not a node's."
                            .formatted(text, host == 0 ? "network" : "broadcast"))
                    .fix("take an address between, for example " + text(bits & mask(prefix) | 1) + "/" + prefix));
            return Optional.empty();
        }
        return Optional.of(address);
    }

    public boolean sameNetwork(FabricAddress other) {
        return prefix == other.prefix && (bits & mask(prefix)) == (other.bits & mask(prefix));
    }

    /** The address alone, {@code 192.168.100.1}. */
    public String address() {
        return text(bits);
    }

    /** The network, {@code 192.168.100.0/30}. */
    public String network() {
        return text(bits & mask(prefix)) + "/" + prefix;
    }

    @Override
    public String toString() {
        return address() + "/" + prefix;
    }

    private static int mask(int prefix) {
        return -1 << (32 - prefix);
    }

    private static String text(int bits) {
        return "%d.%d.%d.%d".formatted(bits >>> 24, bits >>> 16 & 255, bits >>> 8 & 255, bits & 255);
    }
}
