package dev.strixhalo.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs that nodes and users have pull from the registry, with nothing relaxed. */
@Timeout(180)
class RealClientsTest {
    @TempDir
    Path temp;

    private ContentStore store;

    @BeforeEach
    void open() throws Exception {
        store = ContentStore.open(temp.resolve("store"));
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    @Test
    void skopeoCopiesAnImage() throws Exception {
        assumeTrue(isInstalled("skopeo"), "skopeo is not installed");
        var image = image();
        try (var bed = RegistryBed.serving(image.served("strixhalo/vllm", store, 0))) {
            var copy = temp.resolve("copy");
            Program.of(
                            "skopeo",
                            "copy",
                            "--src-cert-dir",
                            certificates(bed).toString(),
                            "--src-authfile",
                            authFile(bed).toString(),
                            "docker://" + reference(bed, image),
                            "dir:" + copy)
                    .run()
                    .orFail();

            assertThat(Digest.of(Files.readAllBytes(copy.resolve("manifest.json"))))
                    .isEqualTo(image.manifest(0).digest());
            for (var blob : List.of(image.imageId(), image.gzippedLayer(0), image.gzippedLayer(1))) {
                assertThat(Digest.of(Files.readAllBytes(copy.resolve(blob.hex()))))
                        .isEqualTo(blob);
            }
        }
    }

    @Test
    void podmanPullsAndAsksOnlyForWhatItLacksOfAnImageThatNamesTheBaseByDiffId() throws Exception {
        assumeTrue(isInstalled("podman"), "podman is not installed");
        var base = new HandMadeImage().layer("etc/base", random(500_000));
        var image = image();
        try {
            try (var bed = RegistryBed.serving(base.served("upstream/base", store, 0))) {
                podman(
                        "pull",
                        "--quiet",
                        "--cert-dir",
                        certificates(bed).toString(),
                        "--authfile",
                        authFile(bed).toString(),
                        "127.0.0.1:" + bed.registry.port() + "/upstream/base@"
                                + base.manifest(0).digest());
            }
            try (var bed = RegistryBed.serving(image.served("strixhalo/vllm", store, 1))) {
                var reference = "127.0.0.1:" + bed.registry.port() + "/strixhalo/vllm@"
                        + image.manifest(1).digest();
                podman(
                        "pull",
                        "--quiet",
                        "--cert-dir",
                        certificates(bed).toString(),
                        "--authfile",
                        authFile(bed).toString(),
                        reference);

                assertThat(podman("image", "inspect", "--format", "{{.Id}}", reference))
                        .isEqualTo(image.imageId().hex());
                assertThat(bed.registry.accesses())
                        .filteredOn(Access::isBlobDownload)
                        .extracting(Access::path)
                        .containsExactlyInAnyOrder(
                                "/v2/strixhalo/vllm/blobs/" + image.imageId(),
                                "/v2/strixhalo/vllm/blobs/" + image.gzippedLayer(1));
                assertThat(bed.registry.accesses())
                        .filteredOn(a -> a.status() == 200)
                        .extracting(Access::user)
                        .containsOnly("node1");
            }
        } finally {
            podman("rmi", "--all", "--force");
            Program.of("umount", temp.resolve("root/vfs").toString()).run(); // podman may have mounted it on itself
        }
    }

    @Test
    void opensslFindsTheCertificateGood() throws Exception {
        assumeTrue(isInstalled("openssl"), "openssl is not installed");
        try (var bed = RegistryBed.serving(RegistryContent.of("x"))) {
            var pem = certificates(bed).resolve("ca.crt").toString();

            assertThat(Program.of("openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", pem, pem)
                            .run()
                            .orFail()
                            .text())
                    .endsWith(": OK");
            assertThat(Program.of("openssl", "x509", "-noout", "-text", "-in", pem)
                            .run()
                            .orFail()
                            .text())
                    .contains("Version: 3 (0x2)", "ASN1 OID: prime256v1", "ecdsa-with-SHA256")
                    .contains("IP Address:127.0.0.1", "TLS Web Server Authentication", "Digital Signature");
        }
    }

    /** A large layer that the base has too, and a small one. */
    private static HandMadeImage image() throws Exception {
        return new HandMadeImage()
                .layer("etc/base", random(500_000))
                .layer("etc/ours", HandMadeImage.bytes("of our making\n"));
    }

    private static String reference(RegistryBed bed, HandMadeImage image) {
        return "127.0.0.1:" + bed.registry.port() + "/strixhalo/vllm@"
                + image.manifest(0).digest();
    }

    private String podman(String... arguments) throws Exception {
        var argv = new ArrayList<>(List.of(
                "podman",
                "--root",
                temp.resolve("root").toString(),
                "--runroot",
                temp.resolve("run").toString(),
                "--storage-driver",
                "vfs"));
        argv.addAll(List.of(arguments));
        return Program.of(argv).timeout(Duration.ofMinutes(2)).run().orFail().text();
    }

    private Path certificates(RegistryBed bed) throws Exception {
        var folder = Files.createTempDirectory(temp, "certs");
        Files.writeString(folder.resolve("ca.crt"), bed.registry.certificatePem());
        return folder;
    }

    private Path authFile(RegistryBed bed) throws Exception {
        var file = Files.createTempFile(
                temp,
                "auth",
                ".json",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(
                file,
                "{\"auths\":{\"127.0.0.1:%d\":{\"auth\":\"%s\"}}}"
                        .formatted(bed.registry.port(), bed.basic("node1").substring("Basic ".length())));
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
