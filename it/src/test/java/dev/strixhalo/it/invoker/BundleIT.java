package dev.strixhalo.it.invoker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Cluster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** The jar that users get: everything that runs is in it, so that Maven reads one POM for a goal, and not sixty. */
final class BundleIT {
    @Test
    void nothingIsLeftToResolve() throws IOException {
        var pom = Files.readString(
                Path.of(StagedPlugin.property("basedir"), "..", "plugin/target/dependency-reduced-pom.xml"));

        var dependencies = pom.substring(pom.indexOf("<dependencies>"), pom.indexOf("</dependencies>"));

        var each = dependencies.split("<dependency>");
        assertThat(each).hasSizeGreaterThan(1);
        assertThat(List.of(each).subList(1, each.length))
                .allMatch(one -> one.contains("<scope>provided</scope>") || one.contains("<scope>test</scope>"));
    }

    /** JSch keeps Ed25519, which most hosts' keys are, where only a multi-release jar shows it. */
    @Test
    void classesForLaterReleasesOfJavaAreFound() throws IOException, URISyntaxException {
        try (var jar = new JarFile(bundle().toFile(), false, ZipFile.OPEN_READ, Runtime.Version.parse("17"))) {
            assertThat(jar.isMultiRelease()).isTrue();
            var entry = jar.getJarEntry("com/jcraft/jsch/jce/SignatureEd25519.class");
            assertThat(entry.getRealName()).startsWith("META-INF/versions/");
        }
    }

    @Test
    void theTermsOfWhatIsInsideGoWithIt() throws IOException, URISyntaxException {
        try (var jar = new JarFile(bundle().toFile())) {
            assertThat(text(jar, "META-INF/LICENSE.txt")).contains("JCraft");
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
            assertThat(text(jar, "META-INF/NOTICE")).contains("Jackson");
        }
    }

    private static String text(JarFile jar, String name) throws IOException {
        try (var stream = jar.getInputStream(jar.getEntry(name))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path bundle() throws URISyntaxException {
        return Path.of(Cluster.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    }
}
