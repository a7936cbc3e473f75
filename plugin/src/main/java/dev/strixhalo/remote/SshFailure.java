package dev.strixhalo.remote;

import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSchAlgoNegoFailException;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.JSchHostKeyException;
import com.jcraft.jsch.JSchRevokedHostKeyException;
import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says why a login failed, in words that lead on. JSch tells its failures apart by their texts only (2.28.8). */
final class SshFailure {
    private static final Pattern METHODS = Pattern.compile("for methods '([^']*)'");

    private final SshTarget target;
    private final RemoteSettings settings;
    private final KnownHostKeys known;
    private final Identities identities;
    private final boolean late;
    private final boolean jumped;

    /** @param late whether the login was ended because its time was over */
    SshFailure(
            SshTarget target,
            RemoteSettings settings,
            KnownHostKeys known,
            Identities identities,
            boolean late,
            boolean jumped) {
        this.target = target;
        this.settings = settings;
        this.known = known;
        this.identities = identities;
        this.late = late;
        this.jumped = jumped;
    }

    StrixhaloException explain(JSchException failure) {
        return problem(failure).asException(failure);
    }

    private Problem problem(JSchException failure) {
        var text = String.valueOf(failure.getMessage());
        var cause = root(failure);
        var answer = known.answer();
        if (failure instanceof JSchRevokedHostKeyException && answer != null) return revoked(answer);
        if (answer != null && answer.verdict() == HostKeyRepository.NOT_INCLUDED) return unknown(answer);
        if (answer != null && answer.verdict() == HostKeyRepository.CHANGED) return changed(answer);
        if (failure instanceof JSchHostKeyException) {
            return Problem.of("its host key was refused.").found(text).fix("ssh " + target.alias() + " true");
        }
        if (late) return slow();
        if (cause instanceof UnknownHostException) {
            return Problem.of("its host name '%s' does not resolve.".formatted(target.host()))
                    .fix(
                            "getent hosts %s   shows nothing: correct <host>, or give its address with HostName in ~/.ssh/config"
                                    .formatted(target.host()));
        }
        if (cause instanceof NoRouteToHostException) {
            return Problem.of("there is no way to %s.".formatted(target))
                    .found(String.valueOf(cause.getMessage()))
                    .fix("is it switched on and on this network? ping %s".formatted(target.host()));
        }
        if (cause instanceof ConnectException) {
            return Problem.of("nothing takes SSH connections at %s port %d.".formatted(target.host(), target.port()))
                    .found(String.valueOf(cause.getMessage()))
                    .fix("on the node: sudo systemctl enable --now sshd   (Debian, Ubuntu: ssh)")
                    .fix("if it listens on another port: Port in ~/.ssh/config");
        }
        if (cause instanceof SocketTimeoutException && answer == null) {
            // The same class for a connection that never came about and a server that never said a word.
            return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("connect")
                    ? Problem.of("%s did not answer within %s.".formatted(target, Amount.time(target.connectTimeout())))
                            .fix("is it switched on and on this network? ping %s".formatted(target.host()))
                            .fix("does a firewall drop port %d? sudo firewall-cmd --add-service=ssh"
                                    .formatted(target.port()))
                    : slow();
        }
        if (text.startsWith("Auth ") || text.contains("USERAUTH")) return keys(text);
        if (failure instanceof JSchAlgoNegoFailException) {
            return Problem.of("its sshd and this plugin have no algorithm in common.")
                    .found(text)
                    .fix("bring OpenSSH on the node up to date; see sshd -T | grep -E 'kex|ciphers|hostkeyalg' there");
        }
        if (jumped && text.contains("channel is not opened")) {
            return Problem.of("the host to jump from cannot or may not connect to %s.".formatted(target))
                    .found(text)
                    .fix("there: nc -vz %s %d   and AllowTcpForwarding yes in /etc/ssh/sshd_config"
                            .formatted(target.host(), target.port()));
        }
        if (answer == null) return hungUp(text);
        return Problem.of("the SSH login at %s failed.".formatted(target))
                .found(text)
                .fix("ssh -v %s true".formatted(target.alias()));
    }

