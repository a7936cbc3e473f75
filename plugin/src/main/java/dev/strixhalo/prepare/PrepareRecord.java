package dev.strixhalo.prepare;

import dev.strixhalo.base.RecordFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What was planned and done; the record {@code prepare.json}.
 *
 * @param cluster its name
 * @param run     the name of the run in the nodes' journals; empty when nothing was applied
 * @param time    when it was planned
 * @param applied whether the plan was carried out
 * @param nodes   one for each node
 */
public record PrepareRecord(String cluster, String run, Instant time, boolean applied, List<NodeRecord> nodes) {
    public PrepareRecord {
        nodes = List.copyOf(nodes);
    }

    /**
     * A node's part.
     *
     * @param node      its name
     * @param changes   in order
     * @param obstacles what was needed and could not be done
     * @param due       what has to happen before all of it holds
     */
    public record NodeRecord(String node, List<ChangeRecord> changes, List<String> obstacles, List<Afterwards> due) {
        public NodeRecord {
            changes = List.copyOf(changes);
            obstacles = List.copyOf(obstacles);
            due = List.copyOf(due);
        }
    }

    /**
     * A change.
     *
     * @param id       of its kind
     * @param heals    checks of doctor
     * @param reason   one sentence
     * @param files    that it writes
     * @param commands that it runs
     */
    public record ChangeRecord(
            String id, List<String> heals, String reason, List<String> files, List<String> commands) {
        public ChangeRecord {
            heals = List.copyOf(heals);
            files = List.copyOf(files);
            commands = List.copyOf(commands);
        }

        static ChangeRecord of(Change change) {
            var files = new ArrayList<String>();
            for (var step : change.steps()) {
                if (step instanceof Step.WriteFile file) files.add(file.path());
                if (step instanceof Step.Lines lines) files.add(lines.path());
                if (step instanceof Step.KeyPair pair) files.addAll(List.of(pair.path(), pair.path() + ".pub"));
            }
            var commands = change.steps().stream()
                    .map(step -> step instanceof Step.Command command
                            ? command.argv()
                            : step instanceof Step.Install install ? install.argv() : List.<String>of())
                    .filter(argv -> !argv.isEmpty())
                    .map(PlanText::shown)
                    .toList();
            return new ChangeRecord(change.id(), change.heals(), change.reason(), files, commands);
        }
    }

    /** Where it is written. */
    public static RecordFile<PrepareRecord> file(Path records) {
        return new RecordFile<>(
                records.resolve("prepare.json"), "strixhalo.prepare", 1, PrepareRecord.class, "prepare");
    }

    static PrepareRecord of(Plan plan, String cluster, String run, Instant time) {
        return new PrepareRecord(
                cluster,
                run,
                time,
                !run.isEmpty(),
                plan.nodes().stream()
                        .map(node -> new NodeRecord(
                                node.node(),
                                node.changes().stream().map(ChangeRecord::of).toList(),
                                node.obstacles().stream().map(p -> p.what()).toList(),
                                List.copyOf(node.due())))
                        .toList());
    }
}
