package dev.strixhalo.host;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection;
import java.time.Duration;
import java.util.List;

/**
 * What a launch has to know of a node's network; read and parsed as doctor does it.
 *
 * @param interfaces of the network
 * @param ports      of verbs devices; none is a fact too
 */
public record FabricFacts(List<NetworkInterface> interfaces, Reading<List<RdmaPort>> ports) {
    private static final Duration PROBE_TIME = Duration.ofSeconds(10);

    public FabricFacts {
        interfaces = List.copyOf(interfaces);
    }

    /** Looks at a node: one round trip, nothing is changed. */
    public static FabricFacts look(NodeConnection connection) throws StrixhaloException {
        var command = LookScript.command(PROBE_TIME, List.of("addresses.sh", "rdma.sh"), List.of(), List.of())
                .called("the look at the node's network")
                .timeout(Duration.ofMinutes(2));
        return parse(connection.run(command).orFail().out());
    }

    static FabricFacts parse(List<String> lines) throws StrixhaloException {
        var output = LookOutput.parse(lines, PROBE_TIME);
        return new FabricFacts(
                NetworkInterface.parse(
                        output.succeeded("addresses", "ip -j addr").text()),
                RdmaPort.parse(output));
    }

    /** The ports of verbs devices, for links that need them. */
    public List<RdmaPort> demandPorts() throws StrixhaloException {
        if (ports.value() != null) return ports.value();
        throw Problem.of("the RDMA ports could not be read.")
                .found(ports.reason())
                .fix("see what hangs there: mvn strixhalo:doctor")
                .asException();
    }

    /** The one interface that carries the node's fabric address. */
    public NetworkInterface fabric(Node node) throws StrixhaloException {
        return NetworkInterface.fabric(node, interfaces);
    }
}
