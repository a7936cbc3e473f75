package dev.strixhalo.remote;

import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.UserInfo;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The host keys of several known_hosts files as one, read only, and what came of the one question that a login asks. JSch
 * reads the files (hashed names, {@code [host]:port}, wildcards, {@code @revoked}).
 */
final class KnownHostKeys implements HostKeyRepository {
    private final Map<Path, HostKeyRepository> files = new LinkedHashMap<>();
    private final List<Path> asked;
    private @Nullable Answer answer;

    /**
     * What the node showed and what the files say of it.
     *
     * @param name    as known_hosts names the node
     * @param key     that the node showed, in SSH's wire format
     * @param verdict {@link HostKeyRepository#OK}, {@code NOT_INCLUDED} or {@code CHANGED}
     * @param file    that holds another key or has revoked this one; null if none does
     */
    record Answer(
            String name, byte[] key, int verdict, @Nullable Path file) {
        /** For example {@code ssh-ed25519}. */
        String type() {
            int length = ByteBuffer.wrap(key).getInt();
            return new String(key, 4, length, StandardCharsets.US_ASCII);
        }

        /** As ssh prints it. */
        String fingerprint() {
            try {
                var digest = MessageDigest.getInstance("SHA-256").digest(key);
                return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The line that makes the key known. */
        String line() {
            return "%s %s %s".formatted(name, type(), Base64.getEncoder().encodeToString(key));
        }
    }

    KnownHostKeys(List<Path> asked) throws StrixhaloException {
        this.asked = List.copyOf(asked);
        for (var file : asked) {
            if (!Files.exists(file)) continue;
            try (var in = Files.newInputStream(file)) {
                var one = new JSch();
                one.setKnownHosts(in);
                files.put(file, one.getHostKeyRepository());
            } catch (IOException | JSchException e) {
                throw Problem.of("the host keys of %s cannot be read.".formatted(file))
                        .found(String.valueOf(e.getMessage()))
                        .fix("ls -l '%s'".formatted(file))
                        .asException(e);
            }
        }
    }

    /** The files that were asked, there or not. */
    List<Path> asked() {
        return asked;
    }

    /** What came of the check; null if the login never got so far. */
    @Nullable
    Answer answer() {
        return answer;
    }

    @Override
    public int check(String host, byte[] key) {
        Path other = null;
        boolean known = false;
        for (var entry : files.entrySet()) {
            int verdict = entry.getValue().check(host, key);
            if (verdict == OK) known = true;
            if (verdict == CHANGED && other == null) other = entry.getKey();
        }
        int verdict = known ? OK : other != null ? CHANGED : NOT_INCLUDED;
        answer = new Answer(host, key.clone(), verdict, verdict == CHANGED ? other : null);
        return verdict;
    }

    @Override
    public HostKey[] getHostKey(@Nullable String host, @Nullable String type) {
        var all = new ArrayList<HostKey>();
        for (var file : files.values()) {
            var keys = file.getHostKey(host, type);
            if (keys != null) all.addAll(Arrays.asList(keys));
        }
        return all.toArray(HostKey[]::new);
    }

    @Override
    public HostKey[] getHostKey() {
        return getHostKey(null, null);
    }

    @Override
    public String getKnownHostsRepositoryID() {
        return String.valueOf(asked);
    }

    @Override
    public void add(HostKey key, UserInfo ui) {
        throw new IllegalStateException("host keys are never added by us");
    }

    @Override
    public void remove(String host, String type) {
        throw new IllegalStateException("host keys are never removed by us");
    }

    @Override
    public void remove(String host, String type, byte[] key) {
        throw new IllegalStateException("host keys are never removed by us");
    }
}
