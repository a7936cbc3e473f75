package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A bed's folder: what is known of its machines and of the two processes that hold it. */
final class BedState {
    private final Path folder;

    BedState(Path folder) {
        this.folder = folder;
    }

    Path folder() {
        return folder;
    }

    boolean isReady() {
        return Files.exists(folder.resolve("ready"));
    }

    List<MachineDescription> machines() {
        return lines("machines").stream().map(MachineDescription::parse).toList();
    }

    /** Process 1 of the bed, if it lives. */
    Optional<ProcessHandle> supervisor() {
        return living("supervisor.pid");
    }

    /** The process outside of the bed that clears up after it, if it lives. */
    Optional<ProcessHandle> janitor() {
        return living("janitor.pid");
    }

    /** The process id of a machine's first process, as the bed's own namespace counts. */
    long process(String machine) {
        return number(machine + ".pid");
    }

    /** The user id of a machine's plain user. */
    long user(String machine) {
        return number(machine + ".uid");
    }

    private long number(String name) {
        var supervisor =
                supervisor().orElseThrow(() -> new IllegalStateException("the bed in " + folder + " has ended"));
        var file = Path.of("/proc/" + supervisor.pid() + "/root/run/bed/" + name);
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": the machine is not powered on", e);
        }
    }

    /** Ends the bed, waits until its janitor has removed the folder, and removes what nobody else does. */
    void end(Duration patience) throws StrixhaloException {
        var janitor = janitor();
        supervisor().ifPresent(ProcessHandle::destroyForcibly);
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            while (janitor.map(ProcessHandle::isAlive).orElse(false)
                    || supervisor().isPresent()) {
                if (System.nanoTime() > deadline) {
                    throw Problem.of("The bed does not end.")
                            .found(folder.toString())
                            .fix("see what holds it: cat " + folder.resolve("janitor.pid"))
                            .asException();
                }
                Thread.sleep(20);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of("Interrupted while the bed ended; it goes on ending by itself.")
                    .asException(e);
        }
        removeRemains();
    }

    /** Removes the folder of a bed that is dead; files of subordinate users are in it, so root does it. */
    void removeRemains() throws StrixhaloException {
        if (!Files.exists(folder)) return;
        if (supervisor().isPresent()) throw new IllegalStateException("the bed in " + folder + " lives");
        Program.of("rm", "-rf", "--one-file-system", "--", folder.toString())
                .timeout(Duration.ofMinutes(5))
                .run()
                .orFail();
    }

    /** The process that a file names by id and start time; an id alone may belong to another one by now. */
    private Optional<ProcessHandle> living(String name) {
        var words = lines(name).stream()
                .findFirst()
                .map(line -> line.split(" ", -1))
                .orElse(new String[0]);
        if (words.length != 2) return Optional.empty();
        try {
            var stat = Files.readString(Path.of("/proc/" + words[0] + "/stat"));
            // The second field is a name in brackets that may hold anything; start time is field 22.
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean same = fields[19].equals(words[1]) && !fields[0].equals("Z");
            return same ? ProcessHandle.of(Long.parseLong(words[0])) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // no such process
        }
    }

    private List<String> lines(String name) {
        var file = folder.resolve(name);
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (java.nio.file.NoSuchFileException e) {
            return List.of(); // the bed ends while we look
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }
}
