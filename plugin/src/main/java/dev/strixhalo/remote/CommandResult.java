package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.List;

/**
 * What came of a command on a node.
 *
 * @param node     the node's name
 * @param command  what was run
 * @param exitCode as the command gave it; 128 + n when signal n ended it
 * @param out      lines of standard output
 * @param err      lines of standard error
 */
public record CommandResult(String node, RemoteCommand command, int exitCode, List<String> out, List<String> err) {
    public CommandResult {
        out = List.copyOf(out);
        err = List.copyOf(err);
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    /** Standard output as one text. */
    public String text() {
        return String.join("\n", out);
    }

    /** This result, if the command succeeded; else a failure with its last words. */
    public CommandResult orFail() throws StrixhaloException {
        if (succeeded()) return this;
        var problem = Problem.of("'%s' ended with exit code %d.".formatted(command, exitCode))
                .on(node);
        var said = err.isEmpty() ? out : err;
        for (var line : said.subList(Math.max(0, said.size() - 12), said.size())) problem = problem.found(line);
        throw problem.fix("run it there by hand and see").asException();
    }
}
