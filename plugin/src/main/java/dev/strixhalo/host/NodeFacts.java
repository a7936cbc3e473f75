package dev.strixhalo.host;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.run.Memlock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a node found.
 *
 * @param user       login name
 * @param groups     that this login has, not those that the next one will have
 * @param home       the user's home folder
 * @param lanAddress the node's address that our SSH session came in by; null without SSH
 * @param memlock    hard limit of this login
 * @param clock      seconds since 1970 on the node
 * @param linger     whether the user's processes outlive the login
 * @param subuid     how many subordinate user IDs the user has
 * @param subgid     how many subordinate group IDs the user has
 * @param subordinates ranges of all users
 * @param interfaces of the network
 * @param devices    those that were asked for
 * @param podman     absent when it is not installed
 * @param deployed   text of the record that the last deploy left there
 * @param gate       text of the record of the last gate that was passed there
 * @param launch     text of what the node script tells of a launch in its container
 */
public record NodeFacts(
        String user,
        List<String> groups,
        String home,
        @Nullable String lanAddress,
        Memlock memlock,
        long clock,
        Linger linger,
        long subuid,
        long subgid,
        Reading<Subordinates> subordinates,
        List<NetworkInterface> interfaces,
        List<DeviceAccess> devices,
        Optional<Podman> podman,
        Optional<String> deployed,
        Optional<String> gate,
        Optional<String> launch) {
    private static final Duration PROBE_TIME = Duration.ofSeconds(60);
    private static final Pattern LIMIT = Pattern.compile("Max locked memory\\s+(\\S+)\\s+(\\S+)\\s+bytes\\s*");

    /** Whether what a user started goes on after the login ends. */
    public enum Linger {
        ENABLED,
        DISABLED,
        /** No systemd there, so nobody ends processes at logout. */
        NO_SYSTEMD;

        static Linger parse(String word) {
            return switch (word) {
                case "yes" -> ENABLED;
                case "no" -> DISABLED;
                default -> NO_SYSTEMD;
            };
        }
    }

    /**
     * Looks at a node: one round trip, nothing is changed.
     *
     * @param cluster whose containers and records are looked for
     * @param devices paths to try
     */
    public static NodeFacts look(NodeConnection connection, String cluster, List<String> devices)
            throws StrixhaloException {
        var command = LookScript.command(PROBE_TIME, List.of("look.sh"), List.of(cluster), devices)
                .called("the look at the node")
                .timeout(Duration.ofMinutes(3));
        return parse(connection.run(command).orFail().out());
    }

    /** The one interface that carries the node's fabric address. */
    public NetworkInterface fabric(Node node) throws StrixhaloException {
        return NetworkInterface.fabric(node, interfaces);
    }

    static NodeFacts parse(List<String> lines) throws StrixhaloException {
        var output = LookOutput.parse(lines, PROBE_TIME);
        var connection = output.get("connection").text().split(" ");
        var absent = output.get("podman").text().equals("absent");
        return new NodeFacts(
                output.get("user").text(),
                Arrays.asList(output.get("groups").text().split(" ")),
                output.get("home").text(),
                // SSH_CONNECTION: client address, client port, server address, server port (ssh(1)).
                connection.length == 4 ? connection[2] : null,
                memlock(output.succeeded("memlock", "grep 'Max locked memory' /proc/self/limits")
                        .text()),
                Long.parseLong(output.get("clock").text()),
                Linger.parse(output.get("linger").text()),
                subordinate(output.get("subuid").lines()),
                subordinate(output.get("subgid").lines()),
                Subordinates.parse(output),
                NetworkInterface.parse(
                        output.succeeded("addresses", "ip -j addr").text()),
                DeviceAccess.parse(output.get("devices").lines()),
                absent ? Optional.empty() : Optional.of(Podman.parse(output)),
                output.find("deployed").map(LookOutput.Answer::text),
                output.find("gate").map(LookOutput.Answer::text),
                output.find("launch").map(LookOutput.Answer::text));
    }

    private static Memlock memlock(String line) throws StrixhaloException {
        var match = LIMIT.matcher(line);
        if (match.matches()) return Memlock.parse(match.group(2));
        throw Problem.of("/proc/self/limits names no limit of locked memory.")
                .found(line)
                .fix("see it there")
                .asException();
    }

    /** Adds up the counts of {@code name:start:count} lines (subuid(5)). */
    static long subordinate(List<String> lines) {
        return lines.stream()
                .map(line -> line.strip().split(":"))
                .filter(parts -> parts.length == 3 && parts[2].matches("\\d+"))
                .mapToLong(parts -> Long.parseLong(parts[2]))
                .sum();
    }
}
