package dev.strixhalo.it.bed;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.util.List;

/** A computer of ours with processes of its own: a machine of a bed, or a toolchain that somebody sits at. */
public interface Computer {
    String name();

    /** Its plain user, by name or, without an account there, by number. */
    String user();

    /** Home of its plain user, as seen there. */
    String home();

    /** A program that its plain user runs in the home folder there, in the environment of a fresh login. */
    Program program(List<String> argv);

    /** A program that root runs among its processes. */
    Program rootProgram(List<String> argv);

    /** Runs a program as the plain user to its end, within a minute. */
    default Program.Result run(String... argv) throws StrixhaloException {
        return program(List.of(argv)).run();
    }

    /** Runs a program as root to its end, within a minute. */
    default Program.Result asRoot(String... argv) throws StrixhaloException {
        return rootProgram(List.of(argv)).run();
    }
}
