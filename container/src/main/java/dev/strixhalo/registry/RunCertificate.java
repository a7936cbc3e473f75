package dev.strixhalo.registry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The certificate of one run: for the address 127.0.0.1, signed by itself with a key (NIST P-256) that never leaves this
 * process. Written out byte by byte, since the JDK can read X.509 but has no public way to write it, {@code keytool} is
 * missing in a JRE, and BouncyCastle would slow our SSH down.
 */
final class RunCertificate {
    // The clocks of operator and nodes may differ; doctor complains about less than this.
    private static final Duration BEFORE = Duration.ofDays(1);
    private static final Duration AFTER = Duration.ofDays(3);
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.objectIdentifier("1.2.840.10045.4.3.2"));

    private final KeyPair keys;
    private final X509Certificate certificate;

    private RunCertificate(KeyPair keys, X509Certificate certificate) {
        this.keys = keys;
        this.certificate = certificate;
    }

    /** Makes keys and certificate, valid around this time. */
    static RunCertificate make(Instant now, SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            var keys = generator.generateKeyPair();
            var content = content(keys, now, random);
            var signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(keys.getPrivate(), random);
            signer.update(content);
            var der = Der.sequence(content, ECDSA_WITH_SHA256, Der.bitString(0, signer.sign()));
            var certificate = (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            return new RunCertificate(keys, certificate);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java 17 has EC keys, SHA256withECDSA and X.509", e);
        }
    }

    /** TBSCertificate of RFC 5280, section 4.1; the comments name its fields. */
    private static byte[] content(KeyPair keys, Instant now, SecureRandom random) {
        var name = Der.sequence(Der.set(
                Der.sequence(Der.objectIdentifier("2.5.4.3"), Der.utf8String("strixhalo, registry of one run"))));
        return Der.sequence(
                Der.explicit(0, Der.integer(BigInteger.TWO)), // version: v3
                Der.integer(new BigInteger(127, random).add(BigInteger.ONE)), // serialNumber, positive
                ECDSA_WITH_SHA256, // signature
                name, // issuer
                Der.sequence(Der.time(now.minus(BEFORE)), Der.time(now.plus(AFTER))), // validity
                name, // subject
                keys.getPublic().getEncoded(), // subjectPublicKeyInfo, which Java encodes so
                Der.explicit(
                        3,
                        Der.sequence(
                                // subjectAltName: the one address
                                extension("2.5.29.17", false, Der.sequence(Der.implicit(7, LOOPBACK))),
                                // basicConstraints: no authority
                                extension("2.5.29.19", true, Der.sequence()),
                                // keyUsage: digitalSignature, bit 0
                                extension("2.5.29.15", true, Der.bitString(7, new byte[] {(byte) 0x80})),
                                // extKeyUsage: serverAuth
                                extension(
                                        "2.5.29.37", false, Der.sequence(Der.objectIdentifier("1.3.6.1.5.5.7.3.1"))))));
    }

    private static byte[] extension(String id, boolean critical, byte[] value) {
        return critical
                ? Der.sequence(Der.objectIdentifier(id), Der.bool(true), Der.octetString(value))
                : Der.sequence(Der.objectIdentifier(id), Der.octetString(value));
    }

    X509Certificate certificate() {
        return certificate;
    }

    /** The certificate as podman's {@code --cert-dir} wants it in a file {@code *.crt}. */
    String pem() {
        try {
            var base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
            return "-----BEGIN CERTIFICATE-----\n"
                    + base64.encodeToString(certificate.getEncoded())
                    + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new AssertionError("it was made from its encoding", e);
        }
    }

    /** What a TLS server needs of it. */
    SSLContext serverContext() {
        try {
            var none = new char[0];
            var store = KeyStore.getInstance("PKCS12");
            store.load(null, none);
            store.setKeyEntry("run", keys.getPrivate(), none, new Certificate[] {certificate});
            var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, none);
            var context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("a key store in memory and TLS are part of every Java 17", e);
        }
    }
}
