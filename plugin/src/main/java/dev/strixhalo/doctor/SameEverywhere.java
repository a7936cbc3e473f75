package dev.strixhalo.doctor;

import dev.strixhalo.host.Models;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What both ranks load and what consists of many things, compared one by one: the container's variables, and models. */
final class SameEverywhere {
    /** More would not be read in a column. */
    private static final int NAMED = 3;

    private SameEverywhere() {}

    static Judgement environment(Subject subject) {
        return Judgement.of(subject.facts().environment(), mine -> {
            boolean compared = false;
            for (var other : subject.others().entrySet()) {
                var its = other.getValue().environment().find();
                if (its.isEmpty()) continue;
                compared = true;
                var differing = differing(mine, its.get());
                if (differing.isEmpty()) continue;
                return Judgement.fail(
                        "other than on %s: %s".formatted(other.getKey().name(), brief(differing)),
                        "the same on all nodes",
                        "mvn strixhalo:deploy",
                        "where a node adds variables itself: take them out of env in its containers.conf, then make the container "
                                + "anew:\nmvn strixhalo:remove strixhalo:deploy");
            }
            return compared
                    ? Judgement.ok("%d variables".formatted(mine.size()), "the same on all nodes")
                    : Judgement.skip("no other node tells its own");
        });
    }

    private static TreeSet<String> differing(Map<String, String> mine, Map<String, String> its) {
        var names = new HashSet<>(mine.keySet());
        names.addAll(its.keySet());
        names.removeIf(name -> Objects.equals(mine.get(name), its.get(name)));
        return new TreeSet<>(names);
    }

    private static String brief(TreeSet<String> names) {
        var shown = names.stream().limit(NAMED).collect(Collectors.joining(" "));
        return names.size() > NAMED ? "%s and %d more".formatted(shown, names.size() - NAMED) : shown;
    }

    static Judgement model(Subject subject) {
        return Judgement.of(subject.facts().models(), mine -> {
            var common = new TreeSet<String>();
            var differing = new ArrayList<Judgement>();
            subject.others()
                    .forEach((other, facts) -> facts.models().find().ifPresent(its -> {
                        for (var name : new TreeSet<>(mine.commits().keySet())) {
                            var there = its.commits().get(name);
                            if (there == null) continue;
                            common.add(name);
                            var here = Objects.requireNonNull(mine.commits().get(name));
                            if (!there.equals(here)) differing.add(unequal(mine, name, here, other.name(), there));
                        }
                    }));
            if (common.isEmpty()) return Judgement.skip("no model lies on two nodes");
            return differing.stream()
                    .reduce((worst, next) -> next.verdict().worseThan(worst.verdict()) ? next : worst)
                    .orElseGet(() -> Judgement.ok(
                            common.size() == 1
                                    ? "%s at %s".formatted(common.first(), brief(mine, common.first()))
                                    : "%d models".formatted(common.size()),
                            "the same commit on all nodes"));
        });
    }

    private static Judgement unequal(Models mine, String name, String here, String other, String there) {
        var found = "%s at %s".formatted(name, here.substring(0, 7));
        var wanted = "the same commit on all nodes; %s has %s".formatted(other, there.substring(0, 7));
        var fixes = new String[] {
            "launch with the hub in reach of all nodes, which fetches the newest commit:\nmvn strixhalo:launch",
            "without the hub, on the node that is to change:\n"
                    + "rsync -a %s:.cache/huggingface/hub/models--%s/ ~/.cache/huggingface/hub/models--%2$s/"
                            .formatted(other, name.replaceFirst("/", "--"))
        };
        return mine.launched().equals(name)
                ? Judgement.fail(found, wanted, fixes)
                : Judgement.warn(found, wanted, fixes);
    }

    private static String brief(Models models, String name) {
        return Objects.requireNonNull(models.commits().get(name)).substring(0, 7);
    }
}
