package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How scripts run as root on a node: by a login as root, or by sudo, first without a password. A script reaches the node by a
 * stream of its own; sudo's standard input carries the password, one line of it, and nothing else, and the script does not
 * read it. So sudo, which asks again after a wrong one, finds the end and gives up: no password is tried twice.
 */
public final class Rights {
    private static final String STAGED = "@@staged ";

    private final NodeConnection connection;
    private final HostState.Sudo.Kind kind;
    private final String user;
    private final @Nullable Secret password;

    /** Where sudo's passwords come from. */
    public interface Passwords {
        /**
         * The password of a user of a node.
         *
         * @throws StrixhaloException when there is none, with where to put it
         */
        Secret of(String node, String user) throws StrixhaloException;
    }

    /** @param passwords is asked at once, if at all: nobody can type while several nodes are worked on */
    Rights(NodeConnection connection, HostState state, Passwords passwords) throws StrixhaloException {
        this.connection = connection;
        this.kind = state.sudo().kind();
        this.user = state.user();
        if (kind == HostState.Sudo.Kind.ABSENT || kind == HostState.Sudo.Kind.REFUSED) {
            throw refused(List.of(state.sudo().said()), user)
                    .on(connection.node().name())
                    .asException();
        }
        this.password = kind == HostState.Sudo.Kind.PASSWORD
                ? passwords.of(connection.node().name(), user)
                : null;
    }

    /**
     * Runs a script as root.
     *
     * @param title      for messages
     * @param script     its text
     * @param program    a file that is handed to it as its last parameter; empty when it takes none
     * @param parameters before that
     * @throws StrixhaloException when root's rights are not to be had; never for the script's own exit code
     */
    CommandResult run(
            String title,
            String script,
            String program,
            List<String> parameters,
            Duration timeout,
            NodeConnection.LineSink sink)
            throws StrixhaloException {
        var staged = connection
                .run(RemoteCommand.of("sh", "-c", Script.text("stage.sh"), "strixhalo")
                        .stdin(base64(script) + "\n" + base64(program) + "\n")
                        .called("bringing the script"))
                .orFail();
        var folder = staged.out().stream()
                .filter(line -> line.startsWith(STAGED))
                .map(line -> line.substring(STAGED.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no folder in " + staged.out()));
        try {
            var argv = new ArrayList<String>();
            switch (kind) {
                // Out of the session's process group: a step is not to die with the connection.
                case ROOT -> argv.addAll(List.of("setsid", "--wait", "sh"));
                case FREE -> argv.addAll(List.of("sudo", "-n", "--", "sh"));
                default -> argv.addAll(List.of("sudo", "-S", "-p", "", "--", "sh"));
            }
            argv.add(folder + "/script");
            argv.addAll(parameters);
            if (!program.isEmpty()) argv.add(folder + "/program");
            var result = connection.run(
                    RemoteCommand.of(argv)
                            .env("LC_ALL", "C")
                            .stdin(password == null ? "" : password.reveal() + "\n")
                            .called(title)
                            .timeout(timeout),
                    sink);
            boolean begun = result.out().stream().anyMatch(line -> line.startsWith("@@"));
            if (!result.succeeded() && !begun && kind != HostState.Sudo.Kind.ROOT) {
                throw refused(result.err(), user).asException();
            }
            return result;
        } finally {
            takeAway(folder);
        }
    }

    /** Demands that root's rights are to be had, by a script that does nothing. */
    void prove() throws StrixhaloException {
        run("becoming root", "echo @@root\n", "", List.of(), Duration.ofMinutes(1), (stream, line) -> {})
                .orFail();
    }

    private void takeAway(String folder) {
        try {
            connection.run(RemoteCommand.of("rm", "-rf", folder).called("taking the script away"));
        } catch (StrixhaloException e) {
            // The connection is gone, and why is what the caller has to hear. The folder is the user's own and holds no
            // secret.
            return;
        }
    }

    /** What sudo's refusal means. */
    static Problem refused(List<String> said, String user) {
        var words = String.join(" ", said);
        Problem problem;
        if (words.contains("must have a tty")) {
            problem = Problem.of("sudo works on a terminal only (requiretty).")
                    .fix("as root: echo 'Defaults:%s !requiretty' > /etc/sudoers.d/strixhalo".formatted(user));
        } else if (words.contains("incorrect password") || words.contains("no password was provided")) {
            problem = Problem.of("sudo refused the password of '%s'; it was tried once.".formatted(user))
                    .fix("correct it: server of <sudoServer> in settings.xml, or what you type");
        } else if (words.contains("not in the sudoers")
                || words.contains("not allowed to")
                || words.contains("may not run")) {
            problem = Problem.of("'%s' may not become root by sudo.".formatted(user))
                    .fix("as root: usermod -aG sudo %s (on Fedora: wheel), then log in anew".formatted(user));
        } else if (words.isBlank()) {
            problem = Problem.of("sudo is not installed, and '%s' is not root.".formatted(user))
                    .fix("log in as root: <user>root</user> in the node")
                    .fix("as root: install sudo and let '%s' use it".formatted(user));
        } else {
            problem = Problem.of("sudo does not work for '%s'.".formatted(user)).fix("try it there: sudo true");
        }
        for (var line : said) if (!line.isBlank()) problem = problem.found(line.strip());
        return problem;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
