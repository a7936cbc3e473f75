package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The words and variables that Ray and vLLM are started with; that they work is shown on the bed. */
class ExecutorsTest {
    private final Written written = new Written();

    @Test
    void rayRunsVllmOnTheHeadAlone() throws Exception {
        var run = run("roce", 2);

        assertThat(new RayExecutor().vllm(run, run.workers().get(0))).isEmpty();
        var argv = new RayExecutor().vllm(run, run.head()).orElseThrow().argv();
        assertThat(argv).startsWith("vllm", "serve", "facebook/opt-125m", "--host", "127.0.0.1", "--port", "8000");
        assertThat(String.join(" ", argv))
                .contains(
                        "--tensor-parallel-size 2",
                        "--distributed-executor-backend ray",
                        "--gpu-memory-utilization 0.9")
                .contains("--attention-backend TRITON_ATTN", "--enforce-eager", "--dtype auto")
                .doesNotContain("--trust-remote-code", "--max-model-len", "--middleware");
    }

    @Test
    void whatDiffersFromNodeToNodeStaysOutOfRaysDriver() throws Exception {
        var run = run("roce", 2);

        var driver = new RayExecutor().vllm(run, run.head()).orElseThrow().environment();

        // vLLM hands its driver's environment to all ranks.
        assertThat(driver)
                .doesNotContainKeys("NCCL_SOCKET_IFNAME", "GLOO_SOCKET_IFNAME", "NCCL_IB_HCA", "NCCL_IB_GID_INDEX")
                .containsEntry("VLLM_HOST_IP", "192.168.100.1")
                .containsEntry("NCCL_IB_DISABLE", "0");
    }

    @Test
    void eachNodesRanksGetItsOwnInterfaceAndGid() throws Exception {
        var run = run("roce", 2);
        var worker = run.workers().get(0);

        var environment = NodeEnvironment.ofRanks(run, worker);

        assertThat(environment)
                .containsEntry("NCCL_SOCKET_IFNAME", "fab2")
                .containsEntry("GLOO_SOCKET_IFNAME", "fab2")
                .containsEntry("NCCL_IB_HCA", "=irdma2:1")
                .containsEntry("NCCL_IB_GID_INDEX", "3")
                .containsEntry("NCCL_IB_TIMEOUT", "23")
                .containsEntry("NCCL_NET_GDR_LEVEL", "0")
                .containsEntry("VLLM_HOST_IP", "192.168.100.2")
                .containsEntry("RAY_memory_monitor_refresh_ms", "0")
                .containsEntry("RAY_AUTH_MODE", "token")
                .containsEntry("RAY_AUTH_TOKEN_PATH", "/run/strixhalo/secrets/ray-token");
    }

    @Test
    void noNodesInterfaceDeviceOrGidIsEverAnothers() throws Exception {
        for (var executor : List.of(new RayExecutor(), new MpExecutor())) {
            var run = run("roce", 2);
            for (var member : run.members()) {
                int n = member.rank() + 1;
                assertThat(NodeEnvironment.ofRanks(run, member))
                        .containsEntry("NCCL_SOCKET_IFNAME", "fab" + n)
                        .containsEntry("GLOO_SOCKET_IFNAME", "fab" + n)
                        .containsEntry("NCCL_IB_HCA", "=irdma" + n + ":1")
                        .containsEntry("NCCL_IB_GID_INDEX", String.valueOf(n + 1))
                        .containsEntry("VLLM_HOST_IP", "192.168.100." + n);
                var part = executor.vllm(run, member);
                if (part.isPresent())
                    assertThat(part.get().json().toString()).doesNotContain("fab" + (3 - n), "irdma" + (3 - n));
            }
        }
    }

    @Test
    void rcclWritesItsChoiceOfNetworkIntoTheLaunchsFolder() throws Exception {
        for (var link : List.of("roce", "tcp")) {
            var run = run(link, 2);
            for (var environment : List.of(
                    NodeEnvironment.ofRanks(run, run.workers().get(0)), NodeEnvironment.ofDriver(run, run.head()))) {
                assertThat(environment)
                        .containsEntry("NCCL_DEBUG", "INFO")
                        .containsEntry("NCCL_DEBUG_SUBSYS", "INIT,NET")
                        .containsEntry("NCCL_DEBUG_FILE", "/var/log/strixhalo/20261123-120000-abcd/rccl.%h.%p");
            }
        }
        written.environment = Map.of("NCCL_DEBUG", "TRACE");
        var run = run("roce", 2);
        assertThat(NodeEnvironment.ofRanks(run, run.head())).containsEntry("NCCL_DEBUG", "TRACE");
    }

    @Test
    void aPlainLinkAsksForNoRdma() throws Exception {
        var run = run("tcp", 2);

        var environment = NodeEnvironment.ofRanks(run, run.head());

        assertThat(environment)
                .containsEntry("NCCL_IB_DISABLE", "1")
                .doesNotContainKeys("NCCL_IB_HCA", "NCCL_IB_TIMEOUT");
    }

