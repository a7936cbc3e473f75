package dev.strixhalo.cluster;

import dev.strixhalo.base.Problem;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What connects the nodes. */
public enum Link {
    /** RDMA over Ethernet, version 2: the guide's E810 cards. */
    ROCE,
    /** Native InfiniBand. */
    INFINIBAND,
    /** Plain sockets, for instance over Thunderbolt; no RDMA device is asked for. */
    TCP;

    /** Whether tensors travel by RDMA, so that devices and locked memory are demanded. */
    public boolean rdma() {
        return this != TCP;
    }

    /** The name as it stands in a pom. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Link parse(String text, List<Problem> problems) {
        for (var link : values()) {
            if (link.text().equals(text.strip())) return link;
        }
        problems.add(Problem.of("<link> is '%s', which is no kind of link.".formatted(text))
                .fix("one of: " + Arrays.stream(values()).map(Link::text).collect(Collectors.joining(", "))));
        return ROCE;
    }
}
