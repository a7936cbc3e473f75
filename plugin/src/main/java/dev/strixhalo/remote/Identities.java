package dev.strixhalo.remote;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.Identity;
import com.jcraft.jsch.IdentityRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SSHAgentConnector;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Vector;
import org.jspecify.annotations.Nullable;

/**
 * The keys for one login, in ssh's order: those of the configuration that the agent holds, the agent's others, those that
 * only files hold. A file with a passphrase needs the agent: a build has nobody to ask.
 */
final class Identities implements IdentityRepository {
    private final List<Identity> identities = new ArrayList<>();
    private final List<String> tried = new ArrayList<>();
    private final List<String> left = new ArrayList<>();
    private final List<String> fixes = new ArrayList<>();

    /** Asks the agent and reads the files. */
    void collect(SshTarget target) {
        var agent = agent(target.agent());
        var files = new ArrayList<Identity>();
        for (var file : target.identityFiles()) {
            var publicKey = publicKey(file);
            var held = publicKey == null ? null : remove(agent, publicKey);
            if (held != null) {
                add(held, file + " (in the agent)");
            } else {
                var identity = load(file, null, target.namedIdentities());
                if (identity != null) files.add(identity);
            }
        }
        if (!target.identitiesOnly()) agent.forEach(held -> add(held, held.getName() + " (in the agent)"));
        for (var certificate : target.certificates()) addCertificate(target, certificate);
        files.forEach(identity -> add(identity, identity.getName()));
    }

    /** Keys that were offered, for a message. */
    List<String> tried() {
        return List.copyOf(tried);
    }

    /** Keys that could not be offered, and why. */
    List<String> left() {
        return List.copyOf(left);
    }

    /** What would make them usable. */
    List<String> fixes() {
        return List.copyOf(fixes);
    }

    private void add(Identity identity, String name) {
        identities.add(identity);
        tried.add(name);
    }

    private void leave(String what, String fix) {
        left.add(what);
        fixes.add(fix);
    }

    private List<Identity> agent(@Nullable Path socket) {
        if (socket == null) return new ArrayList<>();
        try {
            // JSch reports an agent that is gone as one without keys.
            SocketChannel.open(UnixDomainSocketAddress.of(socket)).close();
        } catch (IOException e) {
            leave(
                    "the agent at %s does not answer: %s".formatted(socket, e.getMessage()),
                    "eval $(ssh-agent); ssh-add");
            return new ArrayList<>();
        }
        try {
            return new ArrayList<>(new AgentIdentityRepository(new SSHAgentConnector(socket)).getIdentities());
        } catch (AgentProxyException e) {
            leave("the agent at %s cannot be used: %s".formatted(socket, e.getMessage()), "ssh-add -l");
            return new ArrayList<>();
        }
    }

    private void addCertificate(SshTarget target, Path certificate) {
        for (var file : target.identityFiles()) {
            var identity = load(file, certificate, false);
            if (identity != null) {
                add(identity, certificate.toString());
                return;
            }
        }
        leave("%s has no usable private key beside it".formatted(certificate), "name the key with IdentityFile");
    }

    private @Nullable Identity load(Path file, @Nullable Path certificate, boolean named) {
        if (!Files.exists(file)) {
            if (named) leave(file + " is not there", "ls -l '%s'".formatted(file));
            return null;
        }
        if (isPublic(file)) {
            if (certificate == null) leave(file + " is a public key that the agent does not hold", "ssh-add -l");
            return null;
        }
        try {
            var one = new JSch();
            if (certificate == null) one.addIdentity(file.toString());
            else one.addIdentity(file.toString(), certificate.toString(), null);
            Identity identity = one.getIdentityRepository().getIdentities().get(0);
            if (!identity.isEncrypted()) return identity;
            leave(file + " has a passphrase and the agent does not hold it", "ssh-add '%s'".formatted(file));
        } catch (JSchException | RuntimeException e) {
            // JSch meets a damaged key with exceptions of many kinds.
            leave("%s cannot be read: %s".formatted(file, e.getMessage()), "ssh-keygen -y -f '%s'".formatted(file));
        }
        return null;
    }

    private static @Nullable Identity remove(List<Identity> from, String publicKey) {
        for (var identity : from) {
            if (Base64.getEncoder().encodeToString(identity.getPublicKeyBlob()).equals(publicKey)) {
                from.remove(identity);
                return identity;
            }
        }
        return null;
    }

    private static boolean isPublic(Path file) {
        return publicKeyIn(file) != null;
    }

    /** The public half: the file itself, or the one beside it. */
    private static @Nullable String publicKey(Path file) {
        var own = publicKeyIn(file);
        return own != null ? own : publicKeyIn(file.resolveSibling(file.getFileName() + ".pub"));
    }

    private static @Nullable String publicKeyIn(Path file) {
        if (!Files.isRegularFile(file)) return null;
        try {
            var words = Files.readString(file).strip().split("\\s+", 3);
            if (words.length < 2 || !words[0].matches("(ssh|ecdsa|sk)-[a-z0-9@.-]+")) return null;
            return words[1];
        } catch (IOException e) {
            // A private key, or a file that cannot be read: the attempt to load it says so.
            return null;
        }
    }

    @Override
    public String getName() {
        return "strixhalo";
    }

    @Override
    public int getStatus() {
        return RUNNING;
    }

    @Override
    @SuppressWarnings("JdkObsolete") // JSch's interface asks for it.
    public Vector<Identity> getIdentities() {
        return new Vector<>(identities);
    }

    @Override
    public boolean add(byte[] identity) {
        return false;
    }

    @Override
    public boolean remove(byte[] blob) {
        return false;
    }

    @Override
    public void removeAll() {}
}
