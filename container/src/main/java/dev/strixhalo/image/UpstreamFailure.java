package dev.strixhalo.image;

import com.google.cloud.tools.jib.http.ResponseException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Turns what Jib's client throws into a sentence and a way out; the classes differ from cause to cause, so all causes are looked at. */
final class UpstreamFailure {
    private UpstreamFailure() {}

    /**
     * @param failure   as it was thrown
     * @param doing     what was under way, for example {@code reading the manifest}
     * @param reference of the image
     * @param loggedIn  whether a login was found for the registry
     */
    static StrixhaloException of(Throwable failure, String doing, RegistryReference reference, boolean loggedIn) {
        return problem(failure, doing, reference, loggedIn).asException(failure);
    }

    private static Problem problem(Throwable failure, String doing, RegistryReference reference, boolean loggedIn) {
        var host = reference.registry();
        var status = status(failure);
        if (status.isPresent()) {
            int code = status.get();
            var seen = "HTTP %d while %s of %s".formatted(code, doing, reference.text());
            if (code == 401 || code == 403) return refused(seen, host, loggedIn);
            if (code == 404) {
                return Problem.of("The image %s does not exist, or is hidden from you.".formatted(reference.text()))
                        .found(seen)
                        .fix("check its name and tag: skopeo list-tags docker://" + reference.name())
                        .fix("if it is private: podman login " + host);
            }
            if (code == 429) {
                return Problem.of("The registry %s has had enough requests from here for now.".formatted(host))
                        .found(seen)
                        .fix("podman login " + host + "   (a login has a higher limit), or wait an hour");
            }
            return Problem.of("The registry %s failed.".formatted(host))
                    .found(seen)
                    .found(rootMessage(failure))
                    .fix("try again later; if it stays so, ask whoever runs the registry");
        }
        if (has(failure, UnknownHostException.class)) {
            return Problem.of("The registry's host name %s does not resolve.".formatted(host))
                    .found(rootMessage(failure))
                    .fix("check the name, the DNS server and the proxy: getent hosts " + host.replaceAll(":\\d+$", ""));
        }
        if (has(failure, SSLException.class) && !has(failure, SocketTimeoutException.class)) return tls(failure, host);
        if (has(failure, ConnectException.class) || has(failure, NoRouteToHostException.class)) {
            return Problem.of("The registry %s cannot be reached.".formatted(host))
                    .found(rootMessage(failure))
                    .fix("check that it runs and that no firewall stands between: curl -v https://" + host + "/v2/");
        }
        if (has(failure, SocketTimeoutException.class)) {
            return Problem.of("The registry %s does not answer.".formatted(host))
                    .found(rootMessage(failure) + " while " + doing)
                    .fix("try again; -Djib.httpTimeout=60000 waits longer than 20 seconds for an answer");
        }
        return Problem.of("The connection to the registry %s broke off while %s.".formatted(host, doing))
                .found(rootMessage(failure))
                .fix("run the goal again");
    }

    private static Problem refused(String seen, String host, boolean loggedIn) {
        return Problem.of(
                        loggedIn
                                ? "The registry %s refuses the login that was found for it.".formatted(host)
                                : "The registry %s wants a login and none was found.".formatted(host))
                .found(seen)
                .fix("podman login " + host)
                .fix("name a <server> of settings.xml in <image>");
    }

    private static Problem tls(Throwable failure, String host) {
        var message = rootMessage(failure);
        if (message.contains("insecure HTTP connection not allowed")) {
            return Problem.of("The registry %s leads to an address without TLS.".formatted(host))
                    .found(message)
                    .fix("give the registry a certificate; plain HTTP is not used");
        }
        if (message.contains("plaintext") || message.contains("Unsupported or unrecognized SSL message")) {
            return Problem.of("The registry %s speaks plain HTTP, not HTTPS.".formatted(host))
                    .found(message)
                    .fix("give it a certificate (docker-registry: http.tls in its config.yml); plain HTTP is not used");
        }
        if (message.contains("No subject alternative")
                || message.contains("No name matching")
                || message.contains("doesn't match any of the subject")) {
            return Problem.of("The certificate of the registry %s is for another host.".formatted(host))
                    .found(message)
                    .fix("name the registry as its certificate does, or give it one with this name (subjectAltName)");
        }
        return Problem.of("The certificate of the registry %s is not trusted here.".formatted(host))
                .found(message)
                .fix(
                        "make a trust store with it: keytool -importcert -noprompt -file CA.pem -keystore trust.p12 -storepass changeit")
                .fix("and name it: MAVEN_OPTS=-Djavax.net.ssl.trustStore=$PWD/trust.p12 mvn …");
    }

    private static Optional<Integer> status(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof ResponseException response) return Optional.of(response.getStatusCode());
        }
        return Optional.empty();
    }

    private static boolean has(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (type.isInstance(t)) return true;
        }
        return false;
    }

    /** The message of the innermost cause that has one, with its class where it is a bare word. */
    static String rootMessage(Throwable failure) {
        var message = failure.toString();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t.getMessage() != null && !t.getMessage().isBlank()) {
                message = t.getMessage().contains(" ")
                        ? t.getMessage()
                        : t.getClass().getSimpleName() + ": " + t.getMessage();
            }
        }
        return message.lines().findFirst().orElse(message);
    }
}
