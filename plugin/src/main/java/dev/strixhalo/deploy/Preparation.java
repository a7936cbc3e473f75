package dev.strixhalo.deploy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.ContainerSpec;

/** What a node's user needs before a container of ours can run: processes that outlive the login, and folders for volumes. */
record Preparation(Nodes nodes, ContainerSpec spec, Plans plans) {
    void run() throws StrixhaloException {
        nodes.onAll(this::prepare);
    }

    private Node prepare(NodeConnection connection) throws StrixhaloException {
        var plan = plans.of(connection);
        if (plan.endsWithLogin()) enableLinger(connection, plan.facts().user());
        makeFolders(connection, plan);
        return connection.node();
    }

    private static void enableLinger(NodeConnection connection, String user) throws StrixhaloException {
        // logind lets everyone do this for themselves, unless the machine's policy says otherwise (loginctl(1)).
        var result = connection.run(RemoteCommand.of("loginctl", "enable-linger", "--no-ask-password"));
        if (result.succeeded()) return;
        var problem = Problem.of(
                "linger is off for %s and cannot be switched on from here: the container would end with".formatted(user)
                        + " the login.");
        for (var line : result.err()) problem = problem.found(line);
        throw problem.on(result.node())
                .fix("sudo loginctl enable-linger " + user)
                .asException();
    }

    /** podman takes a missing folder for an error. */
    private void makeFolders(NodeConnection connection, NodePlan plan) throws StrixhaloException {
        var folders = spec.volumes().stream()
                .map(volume -> volume.hostPath(plan.facts().home()))
                .toArray(String[]::new);
        var result = connection.run(Script.PREPARE.command(folders));
        if (result.succeeded()) return;
        var problem = Problem.of("a folder of the volumes is not there and cannot be made.");
        for (var line : result.err()) problem = problem.found(line);
        throw problem.on(result.node())
                .fix("make it there as root and give it to %s, or take it out of <volumes>"
                        .formatted(plan.facts().user()))
                .asException();
    }
}
