package dev.strixhalo.it.bed;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A program that runs beside us until we end it, with everything it says in a file. It is ended by the handle of the process
 * that we started, never by a name.
 */
final class Service implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    /** Names its log itself, so that nobody here has to read pipes for as long as it runs. */
    private static final String TO_FILE = "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1";

    private final String name;
    private final Process process;
    private final Path log;

    private Service(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a program and waits until it says that it is ready.
     *
     * @param name   what it is, for messages
     * @param prefix what puts a command in its place, as {@code nsenter …}; may be empty
     * @param argv   the program
     * @param log    file for what it says; an old one is overwritten
     * @param ready  is found in a line of the log once it is ready
     * @throws StrixhaloException when it ends before that, or the time is over; it does not run then
     */
    static Service start(String name, List<String> prefix, List<String> argv, Path log, Pattern ready, Duration timeout)
            throws StrixhaloException {
        var all = new ArrayList<>(prefix);
        all.addAll(List.of("sh", "-c", TO_FILE, "sh", log.toString()));
        all.addAll(argv);
        try {
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw Problem.of("The log of the " + name + " cannot be replaced.")
                    .found(e.toString())
                    .fix("make " + log.getParent() + " writable")
                    .asException(e);
        }
        var service = new Service(name, Program.of(all).start(), log);
        try {
            service.await(ready, timeout);
            return service;
        } catch (StrixhaloException | RuntimeException e) {
            service.close();
            throw e;
        }
    }

    /** The first place in the log where the pattern is found; the log is read until then. */
    MatchResult await(Pattern pattern, Duration timeout) throws StrixhaloException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (true) {
            // Asked before the log is read: what it said last is then certainly in it.
            boolean alive = process.isAlive();
            var found = pattern.matcher(log());
            if (found.find()) return found.toMatchResult();
            if (!alive) throw failure("ended with exit code %d.".formatted(process.exitValue()));
            if (System.nanoTime() > deadline) {
                throw failure("did not say \"%s\" within %s.".formatted(pattern, Amount.time(timeout)));
            }
            try {
                Thread.sleep(LOOK_AGAIN.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Problem.of("The wait for the " + name + " was interrupted.")
                        .fix("start it again")
                        .asException(e);
            }
        }
    }

    /** All that it has said until now. */
    String log() throws StrixhaloException {
        try {
            // Not yet there: the shell that opens it has not come that far.
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw Problem.of("The log of the " + name + " cannot be read.")
                    .found(e.toString())
                    .fix("look at " + log)
                    .asException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Notes in a file which process runs on, for {@link #endLeft}. */
    void leave(Path note) throws StrixhaloException {
        try {
            Files.writeString(note, identity(process.toHandle()));
        } catch (IOException e) {
            throw Problem.of("The " + name + " cannot be left running.")
                    .found(e.toString())
                    .fix("make " + note.getParent() + " writable")
                    .asException(e);
        }
    }

    /** Ends the program that an earlier one of us left, if it is that very one which still runs. */
    static void endLeft(Path note) throws StrixhaloException {
        if (!Files.exists(note)) return;
        try {
            var identity = Files.readString(note);
            ProcessHandle.of(Long.parseLong(identity.substring(0, identity.indexOf(' '))))
                    .filter(process -> identity(process).equals(identity))
                    .ifPresent(Program::endTree);
            Files.delete(note);
        } catch (IOException e) {
            throw Problem.of("What was left running cannot be ended.")
                    .found(e.toString())
                    .fix("look at " + note)
                    .asException(e);
        }
    }

    /** A number alone may be another program's by now. */
    private static String identity(ProcessHandle process) {
        return process.pid() + " "
                + process.info().startInstant().map(Object::toString).orElse("");
    }

    private StrixhaloException failure(String what) throws StrixhaloException {
        var problem = Problem.of("The " + name + " " + what);
        var lines = log().lines().toList();
        for (var line : lines.subList(Math.max(0, lines.size() - 12), lines.size())) problem = problem.found(line);
        return problem.fix("look at " + log).asException();
    }

    @Override
    public void close() {
        Program.endTree(process.toHandle());
    }
}
