package dev.strixhalo.plugin;

import org.apache.maven.plugins.annotations.Parameter;

/** A goal that goes to the machines; the description of {@code <cluster>} stands here once for all of them. */
abstract class ClusterGoal extends Goal {
    /**
     * The machines and the link between them. In it:
     *
     * <ul>
     *   <li>{@code <name>}: part of the names of the containers on the nodes; {@code strix} unless set
     *   <li>{@code <link>}: what connects the nodes: {@code roce} (RDMA over Ethernet, the default), {@code infiniband}, or
     *       {@code tcp} (no RDMA, for instance over Thunderbolt)
     *   <li>{@code <nodes>}: one {@code <node>} for each machine; the first is the head, which answers requests. In each:
     *       <ul>
     *         <li>{@code <host>}: what you type after ssh: a name, an address, or an alias of ~/.ssh/config; {@code local}
     *             is this machine
     *         <li>{@code <fabricAddress>}: its own address on the cable between the nodes, with the length of the prefix, for
     *             example {@code 192.168.100.1/30}
     *         <li>{@code <name>}: how messages call it; {@code node1}, {@code node2}, … unless set
     *         <li>{@code <user>}: the login name there; what ssh would take unless set
     *         <li>{@code <fabricInterface>}: the interface that carries the address, for example {@code enp194s0np0}; found
     *             there unless set
     *       </ul>
     * </ul>
     *
     * For one run: {@code -Dstrixhalo.cluster.link=tcp}, {@code -Dstrixhalo.cluster.nodes.2.host=10.0.0.12}.
     */
    @Parameter
    protected ClusterConfiguration cluster = new ClusterConfiguration();
}
