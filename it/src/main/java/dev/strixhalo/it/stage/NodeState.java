package dev.strixhalo.it.stage;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the nodes have that a goal could change: the files of their users, their containers and their images.
 *
 * @param lines one for each, with the node's name before it
 */
public record NodeState(List<String> lines) {
    /** podman's own storage is seen through podman; its bookkeeping, and rpm's, which it asks, changes at every call. */
    private static final String LIST = """
            find ~ -path ~/.local/share/containers -prune -o -path ~/.rpmdb -prune -o -type f -printf '%p %s %T@\\n' | sort
            find /var/tmp /tmp "$XDG_RUNTIME_DIR" -maxdepth 1 -user "$(id -un)" '(' -name 'storage*' -o -name 'strixhalo*' ')' | sort
            podman ps --all --no-trunc --format 'container {{.ID}} {{.Names}} {{.Exited}} {{.StartedAt}}' | sort
            podman images --all --no-trunc --format 'image {{.ID}} {{.Repository}}:{{.Tag}}' | sort
            """;

    public static NodeState of(Stage stage) throws StrixhaloException, Mismatch {
        var all = new ArrayList<String>();
        for (var node : stage.bed().nodes()) {
            unlessGood(node.run("sh", "-euc", LIST)).out().forEach(line -> all.add(node.name() + " " + line));
        }
        return new NodeState(List.copyOf(all));
    }

    /** Without the files that a launch may leave even when it fails: its logs, and what libraries keep for the next time. */
    public NodeState butLogs() {
        return new NodeState(lines.stream()
                .filter(line -> !line.matches("\\S+ /\\S+/(strixhalo/[^/]+/logs|\\.cache)/.*"))
                .toList());
    }

    /** The containers alone, for a goal that may leave an image that it brought. */
    public NodeState containers() {
        return new NodeState(
                lines.stream().filter(line -> line.contains(" container ")).toList());
    }

    /** Demands that nothing has changed since. */
    public static void unlessSame(NodeState before, Stage stage) throws StrixhaloException, Mismatch {
        unlessSame(before, of(stage));
    }

    /** Demands that nothing lies between the two. */
    public static void unlessSame(NodeState before, NodeState after) throws Mismatch {
        var now = after.lines;
        var come = new ArrayList<>(now);
        come.removeAll(before.lines);
        var gone = new ArrayList<>(before.lines);
        gone.removeAll(now);
        unless(come.isEmpty() && gone.isEmpty(), "the nodes changed; now: " + come + ", before: " + gone);
    }
}
