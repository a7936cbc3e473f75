package dev.strixhalo.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.HostSamples;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Clusters of two nodes for tests: the second is as it should be, the first is bent. */
public final class Patients {
    private Patients() {}

    static Cluster cluster(String link) {
        try {
            return Cluster.of(
                    "strix",
                    link,
                    List.of(
                            new NodeDescription("node1", "10.0.0.11", "strix", "192.168.100.1/30", null),
                            new NodeDescription("node2", "10.0.0.12", "strix", "192.168.100.2/30", null)));
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    /** What doctor says when both nodes answer. */
    public static DoctorReport report(String link, HostFacts first, HostFacts second, String... skipped) {
        var cluster = cluster(link);
        var facts = new LinkedHashMap<dev.strixhalo.cluster.Node, HostFacts>();
        facts.put(cluster.nodes().get(0), first);
        facts.put(cluster.nodes().get(1), second);
        return new Doctor(Wanted.STANDARD, Set.of(skipped))
                .judge(cluster, new Look(facts, Map.of()), Instant.parse("2026-11-26T13:00:00Z"));
    }

    /** What doctor says when the second node does not answer. */
    public static DoctorReport halfReport(HostFacts first, Problem why) {
        var cluster = cluster("roce");
        return new Doctor(Wanted.STANDARD, Set.of())
                .judge(
                        cluster,
                        new Look(
                                Map.of(cluster.nodes().get(0), first),
                                Map.of(cluster.nodes().get(1), why)),
                        Instant.parse("2026-11-26T13:00:00Z"));
    }

    /** What a check says of a first node like this, beside a second one that is all right. */
    static Finding finding(String check, String link, HostSamples first) {
        return finding(check, report(link, first.facts(), second()));
    }

    static Finding finding(String check, HostSamples first) {
        return finding(check, "roce", first);
    }

    static Finding finding(String check, DoctorReport report) {
        var found = report.findings().stream()
                .filter(f -> f.check().equals(check) && f.node().equals("node1"))
                .toList();
        assertThat(found).as(check).hasSize(1);
        return found.get(0);
    }

    /** The second node, all right. */
    public static HostFacts second() {
        return HostSamples.strixHalo().factsOfThePeer();
    }
}
