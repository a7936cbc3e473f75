package dev.strixhalo.doctor;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Judges all nodes of a cluster by all checks. */
public final class Doctor {
    private static final List<Check> CHECKS = Stream.of(
                    NodeChecks.checks(),
                    OsChecks.checks(),
                    MemoryChecks.checks(),
                    PackageChecks.checks(),
                    NicChecks.checks(),
                    RdmaChecks.checks(),
                    AddressChecks.checks(),
                    FirewallChecks.checks(),
                    LimitChecks.checks(),
                    UserChecks.checks(),
                    ContainerChecks.checks(),
                    LeftOverChecks.checks())
            .flatMap(List::stream)
            .toList();

    private final Wanted wanted;
    private final Set<String> skipped;

    /**
     * @param wanted  values to measure by
     * @param skipped ids of checks that are not to be made
     */
    public Doctor(Wanted wanted, Set<String> skipped) {
        this.wanted = wanted;
        this.skipped = Set.copyOf(skipped);
    }

    /** All checks, in the order of the screen. */
    public static List<Check> checks() {
        return CHECKS;
    }

    /** The check of this id. */
    public static Optional<Check> check(String id) {
        return CHECKS.stream().filter(check -> check.id().equals(id)).findFirst();
    }

    /**
     * Looks at all nodes at once and judges what was seen; nothing is changed on them.
     *
     * @throws StrixhaloException when the waiting thread is interrupted; a node that does not answer is a finding
     */
    public DoctorReport examine(Nodes nodes, Clock clock) throws StrixhaloException {
        var begun = clock.instant();
        return judge(nodes.cluster(), Look.at(nodes, clock), begun);
    }

    /** Facts in, findings out. */
    DoctorReport judge(Cluster cluster, Look look, Instant begun) {
        var findings = new ArrayList<Finding>();
        for (var check : CHECKS) {
            for (var node : cluster.nodes()) {
                var facts = look.facts().get(node);
                var failure = look.unreachable().get(node);
                // Of a node that does not answer nothing is known: leaving checks out does not make that good.
                if (failure != null) {
                    findings.add(NodeChecks.unreached(check, node.name(), failure));
                } else if (skipped.contains(check.id())) {
                    findings.add(check.finding(node.name(), Judgement.skip("left out by skipChecks")));
                } else if (facts != null) {
                    findings.add(check.on(new Subject(node, facts, look.facts(), cluster, wanted)));
                }
            }
        }
        return new DoctorReport(
                cluster.name(),
                cluster.link().text(),
                begun,
                cluster.nodes().stream().map(node -> node.name()).toList(),
                findings);
    }
}
