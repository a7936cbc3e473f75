package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;

/** A certificate authority for one run of the bed: made by openssl, valid for two days, known to nobody but the bed. */
final class Authority {
    private static final String TRUST_STORE_PASSWORD = "changeit";

    private final Path folder;

    private Authority(Path folder) {
        this.folder = folder;
    }

    /**
     * A server's certificate and its key, both PEM.
     *
     * @param certificate for one IPv4 address
     * @param key         unencrypted, readable by its owner
     */
    record Certificate(Path certificate, Path key) {}

    /** Makes a new authority in a folder; an old one there is replaced. */
    static Authority make(Path folder) throws StrixhaloException {
        try {
            Files.createDirectories(folder);
            // Keys lie here unencrypted.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            // Apart from the keys: tools that are given this folder take each file in it for theirs.
            Files.createDirectories(folder.resolve("public"));
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
        var authority = new Authority(folder);
        openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 2",
                "-keyout",
                folder.resolve("ca.key").toString(),
                "-out",
                authority.certificate().toString(),
                "-subj",
                "/CN=strixhalo test bed authority",
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign");
        return authority;
    }

    /** The authority's own certificate. */
    Path certificate() {
        return certificateFolder().resolve("ca.crt");
    }

    /** Holds {@code ca.crt} and nothing else, as {@code --cert-dir} of podman and skopeo wants it. */
    Path certificateFolder() {
        return folder.resolve("public");
    }

    /** Makes a certificate for a server at an IPv4 address. */
    Certificate certify(String address) throws StrixhaloException {
        var key = folder.resolve("server.key");
        var request = folder.resolve("server.csr");
        var certificate = folder.resolve("server.crt");
        openssl(
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc",
                "-keyout",
                key.toString(),
                "-out",
                request.toString(),
                "-subj",
                "/CN=" + address,
                "-addext",
                "subjectAltName=IP:" + address);
        openssl(
                "x509 -req -days 2 -copy_extensions copy -CAcreateserial",
                "-in",
                request.toString(),
                "-CA",
                certificate().toString(),
                "-CAkey",
                folder.resolve("ca.key").toString(),
                "-CAserial",
                folder.resolve("ca.srl").toString(),
                "-out",
                certificate.toString());
        return new Certificate(certificate, key);
    }

    /** A PKCS #12 store with this authority and these others, and nobody else to trust. */
    Path trustStore(List<Authority> others) throws StrixhaloException {
        var path = folder.resolve("trust.p12");
        var all = new ArrayList<>(others);
        all.add(0, this);
        try (var out = Files.newOutputStream(path)) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            for (var authority : all) {
                try (var pem = Files.newInputStream(authority.certificate())) {
                    store.setCertificateEntry(
                            "test-bed-" + store.size(),
                            CertificateFactory.getInstance("X.509").generateCertificate(pem));
                }
            }
            store.store(out, TRUST_STORE_PASSWORD.toCharArray());
            return path;
        } catch (IOException e) {
            throw unwritable(folder, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate of openssl that Java cannot read", e);
        }
    }

    private static void openssl(String fixed, String... rest) throws StrixhaloException {
        var argv = new ArrayList<String>();
        argv.add("openssl");
        argv.addAll(List.of(fixed.split(" ")));
        argv.addAll(List.of(rest));
        Program.of(argv).run().orFail();
    }

    private static StrixhaloException unwritable(Path folder, IOException e) {
        return Problem.of("The certificates of the test bed cannot be written.")
                .found(e.toString())
                .fix("make " + folder + " writable")
                .asException(e);
    }
}