    @Test
    void theUsersEnvironmentAndArgumentsWin() throws Exception {
        written.environment = Map.of("NCCL_IB_TIMEOUT", "18", "MINE", "1");
        written.arguments = List.of("--dtype", "bfloat16");
        var run = run("roce", 2);

        var part = new RayExecutor().vllm(run, run.head()).orElseThrow();

        assertThat(part.environment()).containsEntry("NCCL_IB_TIMEOUT", "18").containsEntry("MINE", "1");
        assertThat(part.argv()).endsWith("--dtype", "bfloat16");
    }

    @Test
    void noSecretIsInArgumentsOrEnvironment() throws Exception {
        for (var executor : List.of(new RayExecutor(), new MpExecutor())) {
            var run = run("roce", 2, Secret.of("key", "CANARY-key"), Secret.of("token", "CANARY-hub"));
            for (var member : run.members()) {
                var part = executor.vllm(run, member);
                if (part.isEmpty()) continue;
                assertThat(part.get().json().toString())
                        .doesNotContain("CANARY", run.secrets().rayToken().reveal());
                assertThat(part.get().environment()).containsEntry("HF_TOKEN_PATH", "/run/strixhalo/secrets/hub-token");
            }
            var head = executor.vllm(run, run.head()).orElseThrow();
            assertThat(head.argv()).contains("--middleware", "strixhalo_node.api_key.ApiKey");
            assertThat(head.environment())
                    .containsEntry("STRIXHALO_API_KEY_PATH", "/run/strixhalo/secrets/api-key")
                    .containsEntry("PYTHONPATH", "/opt/strixhalo/lib");
        }
    }

    @Test
    void mpRunsVllmOnEveryNodeWithItsRankAndOneApi() throws Exception {
        written.executor = "mp";
        var run = run("roce", 2);

        var head = String.join(
                " ", new MpExecutor().vllm(run, run.head()).orElseThrow().argv());
        var worker = new MpExecutor().vllm(run, run.workers().get(0)).orElseThrow();

        assertThat(head)
                .contains("--nnodes 2 --node-rank 0 --master-addr 192.168.100.1", "--host 127.0.0.1")
                .doesNotContain("--headless");
        assertThat(String.join(" ", worker.argv()))
                .contains("--nnodes 2 --node-rank 1 --master-addr 192.168.100.1", "--headless")
                .doesNotContain("--host", "--port 8000");
        assertThat(worker.environment()).doesNotContainKey("RAY_AUTH_MODE").containsEntry("NCCL_SOCKET_IFNAME", "fab2");
    }

    @Test
    void mpOnOneNodeNeedsNoRendezvous() throws Exception {
        written.executor = "mp";
        var run = run("tcp", 1);

        assertThat(new MpExecutor().vllm(run, run.head()).orElseThrow().argv())
                .doesNotContain("--nnodes", "--master-addr");
    }

    @Test
    void mpWithFewerRanksThanNodesLeavesTheLastAlone() throws Exception {
        written.executor = "mp";
        written.tensorParallelSize = 1;
        var run = run("roce", 2);

        assertThat(new MpExecutor().vllm(run, run.workers().get(0))).isEmpty();
    }

    private LaunchRun run(String link, int nodes) throws StrixhaloException {
        return run(link, nodes, null, null);
    }

    private LaunchRun run(String link, int nodes, @Nullable Secret apiKey, @Nullable Secret hubToken)
            throws StrixhaloException {
        Cluster cluster = Written.cluster(link, nodes);
        var members = new ArrayList<Member>();
        for (var node : cluster.nodes()) {
            int n = members.size() + 1;
            Optional<FabricPort> rdma = link.equals("tcp")
                    ? Optional.empty()
                    : Optional.of(new FabricPort("irdma" + n, 1, OptionalInt.of(n + 1)));
            members.add(new Member(n - 1, new NodeScript(new Silent(node), "c"), new NodeNetwork("fab" + n, rdma)));
        }
        return new LaunchRun(
                "20261123-120000-abcd",
                cluster,
                written.on(cluster),
                LaunchSecrets.of(apiKey, hubToken, new SecureRandom()),
                members,
                new LaunchAbout("strix", null, "ray", 0, null, false, "me", null),
                new LaunchWatch(Duration.ofSeconds(1)));
    }

    /** A node that nobody speaks to in these tests. */
    private record Silent(Node node) implements NodeConnection {
        @Override
        public CommandResult run(RemoteCommand command) {
            throw new AssertionError("nothing is run here");
        }

        @Override
        public CommandResult run(RemoteCommand command, LineSink sink) {
            throw new AssertionError("nothing is run here");
        }

        @Override
        public Conversation talk(RemoteCommand command) {
            throw new AssertionError("nobody talks here");
        }

        @Override
        public RemoteForward forwardHere(int localPort) {
            throw new AssertionError("nothing is forwarded here");
        }

        @Override
        public void close() {}
    }
}
