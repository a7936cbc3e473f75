package dev.strixhalo.serve;

import dev.strixhalo.rdma.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the cluster is right now; what {@code -Dstrixhalo.json} prints.
 *
 * @param cluster        its name
 * @param answering      whether a real completion came just now
 * @param trouble        why not, in a sentence; null when it answers
 * @param model          that was launched; null when none was
 * @param executor       by which executor; null when nothing was launched
 * @param tensorParallel over how many ranks
 * @param endpoint       address of the API for a program on the head; null when there is none
 * @param since          when it first answered, in UTC; null when it never did
 * @param rayNodes       how many nodes Ray counts; −1 when Ray does not run or was not asked
 * @param answer         the completion; null when none came
 * @param proof          how the ranks were seen to speak to each other at launch; null when that is not known
 * @param proofNow       the same, seen just now; null when nobody asked for it, or nothing answers
 * @param nodes          the head first
 */
public record ClusterStatus(
        String cluster,
        boolean answering,
        @Nullable String trouble,
        @Nullable String model,
        @Nullable String executor,
        int tensorParallel,
        @Nullable String endpoint,
        @Nullable String since,
        int rayNodes,
        @Nullable Completion answer,
        @Nullable LaunchProof proof,
        @Nullable Verdict proofNow,
        List<NodeStatus> nodes) {}
