package dev.strixhalo.serve;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.cluster.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Why a launch failed: one sentence, the lines that decide it, the node that said them, and a way out. Looks for causes that
 * are known by what programs print when they meet them; without one it tells what was seen and the last lines.
 */
final class Diagnosis {
    private static final int LAST_LINES = 8;
    private static final Pattern ERROR = Pattern.compile("Error\\b|ERROR|Exception|\\berror:|[Ff]atal|Killed");

    private static final String FIREWALL =
            "see that the nodes reach each other's fabric address, and that the firewall of every node lets the fabric's"
                    + " interface through (setup guide, section 4.5)";

    private Diagnosis() {}

    /**
     * @param troubles what was noticed, the first of them first; at least one
     * @param nodes    of the launch, the head first
     * @param lines    the last lines that a node said
     * @param settings what was wanted
     */
    static Problem of(
            List<Trouble> troubles,
            List<Node> nodes,
            Function<Node, List<Sighting.Line>> lines,
            ServeSettings settings) {
        var first = troubles.get(0);
        // The node where it was noticed is asked first: its own words are nearer to the cause than an echo elsewhere.
        var order = new ArrayList<Node>();
        node(first).ifPresent(order::add);
        nodes.stream().filter(node -> !order.contains(node)).forEach(order::add);
        boolean death = troubles.stream().anyMatch(t -> t instanceof Trouble.RankGone || t instanceof Trouble.NodeLost);
        for (var cause : Cause.known(settings)) {
            // A broken connection explains nothing when the other end is dead.
            if (cause.echo() && death) continue;
            for (var node : order) {
                var said = cause.lines(lines.apply(node));
                if (!said.isEmpty()) return cause.problem(said).on(node.name());
            }
        }
        return unknown(first, lines);
    }

    private static Problem unknown(Trouble trouble, Function<Node, List<Sighting.Line>> lines) {
        var problem = seen(trouble);
        var node = node(trouble);
        if (node.isPresent()) {
            problem = problem.on(node.get().name());
            var said = lines.apply(node.get());
            var telling = said.stream()
                    .filter(line -> ERROR.matcher(line.text()).find())
                    .toList();
            var shown = telling.isEmpty() ? said : telling;
            for (var line : shown.subList(Math.max(0, shown.size() - LAST_LINES), shown.size())) {
                problem = problem.found(Cause.shortened(line));
            }
        }
        return problem.fix("read all that was said: mvn strixhalo:logs");
    }

    private static Problem seen(Trouble trouble) {
        if (trouble instanceof Trouble.PartEnded ended) {
            return Problem.of("%s ended before the model was ready (%s).".formatted(name(ended.part()), ended.how()));
        }
        if (trouble instanceof Trouble.RankGone gone) {
            return Problem.of("a rank of the model died: process '%s' is gone.".formatted(gone.title()));
        }
        if (trouble instanceof Trouble.NotJoined late) {
            return Problem.of("this node did not join Ray within %s.".formatted(Amount.time(late.time())))
                    .fix(FIREWALL);
        }
        if (trouble instanceof Trouble.NeverJoined joined) {
            return Problem.of("Ray counts %d of %d nodes; the others never joined."
                            .formatted(joined.joined(), joined.wanted()))
                    .found(joined.said())
                    .fix(FIREWALL);
        }
        if (trouble instanceof Trouble.TimeOver over) {
            return Problem.of("%s within %s.".formatted(over.what(), Amount.time(over.time())));
        }
        if (trouble instanceof Trouble.NodeLost lost) {
            return Problem.of(
                            lost.why().isEmpty()
                                    ? "the launch was stopped on this node while it was under way."
                                    : "this node was lost while the launch was under way.")
                    .found(lost.why());
        }
        var answer = (Trouble.NoAnswer) trouble;
        return Problem.of("the model does not answer: " + answer.message()).found(answer.found());
    }

    private static Optional<Node> node(Trouble trouble) {
        if (trouble instanceof Trouble.PartEnded ended) return Optional.of(ended.node());
        if (trouble instanceof Trouble.RankGone gone) return Optional.of(gone.node());
        if (trouble instanceof Trouble.NotJoined late) return Optional.of(late.node());
        if (trouble instanceof Trouble.TimeOver over) return Optional.of(over.node());
        if (trouble instanceof Trouble.NodeLost lost) return Optional.of(lost.node());
        if (trouble instanceof Trouble.NoAnswer answer) return Optional.of(answer.node());
        return Optional.empty();
    }

    private static String name(String part) {
        return switch (part) {
            case RayExecutor.PART -> "Ray";
            case Weights.PART -> "the download";
            default -> "vLLM";
        };
    }
}
