package dev.strixhalo.plugin;

import static org.apache.maven.api.plugin.testing.MojoExtension.getVariableValueFromObject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.deploy.DeploySettings;
import dev.strixhalo.doctor.Wanted;
import dev.strixhalo.prepare.Wishes;
import dev.strixhalo.serve.Launch;
import dev.strixhalo.verify.LinkPath;
import dev.strixhalo.verify.VerifySettings;
import java.nio.file.Path;
import java.util.Map;
import org.apache.maven.api.plugin.testing.InjectMojo;
import org.apache.maven.api.plugin.testing.MojoParameter;
import org.apache.maven.api.plugin.testing.MojoTest;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;

/** Goals as Maven makes and fills them: the XML reaches the fields, and what is missing or wrong ends the goal. */
@MojoTest
class GoalHarnessTest {
    private static final String POM = "src/test/resources/harness-pom.xml";
    private static final String EMPTY = "src/test/resources/harness-empty-pom.xml";

    @Test
    void buildImageKnowsTheImage(@InjectMojo(goal = "build-image", pom = POM) BuildImageMojo goal) throws Exception {
        ImageConfiguration image = getVariableValueFromObject(goal, "image");

        var recipe = image.toRecipe(Path.of("."), "1", null);
        assertThat(recipe.toString()).contains("example.com/base", "team=speech");
    }

    @Test
    void buildImageWithoutABaseIsRefused(@InjectMojo(goal = "build-image", pom = EMPTY) BuildImageMojo goal) {
        assertThatThrownBy(goal::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageStartingWith("There is no <from> in <image>")
                .hasCauseInstanceOf(StrixhaloException.class);
    }

    @Test
    void deployKnowsTheClusterAndItsSettings(@InjectMojo(goal = "deploy", pom = POM) DeployMojo goal) throws Exception {
        var cluster = cluster(goal);
        DeployConfiguration deploy = getVariableValueFromObject(goal, "deploy");
        boolean dryRun = getVariableValueFromObject(goal, "dryRun");

        assertThat(cluster.link()).isEqualTo(Link.TCP);
        assertThat(cluster.nodes().get(1).user()).isEqualTo("lara");
        DeploySettings settings = deploy.toSettings(cluster.link());
        assertThat(settings.toString()).contains("/models");
        assertThat(dryRun).isFalse();
    }

    @Test
    void verifyKnowsWhereAndByWhatItJudges(@InjectMojo(goal = "verify", pom = POM) VerifyMojo goal) throws Exception {
        VerifyConfiguration verify = getVariableValueFromObject(goal, "verify");

        var settings = verify.toSettings(cluster(goal));
        assertThat(settings.where()).isEqualTo(VerifySettings.Where.HOST);
        assertThat(settings.lanAddresses()).containsOnly(Map.entry("node1", "10.0.0.11"));
        assertThat(settings.skip()).containsExactly(LinkPath.ALL_REDUCE);
        assertThat(settings.limits().rdmaLatencyFailMicros()).isEqualTo(12.5);
    }

    @Test
    void launchKnowsTheModelAndHowToServeIt(@InjectMojo(goal = "launch", pom = POM) LaunchMojo goal) throws Exception {
        ServeConfiguration serve = getVariableValueFromObject(goal, "serve");

        var settings = serve.toSettings(cluster(goal), Launch.Until.ANSWER);
        assertThat(settings.toString()).contains("m/m", "{\"a\": 1, \"b\": 2}", "NCCL_DEBUG=INFO");
    }

    @Test
    @MojoParameter(name = "until", value = "tomorrow")
    void launchRefusesAnEndThatItDoesNotKnow(@InjectMojo(goal = "launch", pom = POM) LaunchMojo goal) {
        assertThatThrownBy(goal::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessage("<until> is 'tomorrow'.");
    }

    @Test
    @MojoParameter(name = "statusTimeout", value = "0")
    void statusRefusesATimeOutOfNothing(@InjectMojo(goal = "status", pom = POM) StatusMojo goal) throws Exception {
        boolean json = getVariableValueFromObject(goal, "json");

        assertThat(json).isFalse();
        assertThatThrownBy(goal::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessage("<statusTimeout> is 0.");
    }

    @Test
    void logsHasItsDefaults(@InjectMojo(goal = "logs", pom = POM) LogsMojo goal) throws Exception {
        int lines = getVariableValueFromObject(goal, "lines");
        String node = getVariableValueFromObject(goal, "node");

        assertThat(lines).isEqualTo(100);
        assertThat(node).isEqualTo("node2");
    }

    @Test
    void removeTakesImagesOnDemandOnly(@InjectMojo(goal = "remove", pom = POM) RemoveMojo goal) throws Exception {
        boolean images = getVariableValueFromObject(goal, "images");
        boolean caches = getVariableValueFromObject(goal, "caches");

        assertThat(images).isTrue();
        assertThat(caches).isFalse();
    }

    @Test
    void prepareChangesOnlyWhatItIsAskedTo(@InjectMojo(goal = "prepare", pom = POM) PrepareMojo goal) throws Exception {
        boolean yes = getVariableValueFromObject(goal, "yes");
        boolean reboot = getVariableValueFromObject(goal, "reboot");
        PrepareConfiguration prepare = getVariableValueFromObject(goal, "prepare");

        assertThat(yes).isFalse();
        assertThat(reboot).isFalse();
        assertThat(prepare.toWishes(Wanted.STANDARD)).isEqualTo(Wishes.STANDARD);
        assertThat(prepare.sudoServer()).isNull();
    }

    @Test
    @MojoParameter(name = "rebootTimeout", value = "0")
    void prepareRefusesATimeOutOfNothing(@InjectMojo(goal = "prepare", pom = POM) PrepareMojo goal) {
        assertThatThrownBy(goal::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessage("<rebootTimeout> is 0.");
    }

    @Test
    void stopWithoutAClusterIsRefused(@InjectMojo(goal = "stop", pom = EMPTY) StopMojo goal) {
        assertThatThrownBy(goal::execute)
                .isInstanceOf(MojoFailureException.class)
                .hasMessageStartingWith("There is no <cluster>");
    }

    private static Cluster cluster(Goal goal) throws Exception {
        ClusterConfiguration cluster = getVariableValueFromObject(goal, "cluster");
        return cluster.toCluster();
    }
}
