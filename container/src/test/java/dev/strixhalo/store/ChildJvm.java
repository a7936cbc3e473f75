package dev.strixhalo.store;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A second process with our classes: another build, or one that may be killed. */
public final class ChildJvm {
    private ChildJvm() {}

    /** Starts a main class; its output goes to this file. */
    public static Process start(Class<?> main, List<String> jvmArguments, Path output, String... arguments)
            throws Exception {
        var argv = new ArrayList<String>();
        argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        argv.addAll(jvmArguments);
        // Surefire hides the class path behind a jar of its own.
        argv.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        argv.addAll(List.of(arguments));
        return new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }
}
