package dev.strixhalo.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.rdma.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How the ranks of a launch were seen to speak to each other, and what it takes to look again.
 *
 * @param link    what connects the nodes, as the pom had it
 * @param at      when the proof was made
 * @param verdict what came of it
 * @param size    of the model
 * @param ways    how each node was told to reach the others, the head first
 */
public record LaunchProof(String link, Instant at, Verdict verdict, ModelSize size, List<Way> ways) {
    /**
     * How a node's ranks reach the others.
     *
     * @param node            its name
     * @param fabricInterface that carries its fabric address
     * @param device          its RDMA device; null on a link without RDMA
     * @param port            of that device
     * @param gidIndex        of the fabric address in the port's table
     */
    public record Way(
            String node, String fabricInterface, @Nullable String device, int port, int gidIndex) {
        static Way of(Member member) {
            var network = member.network();
            var rdma = network.rdma();
            return new Way(
                    member.node().name(),
                    network.fabricInterface(),
                    rdma.map(FabricPort::device).orElse(null),
                    rdma.map(FabricPort::port).orElse(0),
                    rdma.map(its -> its.gidIndex().orElse(0)).orElse(0));
        }

        NodeNetwork network() {
            return new NodeNetwork(
                    fabricInterface,
                    device == null
                            ? Optional.empty()
                            : Optional.of(new FabricPort(device, port, OptionalInt.of(gidIndex))));
        }
    }

    public LaunchProof {
        ways = List.copyOf(ways);
    }

    /** How a screen calls it: what the link promises. */
    static String topic(Link link) {
        return link.rdma() ? "rdma" : "tcp";
    }

    /** Reads it from what a node keeps of its launch; nothing when there is none, or another version wrote it. */
    static Optional<LaunchProof> of(JsonNode json) {
        if (!json.isObject()) return Optional.empty();
        try {
            return Optional.of(RecordFile.json().treeToValue(json, LaunchProof.class));
        } catch (JsonProcessingException e) {
            // The launch serves all the same; who wants a proof is told that none is here.
            return Optional.empty();
        }
    }
}
