package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GraftTest {
    private static final Digest DIFF = Digest.of("tar".getBytes(StandardCharsets.UTF_8));
    private static final Digest GZIP = Digest.of("gzip".getBytes(StandardCharsets.UTF_8));
    private static final OwnLayer LAYER = new OwnLayer("mine", GZIP, DIFF, 4, 3, 1, true);

    @Test
    void keepsDockersFamilyAndPutsNoAnnotationsThere() throws Exception {
        var graft = graft(Manifest.DOCKER, "application/vnd.docker.image.rootfs.diff.tar.gzip", "");
        var manifest = tree(graft.publishedManifest(graft.config()));

        assertThat(manifest.path("mediaType").asText()).isEqualTo(Manifest.DOCKER);
        assertThat(manifest.at("/layers/1/mediaType").asText())
                .isEqualTo("application/vnd.docker.image.rootfs.diff.tar.gzip");
        assertThat(manifest.has("annotations")).isFalse();
    }

    @Test
    void keepsWhatAnOciManifestSaysAndAddsOurAnnotations() throws Exception {
        var graft = graft(
                Manifest.OCI,
                "application/vnd.oci.image.layer.v1.tar+zstd",
                ",\"annotations\":{\"a\":\"kept\"},\"x\":1");
        var config = graft.config();
        var manifest = tree(graft.publishedManifest(config));

        assertThat(manifest.at("/layers/0/mediaType").asText())
                .isEqualTo("application/vnd.oci.image.layer.v1.tar+zstd");
        assertThat(manifest.at("/layers/0/annotations/toc").asText()).isEqualTo("kept");
        assertThat(manifest.at("/layers/1/mediaType").asText())
                .isEqualTo("application/vnd.oci.image.layer.v1.tar+gzip");
        assertThat(manifest.at("/annotations/a").asText()).isEqualTo("kept");
        assertThat(manifest.at("/annotations/dev.strixhalo.revision").asText()).isEqualTo("abc");
        assertThat(manifest.path("x").asInt()).isEqualTo(1);
        assertThat(manifest.at("/config/digest").asText())
                .isEqualTo(Digest.of(config).value());
    }

    @Test
    void theDeployManifestNamesTheBaseByDiffIdAndKeepsTheImageId() throws Exception {
        var graft = graft(Manifest.DOCKER, "application/vnd.docker.image.rootfs.diff.tar.gzip", "");
        var config = graft.config();
        var manifest = Manifest.parse(graft.deployManifest(config), "test");

        assertThat(manifest.config().digest()).isEqualTo(Digest.of(config));
        assertThat(manifest.layers().get(0))
                .isEqualTo(new Descriptor("application/vnd.oci.image.layer.v1.tar", DIFF, 0));
        assertThat(manifest.layers().get(1).digest()).isEqualTo(GZIP);
    }

    @Test
    void theRevisionDoesNotChangeTheImageId() throws Exception {
        var layers = List.of(LAYER);
        var base = base(Manifest.OCI, "application/vnd.oci.image.layer.v1.tar+gzip", "", config("amd64"));

        var one = new Graft(base, layers, recipe("abc"));
        var other = new Graft(base, layers, recipe("def"));

        assertThat(one.config()).isEqualTo(other.config());
        assertThat(one.deployManifest(one.config())).isNotEqualTo(other.deployManifest(other.config()));
    }

    @Test
    void aBaseWithoutHistoryLabelsAndTimeGetsNoHistory() throws Exception {
        var config = tree(graft(Manifest.OCI, "application/vnd.oci.image.layer.v1.tar+gzip", "")
                .config());

        assertThat(config.has("history")).isFalse();
        assertThat(config.path("created").asText()).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(config.at("/config/Labels/dev.strixhalo.base.reference").asText())
                .isEqualTo("docker.io/team/base:1");
    }

    @Test
    void refusesABaseOfAnotherMachine() {
        assertThatThrownBy(() -> base(Manifest.OCI, "application/vnd.oci.image.layer.v1.tar", "", config("arm64")))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("another kind of machine");
    }

    @Test
    void refusesAManifestOfSchema1AndOneThatContradictsItself() {
        assertThatThrownBy(() -> Manifest.parse("{\"schemaVersion\":1}".getBytes(StandardCharsets.UTF_8), "old"))
                .hasMessageContaining("kind that is not supported");
        var none = "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"diff_ids\":[]}}";
        assertThatThrownBy(() -> base(Manifest.OCI, "x", "", none)).hasMessageContaining("contradicts itself");
    }

    @Test
    void refusesLabelsThatAreOurs() {
        assertThatThrownBy(() -> Recipe.of(
                        "Upper",
                        RegistryReference.parse("docker.io/team/base:1"),
                        List.of(),
                        List.of(new Recipe.Directory("root", 0700, 0, 0)),
                        Map.of("dev.strixhalo.version", "x"),
                        Map.of(),
                        "1",
                        null))
                .isInstanceOfSatisfying(
                        StrixhaloException.class, e -> assertThat(e.problems()).hasSize(3));
    }

    private static Graft graft(String family, String layerType, String more) throws Exception {
        return new Graft(base(family, layerType, more, config("amd64")), List.of(LAYER), recipe("abc"));
    }

    private static BaseImage base(String family, String layerType, String more, String config) throws Exception {
        var bytes = config.getBytes(StandardCharsets.UTF_8);
        var manifest = """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"c","digest":"%s","size":%d},
                 "layers":[{"mediaType":"%s","digest":"%s","size":9,"annotations":{"toc":"kept"}}]%s}""".formatted(family, Digest.of(bytes), bytes.length, layerType, DIFF, more);
        return new BaseImage(
                RegistryReference.parse("docker.io/team/base:1"),
                Digest.of(manifest.getBytes(StandardCharsets.UTF_8)),
                manifest.getBytes(StandardCharsets.UTF_8),
                bytes,
                List.of());
    }

    private static String config(String architecture) {
        return "{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Labels\":null},\"rootfs\":{\"diff_ids\":[\"%s\"]}}"
                .formatted(architecture, DIFF);
    }

    private static Recipe recipe(String revision) throws Exception {
        return Recipe.of(
                "strixhalo/test",
                RegistryReference.parse("docker.io/team/base:1"),
                List.of(),
                List.of(),
                Map.of(),
                Map.of(),
                "1",
                revision);
    }

    private static JsonNode tree(byte[] bytes) throws Exception {
        return Manifest.tree(bytes, "test");
    }
}