    private Problem unknown(KnownHostKeys.Answer answer) {
        var problem = withLaxness(Problem.of("its host key is not known, so this may be any machine.")
                .found("%s key of %s: %s".formatted(answer.type(), answer.name(), answer.fingerprint()))
                .found("not in " + known.asked().stream().map(Object::toString).collect(Collectors.joining(", "))));
        return problem.fix(compare(answer)).fix("if it is the same: " + add(answer));
    }

    private Problem changed(KnownHostKeys.Answer answer) {
        var file = answer.file();
        var problem =
                withLaxness(Problem.of("its host key has changed: it was installed anew, or someone stands between.")
                        .found("%s key of %s: %s".formatted(answer.type(), answer.name(), answer.fingerprint()))
                        .found("%s knows another one".formatted(file)));
        return problem.fix(compare(answer))
                .fix("if it is the same: ssh-keygen -f '%s' -R '%s'; %s".formatted(file, answer.name(), add(answer)));
    }

    private Problem revoked(KnownHostKeys.Answer answer) {
        return Problem.of("its host key is marked as revoked.")
                .found("%s key of %s: %s".formatted(answer.type(), answer.name(), answer.fingerprint()))
                .fix("give the node new host keys: sudo rm /etc/ssh/ssh_host_*_key* && sudo ssh-keygen -A");
    }

    private static String compare(KnownHostKeys.Answer answer) {
        return "compare with what the node's own console says: ssh-keygen -lf /etc/ssh/ssh_host_%s_key.pub"
                .formatted(kind(answer.type()));
    }

    /**
     * The key that was just shown, not ssh-keyscan: that would ask the network again and might add another key than the one
     * that was compared; nor does it know aliases and ProxyJump.
     */
    private String add(KnownHostKeys.Answer answer) {
        return "echo '%s' >> %s"
                .formatted(
                        answer.line(),
                        known.asked().isEmpty()
                                ? "~/.ssh/known_hosts"
                                : known.asked().get(0));
    }

    private static String kind(String type) {
        return type.contains("ed25519") ? "ed25519" : type.contains("ecdsa") ? "ecdsa" : "rsa";
    }

    private Problem withLaxness(Problem problem) {
        return target.laxHostKeys() == null ? problem : problem.found("not followed here: " + target.laxHostKeys());
    }

    private Problem keys(String text) {
        var methods = METHODS.matcher(text);
        var problem = Problem.of("%s does not let '%s' in with any key of ours.".formatted(target, target.user()))
                .found("accepted there: " + (methods.find() ? methods.group(1) : text));
        problem = problem.found(
                identities.tried().isEmpty()
                        ? "no key to offer"
                        : "keys offered: " + String.join(", ", identities.tried()));
        for (var line : identities.left()) problem = problem.found("not offered: " + line);
        for (var line : identities.fixes()) problem = problem.fix(line);
        return problem.fix("ssh-copy-id %s%s@%s"
                        .formatted(
                                target.port() == 22 ? "" : "-p " + target.port() + " ", target.user(), target.host()))
                .fix("another login name: <user> of the node, or User in ~/.ssh/config");
    }

    private Problem slow() {
        return Problem.of("%s took the connection, but the login was not done within %s."
                        .formatted(target, Amount.time(settings.loginTimeout())))
                .fix("is it an sshd that listens there, and is the machine overloaded? ssh -v %s true"
                        .formatted(target.alias()));
    }

    private Problem hungUp(String text) {
        return Problem.of("%s took the connection and closed it before the login.".formatted(target))
                .found(text)
                .fix(
                        "too many logins at once or too many failed ones: wait a minute, or raise MaxStartups, PerSourcePenalties"
                                + " in /etc/ssh/sshd_config")
                .fix("see why on the node: sudo journalctl -u sshd -u ssh -n 20");
    }

    private static Throwable root(Throwable failure) {
        var root = failure;
        while (root.getCause() != null) root = root.getCause();
        return root;
    }
}
