package dev.strixhalo.plugin;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.Credentials;
import dev.strixhalo.image.RegistryCredential;
import dev.strixhalo.remote.RemoteSettings;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * What all goals share: the surroundings they run in, where they leave their records, and how they tell of progress and
 * failure. A goal declares its parameters and calls {@link #report} once.
 *
 * <p>Parameters are never {@code required} (Maven's own message for a missing one tells no way out) and never of type
 * {@code Path} (Maven 3.6 cannot fill it; take {@code File}); their property is {@code strixhalo.} and their name. A field
 * of a configuration class needs no property: see {@link UserProperties}.
 */
abstract class Goal extends AbstractMojo {
    @Parameter(defaultValue = "${session}", readonly = true)
    private MavenSession session;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true)
    private MojoExecution execution;

    @Inject
    private SettingsDecrypter decrypter;

    private @Nullable StrixhaloException misconfigured;
    private @Nullable LiveProgress progress;

    /** What a goal does. */
    interface Work {
        void run() throws StrixhaloException;
    }

    /**
     * Does the work and turns its failure into the lines of the user's screen.
     *
     * @throws MojoFailureException   when the user can act: the lines were printed, the stack trace is Maven's {@code -e}
     * @throws MojoExecutionException when it is a bug of ours; its stack trace is always shown
     */
    protected final void report(Work work) throws MojoFailureException, MojoExecutionException {
        try {
            if (misconfigured != null) throw misconfigured;
            work.run();
        } catch (StrixhaloException e) {
            endProgress();
            FailureText.lines(e).forEach(getLog()::error);
            throw told(e);
        } catch (RuntimeException | Error e) {
            endProgress();
            getLog().error(FailureText.bug(goalName(), version(), session), e);
            throw new MojoExecutionException("this is a bug in strixhalo-maven-plugin, told above", e);
        } finally {
            endProgress();
        }
    }

    private static MojoFailureException told(StrixhaloException failure) {
        if (failure.problems().size() == 1) return new MojoFailureException(failure.getMessage(), failure);
        // Maven's last line would append the words of a cause; all of them stand above already.
        var summary = new MojoFailureException(FailureText.summary(failure));
        summary.addSuppressed(failure);
        return summary;
    }

    /** Where long work says how far it is: a live display on a terminal, plain lines else. */
    protected final Progress progress() {
        if (progress == null) {
            var surroundings = surroundings();
            var screen =
                    surroundings.terminal() ? TerminalScreen.open(getLog(), surroundings) : new PlainScreen(getLog());
            progress = new LiveProgress(screen, System::nanoTime);
        }
        return progress;
    }

    /** Standard output itself, for output that programs read; Maven's prefixes stay away from it. */
    @SuppressWarnings("SystemOut")
    protected final PrintStream output() {
        return System.out;
    }

    /** The run of Maven, for what else Maven has to give: projects, repositories. */
    protected final MavenSession session() {
        return session;
    }

    /** The folder of the records that goals leave for each other, {@code target/strixhalo}; it may not exist yet. */
    protected final Path records() {
        var project = session.getCurrentProject();
        // Without a pom ${project.build.directory} is the literal text, so it is not asked for.
        if (project == null || project.getFile() == null) return workingFolder().resolve("target/strixhalo");
        return Path.of(project.getBuild().getDirectory()).resolve("strixhalo");
    }

    /** The folder of the pom; without a pom, where Maven was called. */
    protected final Path workingFolder() {
        var project = session.getCurrentProject();
        if (project != null && project.getBasedir() != null)
            return project.getBasedir().toPath();
        return Path.of(session.getExecutionRootDirectory());
    }

    /** Home folder, environment and terminal of this run. */
    protected final Surroundings surroundings() {
        return Surroundings.of(session, getLog().isInfoEnabled());
    }

    /** Passwords and tokens of {@code settings.xml} and the environment. */
    protected final Secrets secrets() {
        return new Secrets(session.getSettings(), decrypter, surroundings().environment());
    }

    /**
     * Who we are to a registry of images.
     *
     * @param name   what the login is for
     * @param server id of a server of {@code settings.xml}, or null for what podman and docker know
     */
    protected final Credentials registryLogin(String name, @Nullable String server) throws StrixhaloException {
        RegistryCredential given = null;
        if (server != null) {
            var found = secrets().server(name, server);
            given = new RegistryCredential(found.user() == null ? "" : found.user(), found.password());
        }
        return new Credentials(surroundings().environment(), surroundings().home(), given);
    }

    /** What the way to the nodes takes from this side. */
    protected final RemoteSettings remoteSettings() {
        var surroundings = surroundings();
        return RemoteSettings.of(surroundings.home(), user(), surroundings.environment());
    }

    /** Who runs this goal, for records and locks on the nodes: {@code lara@buildhost}. */
    protected final String by() {
        try {
            return user() + "@" + InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine that cannot resolve its own name still has a user.
            return user() + "@(a machine without a name)";
        }
    }

    /** The version of this plugin, as it goes into labels and records. */
    protected final String version() {
        return execution.getVersion();
    }

    /** Takes what the configurator found wrong; told by {@link #report} before any work. */
    final void refuse(StrixhaloException problems) {
        misconfigured = problems;
    }

    private String user() {
        return session.getSystemProperties().getProperty("user.name", System.getProperty("user.name"));
    }

    private String goalName() {
        return "strixhalo:" + execution.getGoal();
    }

    private void endProgress() {
        if (progress != null) progress.close();
        progress = null;
    }
}
