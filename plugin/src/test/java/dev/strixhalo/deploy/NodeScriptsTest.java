package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.registry.EmbeddedRegistry;
import dev.strixhalo.registry.RegistryContent;
import dev.strixhalo.registry.RunCredentials;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that nodes run, with the podman and the shell of this machine; those that need containers run on the bed. */
@Timeout(180)
class NodeScriptsTest {
    @TempDir
    Path temp;

    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void home() throws Exception {
        environment.put("PATH", System.getenv("PATH"));
        environment.put("HOME", Files.createDirectories(temp.resolve("home")).toString());
        environment.put(
                "XDG_RUNTIME_DIR", Files.createDirectories(temp.resolve("run")).toString());
    }

    private Nodes nodes() throws StrixhaloException {
        var cluster = Cluster.of(
                "strix", "tcp", List.of(new NodeDescription("node1", "local", null, "192.168.100.1/30", null)));
        return Nodes.connect(cluster, RemoteSettings.of(temp, System.getProperty("user.name"), environment));
    }

    @Test
    void foldersOfVolumesAreMadeAndFilesStayFiles() throws Exception {
        var file = Files.writeString(temp.resolve("a file"), "kept");
        var folder = temp.resolve("models/deep and 'quoted'");
        try (var nodes = nodes()) {
            nodes.head()
                    .run(Script.PREPARE.command(file.toString(), folder.toString()))
                    .orFail();
        }
        assertThat(folder).isDirectory();
        assertThat(file).hasContent("kept");
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws Exception {
        var file = Files.writeString(temp.resolve("file"), "in the way");
        try (var nodes = nodes()) {
            var result = nodes.head().run(Script.PREPARE.command(file + "/models"));

            assertThat(result.succeeded()).isFalse();
            assertThat(String.join("\n", result.err())).contains(file.toString());
        }
    }

    @Test
    void aRecordIsWrittenWholeAndTheJournalGrowsByALine() throws Exception {
        try (var nodes = nodes()) {
            for (int i = 1; i <= 2; i++) {
                nodes.head()
                        .run(Script.RECORD.reading("{\"run\":" + i + "}\n", "strix", "deploy.json", "deploy " + i))
                        .orFail();
            }
        }
        var folder = temp.resolve("home/.local/state/strixhalo/strix");
        assertThat(folder.resolve("deploy.json")).hasContent("{\"run\":2}\n");
        assertThat(folder.resolve("journal")).hasContent("deploy 1\ndeploy 2\n");
        try (var left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void aNodePullsByItselfFromARegistryThatWantsALogin() throws Exception {
        assumeTrue(
                Program.of("sh", "-c", "command -v podman && test $(id -u) = 0")
                        .run()
                        .succeeded(),
                "no podman");
        podmanOfItsOwn();
        var credentials = RunCredentials.issue(List.of("lara"), new SecureRandom());
        try (var image = new StandInCluster(temp, true)) {
            var manifest = image.store.bytes(image.built.digest());
            var content = RegistryContent.of("team/tiny")
                    .with(new RegistryContent.Manifest("application/vnd.oci.image.manifest.v1+json", manifest))
                    .withBlob(image.store, image.store.put(image.base));
            for (var blob : image.built.ownBlobs()) content = content.withBlob(image.store, blob);
            try (var registry = EmbeddedRegistry.start(content, credentials, transfer -> {});
                    var nodes = nodes()) {
                var host = "127.0.0.1:" + registry.port();
                // The certificate is the business of whoever runs the node; here it is not what is tested.
                Files.writeString(
                        temp.resolve("registries.conf"),
                        "[[registry]]\nlocation = \"%s\"\ninsecure = true\n".formatted(host));
                var reference = host + "/team/tiny@" + image.built.digest();
                var id = image.built.imageId().value();

                var refused = pull(nodes, "", reference, id);
                var failure = catchThrowableOfType(
                        StrixhaloException.class, () -> FailedPull.unlessGood(refused, reference, false));
                assertThat(failure).hasMessage("node1: %s lets nobody pull %s without a login.", host, reference);

                pull(nodes, login(host, credentials), reference, id).orFail();

                assertThat(podman("image", "inspect", "--format", "{{.Id}}", "localhost/strixhalo/strix:test"))
                        .isEqualTo(image.built.imageId().hex());
                try (var left = Files.list(temp.resolve("run"))) {
                    assertThat(left.map(Path::getFileName).map(Path::toString))
                            .noneMatch(name -> name.startsWith("strixhalo-pull"));
                }
                // Whoever removes it by the name that we gave it removes it.
                podman("rmi", "localhost/strixhalo/strix:test");
                assertThat(podman("images", "--all", "--quiet")).isEmpty();
            } finally {
                podman("rmi", "--all", "--force");
                // podman may have mounted the folder onto itself.
                Program.of("umount", temp.resolve("storage/vfs").toString()).run();
            }
        }
    }

    private void podmanOfItsOwn() throws Exception {
        Files.writeString(
                temp.resolve("storage.conf"),
                "[storage]\ndriver = \"vfs\"\ngraphroot = \"%s\"\nrunroot = \"%s\"\n"
                        .formatted(temp.resolve("storage"), temp.resolve("runroot")));
        environment.put("CONTAINERS_STORAGE_CONF", temp.resolve("storage.conf").toString());
        environment.put(
                "CONTAINERS_REGISTRIES_CONF", temp.resolve("registries.conf").toString());
    }

    private static CommandResult pull(Nodes nodes, String login, String reference, String imageId)
            throws StrixhaloException {
        return nodes.head()
                .run(Script.PULL_THERE.reading(
                        login + "\n", reference, imageId, "/var/tmp", "localhost/strixhalo/strix:test"));
    }

    private static String login(String host, RunCredentials credentials) {
        var file = RecordFile.json().createObjectNode();
        var words = "lara:" + credentials.password("lara").reveal();
        file.putObject("auths")
                .putObject(host)
                .put("auth", Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8)));
        return file.toString();
    }

    private String podman(String... words) throws StrixhaloException {
        var argv = new java.util.ArrayList<>(List.of("podman"));
        argv.addAll(List.of(words));
        var program = Program.of(argv);
        for (var variable : environment.entrySet()) program = program.env(variable.getKey(), variable.getValue());
        return program.run().orFail().text();
    }
}
