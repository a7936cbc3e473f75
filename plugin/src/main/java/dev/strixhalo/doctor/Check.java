package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Link;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One thing that doctor looks at.
 *
 * @param id          stable name, for {@code skipChecks} and programs that read the reports
 * @param area        where it stands on the screen
 * @param links       that it is for; on others it is skipped
 * @param reason      why it matters, one sentence
 * @param source      where that is known from
 * @param explanation more of it, for {@code -Dstrixhalo.explain}
 * @param judge       facts in, judgement out; no I/O
 */
public record Check(
        String id, Area area, Set<Link> links, String reason, String source, String explanation, Judge judge) {
    private static final Pattern ID = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

    public Check {
        links = Set.copyOf(links);
        if (!ID.matcher(id).matches()) throw new IllegalArgumentException("id " + id);
        if (links.isEmpty()) throw new IllegalArgumentException(id + " is for no link");
        if (!reason.endsWith(".") || source.isBlank() || !explanation.endsWith(".")) {
            throw new IllegalArgumentException(id + " is not told in sentences");
        }
    }

    /** Judges the facts of one node. */
    interface Judge {
        Judgement of(Subject subject);
    }

    /** A check for every link. */
    static Check always(String id, Area area, String reason, String source, String explanation, Judge judge) {
        return new Check(id, area, EnumSet.allOf(Link.class), reason, source, explanation, judge);
    }

    /** A check for links with RDMA. */
    static Check rdma(String id, Area area, String reason, String source, String explanation, Judge judge) {
        return new Check(id, area, EnumSet.of(Link.ROCE, Link.INFINIBAND), reason, source, explanation, judge);
    }

    /** A check for RDMA over Ethernet. */
    static Check roce(String id, Area area, String reason, String source, String explanation, Judge judge) {
        return new Check(id, area, EnumSet.of(Link.ROCE), reason, source, explanation, judge);
    }

    /** What it finds on a node. */
    Finding on(Subject subject) {
        var judgement = links.contains(subject.cluster().link())
                ? judge.of(subject)
                : Judgement.skip("not for link " + subject.cluster().link().text());
        return finding(subject.node().name(), judgement);
    }

    /** A judgement of this check that was made elsewhere. */
    Finding finding(String node, Judgement judgement) {
        return new Finding(
                id,
                area,
                node,
                judgement.verdict(),
                judgement.found(),
                judgement.wanted(),
                reason,
                source,
                judgement.fixes());
    }
}
