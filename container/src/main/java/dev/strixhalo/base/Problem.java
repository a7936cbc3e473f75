package dev.strixhalo.base;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, told so that its reader can act at once.
 *
 * @param node  name of the node that it is about, or null when it is about this side
 * @param what  one sentence: what is wrong and why that matters; without the node's name
 * @param found what was seen, line by line; may be empty
 * @param fixes what to do, each line ready to paste or to follow; may be empty only for a bug
 */
public record Problem(@Nullable String node, String what, List<String> found, List<String> fixes) {
    public Problem {
        if (what.isBlank()) throw new IllegalArgumentException("a problem without a sentence");
        found = List.copyOf(found);
        fixes = List.copyOf(fixes);
    }

    public static Problem of(String what) {
        return new Problem(null, what, List.of(), List.of());
    }

    /** The same problem, said of this node. */
    public Problem on(String nodeName) {
        return new Problem(nodeName, what, found, fixes);
    }

    /** The same problem with one more line of what was seen. */
    public Problem found(String line) {
        return new Problem(node, what, with(found, line), fixes);
    }

    /** The same problem with what an error of a file says, in words instead of the name of a class. */
    public Problem found(IOException error) {
        return found(words(error));
    }

    private static String words(IOException error) {
        if (error instanceof NoSuchFileException missing) return missing.getFile() + " does not exist";
        if (error instanceof AccessDeniedException denied) return denied.getFile() + " may not be opened by this user";
        return error.getMessage() == null ? error.toString() : error.getMessage();
    }

    /** The same problem with one more way out. */
    public Problem fix(String line) {
        return new Problem(node, what, found, with(fixes, line));
    }

    /** The sentence with the node's name before it. */
    public String sentence() {
        return node == null ? what : node + ": " + what;
    }

    public StrixhaloException asException() {
        return new StrixhaloException(List.of(this), null, null);
    }

    public StrixhaloException asException(Throwable cause) {
        return new StrixhaloException(List.of(this), null, cause);
    }

    private static List<String> with(List<String> lines, String line) {
        var all = new ArrayList<>(lines);
        all.add(line);
        return all;
    }
}
