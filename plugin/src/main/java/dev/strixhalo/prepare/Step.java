package dev.strixhalo.prepare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One thing that is done on a node, with what takes it back; the node's scripts know each kind by its line. */
sealed interface Step {
    /** The step as a line of the node's program: see {@code apply.sh}. */
    String line(int number, String change);

    /**
     * A file that has this content afterwards; what stood there before is kept by the node and put back by an undo.
     *
     * @param path    absolute
     * @param mode    octal, {@code 644}
     * @param content all of it
     * @param before  what stands there now, for the plan; null when it is not there or cannot be read
     * @param created whether it is not there yet
     */
    record WriteFile(
            String path,
            String mode,
            String content,
            @Nullable String before,
            boolean created) implements Step {
        public WriteFile {
            if (!path.startsWith("/")) throw new IllegalArgumentException("path " + path);
            if (!mode.matches("[0-7]{3,4}")) throw new IllegalArgumentException("mode " + mode);
        }

        @Override
        public String line(int number, String change) {
            return "file %03d %s %s %s - %s".formatted(number, change, word(path), mode, word(content));
        }
    }

    /**
     * A program, and the one that takes back what it did.
     *
     * @param argv what is run; empty when there is something to do on undo only
     * @param undo what takes it back; empty when nothing does or need be
     * @param kept files that the program changes and that an undo puts back; patterns of the shell are allowed
     */
    record Command(List<String> argv, List<String> undo, List<String> kept) implements Step {
        public Command {
            argv = List.copyOf(argv);
            undo = List.copyOf(undo);
            kept = List.copyOf(kept);
            if (argv.isEmpty() && undo.isEmpty()) throw new IllegalArgumentException("nothing to run");
        }

        static Command of(String... argv) {
            return new Command(List.of(argv), List.of(), List.of());
        }

        /** Nothing now; on undo, which goes backwards, it runs after what follows it here was taken back. */
        static Command onUndo(String... argv) {
            return new Command(List.of(), List.of(argv), List.of());
        }

        Command undoneBy(String... words) {
            return new Command(argv, List.of(words), kept);
        }

        Command keeping(String... files) {
            return new Command(argv, undo, List.of(files));
        }

        @Override
        public String line(int number, String change) {
            return "command %03d %s %s %s %s".formatted(number, change, words(argv), words(undo), words(kept));
        }
    }

    /**
     * A package manager that installs. The node lists what came with it, dependencies too; an undo removes just those.
     *
     * @param argv what is run
     */
    record Install(List<String> argv) implements Step {
        public Install {
            argv = List.copyOf(argv);
            if (argv.isEmpty()) throw new IllegalArgumentException("nothing to run");
        }

        @Override
        public String line(int number, String change) {
            return "packages %03d %s %s".formatted(number, change, words(argv));
        }
    }

    /**
     * A user's pair of keys for SSH, made on the node by ssh-keygen; an undo removes it, unless it is another by then.
     *
     * @param path    of the private key, absolute
     * @param user    whose it is
     * @param comment of the public key
     */
    record KeyPair(String path, String user, String comment) implements Step {
        public KeyPair {
            if (!path.startsWith("/")) throw new IllegalArgumentException("path " + path);
        }

        @Override
        public String line(int number, String change) {
            return "key %03d %s %s %s %s".formatted(number, change, word(path), word(user), word(comment));
        }
    }

    /**
     * A file of a user that has these lines, too; an undo takes out just those.
     *
     * @param path    absolute
     * @param user    who writes it
     * @param created whether it is not there yet
     * @param lines   that are missing there
     * @param awaited what else is to be added and not known before an earlier step is done, in words for the plan; a step with
     *                such lines is never run
     */
    record Lines(String path, String user, boolean created, List<String> lines, List<String> awaited) implements Step {
        public Lines {
            lines = List.copyOf(lines);
            awaited = List.copyOf(awaited);
            if (!path.startsWith("/")) throw new IllegalArgumentException("path " + path);
            if (lines.isEmpty() && awaited.isEmpty()) throw new IllegalArgumentException("no line for " + path);
            if (lines.stream().anyMatch(line -> line.isBlank() || line.contains("\n"))) {
                throw new IllegalArgumentException("not a line each: " + lines);
            }
        }

        @Override
        public String line(int number, String change) {
            if (!awaited.isEmpty()) throw new IllegalStateException(path + " waits for " + awaited);
            return "lines %03d %s %s %s %s"
                    .formatted(number, change, word(path), word(user), word(String.join("\n", lines) + "\n"));
        }
    }

    /** The steps of changes as the program of a run. */
    static String program(List<Change> changes) {
        return program(changes, 0);
    }

    /** The steps of changes as what a run goes on with that has this many steps already. */
    static String program(List<Change> changes, int before) {
        var lines = new ArrayList<String>();
        for (var change : changes) {
            for (var step : change.steps()) lines.add(step.line(before + lines.size() + 1, change.id()));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String words(List<String> words) {
        return words.isEmpty() ? "-" : words.stream().map(Step::word).collect(Collectors.joining(","));
    }

    private static String word(String word) {
        return Base64.getEncoder().encodeToString(word.getBytes(StandardCharsets.UTF_8));
    }
}
