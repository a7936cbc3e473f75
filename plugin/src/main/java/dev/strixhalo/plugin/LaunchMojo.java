package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.serve.Launch;
import dev.strixhalo.serve.LaunchRecord;
import dev.strixhalo.serve.LaunchSecrets;
import java.security.SecureRandom;
import java.time.Clock;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Starts the model over all nodes, in the containers that deploy made, and ends when it has answered a real question. If it
 * fails, it says why and stops everything that it had started. The API key is read from the server of settings.xml that
 * {@code <serve><apiKeyServer>} names or from STRIXHALO_API_KEY, the token of Hugging Face from {@code <hubTokenServer>} or
 * HF_TOKEN.
 */
@Mojo(name = "launch", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class LaunchMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** What is served, and how. */
    @Parameter
    private ServeConfiguration serve = new ServeConfiguration();

    /** {@code ray}: end as soon as Ray is up on all nodes, without a model. */
    @Parameter(property = "strixhalo.until")
    private @Nullable String until;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            var end = until();
            var settings = serve.toSettings(machines, end);
            var secrets = LaunchSecrets.of(
                    secrets()
                            .find("API key", serve.apiKeyServer(), "STRIXHALO_API_KEY")
                            .orElse(null),
                    secrets()
                            .find("token of Hugging Face", serve.hubTokenServer(), "HF_TOKEN")
                            .orElse(null),
                    new SecureRandom());
            try (var nodes = Nodes.connect(machines, remoteSettings())) {
                var launch = new Launch(nodes, settings, secrets, end, by(), Clock.systemUTC());
                var launched = launch.run(progress());
                LaunchRecord.file(records()).write(launched);
                launch.howTo(launched).forEach(line -> progress().line("ready", line));
            }
        });
    }

    private Launch.Until until() throws StrixhaloException {
        if (until == null) return Launch.Until.ANSWER;
        if (until.strip().equals("ray")) return Launch.Until.RAY;
        throw Problem.of("<until> is '%s'.".formatted(until))
                .fix("ray, or leave it out to end when the model answers")
                .asException();
    }
}
