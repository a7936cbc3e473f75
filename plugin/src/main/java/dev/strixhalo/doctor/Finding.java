package dev.strixhalo.doctor;

import java.util.List;

/**
 * What one check found on one node.
 *
 * @param check   its id
 * @param area    what part of a node it is about
 * @param node    name of the node
 * @param verdict the verdict
 * @param found   what was seen; with {@code skip}, why nothing can be said
 * @param wanted  what it is measured by; empty with {@code skip}
 * @param reason  why the check matters, one sentence
 * @param source  where that is known from
 * @param fixes   what to do, each ready to paste or to follow; empty with {@code ok} and {@code skip}
 */
public record Finding(
        String check,
        Area area,
        String node,
        Verdict verdict,
        String found,
        String wanted,
        String reason,
        String source,
        List<String> fixes) {
    public Finding {
        fixes = List.copyOf(fixes);
    }
}
