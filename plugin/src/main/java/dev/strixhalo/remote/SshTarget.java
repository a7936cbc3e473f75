package dev.strixhalo.remote;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code ssh ALIAS} leads, after all of ssh's configuration was asked.
 *
 * @param alias          what was typed
 * @param host           the name or address that is connected to
 * @param port           1 to 65535
 * @param user           the login name there
 * @param family         addresses that may be used
 * @param identityFiles  private keys to try, in this order; one that is not there is left out silently only when it is a
 *                       default
 * @param namedIdentities whether the configuration named the keys; else they are ssh's defaults
 * @param certificates   user certificates for these keys
 * @param identitiesOnly whether the agent's other keys stay out of it
 * @param agent          socket of the agent, or null for none
 * @param knownHosts     files with host keys, the user's first
 * @param hostKeyAlias   the name under which the host key is known, or null for host and port
 * @param connectTimeout for the TCP connection
 * @param aliveInterval  between questions whether the node is still there
 * @param aliveCount     unanswered questions that end the connection
 * @param jumps          hosts to go through ({@code ProxyJump}), the nearest first
 * @param laxHostKeys    where the configuration asks not to check host keys, which is not followed; or null
 */
record SshTarget(
        String alias,
        String host,
        int port,
        String user,
        Family family,
        List<Path> identityFiles,
        boolean namedIdentities,
        List<Path> certificates,
        boolean identitiesOnly,
        @Nullable Path agent,
        List<Path> knownHosts,
        @Nullable String hostKeyAlias,
        Duration connectTimeout,
        Duration aliveInterval,
        int aliveCount,
        List<Jump> jumps,
        @Nullable String laxHostKeys) {
    SshTarget {
        identityFiles = List.copyOf(identityFiles);
        certificates = List.copyOf(certificates);
        knownHosts = List.copyOf(knownHosts);
        jumps = List.copyOf(jumps);
        if (port < 1 || port > 65535) throw new IllegalArgumentException("port " + port);
    }

    /** Which addresses of a name are used ({@code AddressFamily}). */
    enum Family {
        ANY,
        INET,
        INET6
    }

    /**
     * One host on the way ({@code [user@]host[:port]}).
     *
     * @param user or null for what the configuration says of the host
     * @param port or null for what the configuration says of the host
     */
    record Jump(
            @Nullable String user, String host, @Nullable Integer port) {}

    /** As known_hosts names it: the host alone on port 22, else {@code [host]:port} (sshd(8)). */
    String knownAs() {
        if (hostKeyAlias != null) return hostKeyAlias;
        return port == 22 ? host : "[%s]:%d".formatted(host, port);
    }

    /** For messages. */
    @Override
    public String toString() {
        var name = host.contains(":") ? "[" + host + "]" : host;
        return port == 22 ? name : name + ":" + port;
    }
}
