package dev.strixhalo.deploy;

import dev.strixhalo.base.Amount;
import dev.strixhalo.run.ContainerSpec;
import java.util.ArrayList;
import java.util.List;

/** What a plan would do on its node, in words and commands. */
final class DryRun {
    private DryRun() {}

    static List<String> lines(NodePlan plan, Target target, ContainerSpec spec, Gate gate, Cargo cargo) {
        var lines = new ArrayList<String>();
        var home = plan.facts().home();
        if (plan.endsWithLogin()) lines.add("loginctl enable-linger");
        spec.volumes().forEach(v -> lines.add("mkdir -p " + v.hostPath(home)));
        switch (plan.base()) {
            case THERE, WITH_IMAGE -> {}
            case NODE ->
                lines.add("podman pull %s   (%s)"
                        .formatted(cargo.basePull().reference(), Amount.bytes(cargo.baseBytes())));
            case OPERATOR ->
                lines.add("podman pull the base %s through this machine   (%s)"
                        .formatted(
                                Deployment.shown(cargo.built().base().imageId().value()),
                                Amount.bytes(cargo.baseBytes())));
        }
        if (plan.image()) {
            var published = cargo.published();
            lines.add(
                    published == null
                            ? "podman pull image ID %s through this machine   (%s)"
                                    .formatted(Deployment.shown(target.imageId()), Amount.bytes(cargo.ownBytes()))
                            : "podman pull " + published.reference());
        }
        if (!GateRecord.passed(plan.facts(), gate.key(plan.facts()))) {
            lines.add(String.join(" ", gate.command(plan.facts()).argv()));
        }
        if (plan.container() == NodePlan.Container.CREATE) {
            lines.add(String.join(" ", Switch.create(plan, target, spec)));
        }
        if (plan.replaces()) {
            lines.add("podman stop " + plan.running().orElseThrow().name()
                    + plan.ends()
                            .map(served -> "   (ends %s)".formatted(served))
                            .orElse(""));
        }
        if (plan.container() != NodePlan.Container.RUNS) lines.add("podman start " + plan.name());
        return lines;
    }
}
