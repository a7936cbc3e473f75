package dev.strixhalo.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.strixhalo.cluster.Link;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A way from node to node that is measured; in JSON as {@link #id}. */
public enum LinkPath {
    /** By the addresses that logins go to. */
    LAN,
    /** Sockets over the card of the fabric. */
    FABRIC_TCP,
    /** Verbs over the card of the fabric. */
    RDMA,
    /** Tensors added up by the library that vLLM uses, in the deployed image. */
    ALL_REDUCE;

    /** Stable name: {@code lan}, {@code fabric-tcp}, {@code rdma}, {@code all-reduce}. */
    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The path of this id. */
    public static Optional<LinkPath> of(String id) {
        return Arrays.stream(values()).filter(path -> path.id().equals(id)).findFirst();
    }

    /** What the screen calls it. */
    public String title(Link link) {
        return switch (this) {
            case LAN -> "LAN";
            case FABRIC_TCP ->
                switch (link) {
                    case ROCE -> "RoCE NIC over TCP";
                    case INFINIBAND -> "InfiniBand over TCP";
                    case TCP -> "Fabric over TCP";
                };
            case RDMA -> "RDMA";
            case ALL_REDUCE -> "All-reduce 20 KiB";
        };
    }
}
