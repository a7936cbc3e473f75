package dev.strixhalo.plugin;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.apache.maven.execution.MavenSession;
import org.jspecify.annotations.Nullable;

/**
 * What a run of Maven stands in; the only way by which home folder, environment and terminal reach our code.
 *
 * @param home        of the user who runs Maven
 * @param environment of the Maven process
 * @param interactive whether someone is there to be asked: false under {@code -B}
 * @param terminal    whether lines may be drawn anew: both streams lead to a person's terminal, and nobody asked for plain
 * @param colour      whether verdicts may be coloured
 */
record Surroundings(Path home, Map<String, String> environment, boolean interactive, boolean terminal, boolean colour) {
    private static final String ENV = "env.";

    Surroundings {
        environment = Map.copyOf(environment);
    }

    static Surroundings of(MavenSession session, boolean talkative) {
        var system = session.getSystemProperties();
        // Maven hands its environment on as properties; so a test, or a daemon such as mvnd, gives the client's.
        var environment = new TreeMap<String, String>();
        for (var name : system.stringPropertyNames()) {
            if (name.startsWith(ENV)) environment.put(name.substring(ENV.length()), system.getProperty(name));
        }
        var home = system.getProperty("user.home", System.getProperty("user.home"));
        var style = session.getUserProperties().getProperty("style.color", "auto");
        boolean interactive = session.getRequest().isInteractiveMode();
        boolean terminal =
                terminal(interactive && talkative, isTerminal(System.console()), environment.getOrDefault("TERM", ""));
        return new Surroundings(
                Path.of(home),
                environment,
                interactive,
                terminal,
                terminal && !style.equals("never") && !environment.containsKey("NO_COLOR"));
    }

    /** Whether lines may be drawn anew; an unknown terminal ({@code TERM} empty) is taken for a dumb one. */
    static boolean terminal(boolean interactive, boolean console, String term) {
        return interactive && console && !term.isEmpty() && !term.equals("dumb");
    }

    /**
     * The folder for what may be lost: {@code $XDG_CACHE_HOME/strixhalo}, else {@code ~/.cache/strixhalo}.
     *
     * @param chosen the value of {@code strixhalo.cache}, or null when it is not set
     */
    Path cache(java.io.@Nullable File chosen) {
        if (chosen != null) return chosen.toPath();
        var xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        // The XDG base directory specification: a relative path is to be ignored.
        var base = xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".cache");
        return base.resolve("strixhalo");
    }

    /** Whether a console is a terminal with someone before it. */
    static boolean isTerminal(@Nullable Console console) {
        if (console == null) return false;
        try {
            // Since Java 22 there is a console even where there is no terminal, and a way to ask.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }
}
