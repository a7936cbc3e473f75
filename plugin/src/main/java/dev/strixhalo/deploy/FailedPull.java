package dev.strixhalo.deploy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.CommandResult;
import java.util.List;
import java.util.regex.Pattern;

/** Tells why podman on a node could not pull an image, by what it said (podman 4.3 to 5.6, containers/image). */
final class FailedPull {
    private static final int SHOWN = 4;

    private final CommandResult result;
    private final String reference;
    private final boolean withLogin;
    private final List<String> said;

    private FailedPull(CommandResult result, String reference, boolean withLogin) {
        this.result = result;
        this.reference = reference;
        this.withLogin = withLogin;
        this.said = result.err().isEmpty() ? result.out() : result.err();
    }

    /**
     * The result of a pull, if it came to its end.
     *
     * @param reference what was pulled, as podman on that node was told
     * @param withLogin whether the node was given a login for it
     */
    static CommandResult unlessGood(CommandResult result, String reference, boolean withLogin)
            throws StrixhaloException {
        if (result.succeeded()) return result;
        var problem = new FailedPull(result, reference, withLogin).problem().on(result.node());
        throw problem.asException();
    }

    private Problem problem() {
        var problem = judged();
        for (var line : said.subList(Math.max(0, said.size() - SHOWN), said.size())) problem = problem.found(line);
        return problem;
    }

    private Problem judged() {
        if (says("no space left on device")) {
            return Problem.of("the disk became full while %s was pulled.".formatted(reference))
                    .fix("make room there: podman image prune; then run the goal again");
        }
        if (says("unauthorized|authentication required|access to the resource is denied|status code 40[13]")) {
            var refused = Problem.of(
                    withLogin
                            ? "%s does not let this machine's login pull %s.".formatted(registry(), reference)
                            : "%s lets nobody pull %s without a login.".formatted(registry(), reference));
            return refused.fix("log in on this machine, deploy hands it to the nodes: podman login " + registry())
                    .fix("name a server of settings.xml: <registryServer>, for the base <fromServer>");
        }
        if (says("manifest unknown|name unknown|status code 404")) {
            return Problem.of("%s has no %s.".formatted(registry(), reference))
                    .fix("look up what is there now: mvn strixhalo:build-image");
        }
        if (says("x509|certificate")) {
            return Problem.of("podman does not trust the certificate of %s.".formatted(registry()))
                    .fix("put its authority into ~/.config/containers/certs.d/%s/ca.crt there".formatted(registry()))
                    .fix(throughHere());
        }
        return Problem.of("%s could not be pulled: the connection to %s failed (exit code %d)."
                        .formatted(reference, registry(), result.exitCode()))
                .fix("see there whether it answers: podman pull " + reference + "; then run the goal again")
                .fix(throughHere());
    }

    private static String throughHere() {
        return "let the base come through this machine: <baseFrom>operator</baseFrom>";
    }

    private boolean says(String sign) {
        var pattern = Pattern.compile(sign, Pattern.CASE_INSENSITIVE);
        return said.stream().anyMatch(line -> pattern.matcher(line).find());
    }

    private String registry() {
        int end = reference.indexOf('/');
        return end < 0 ? reference : reference.substring(0, end);
    }
}
