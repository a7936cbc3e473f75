package dev.strixhalo.serve;

import dev.strixhalo.cluster.Link;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The variables that Ray, vLLM and the libraries beneath them need on a node. Those that differ from node to node stand in
 * the environment of what starts ranks there, never in that of vLLM's driver: vLLM hands its driver's on to all ranks.
 */
final class NodeEnvironment {
    private NodeEnvironment() {}

    /** For what starts ranks on this node: Ray with executor {@code ray}, vLLM itself with {@code mp}. */
    static Map<String, String> ofRanks(LaunchRun run, Member member) {
        var network = member.network();
        var environment = common(run);
        environment.put("VLLM_HOST_IP", member.node().fabric().address());
        environment.put("NCCL_SOCKET_IFNAME", network.fabricInterface());
        environment.put("GLOO_SOCKET_IFNAME", network.fabricInterface());
        network.rdma().ifPresent(port -> {
            environment.put("NCCL_IB_HCA", port.hca());
            environment.put(
                    "NCCL_IB_GID_INDEX", Integer.toString(port.gidIndex().orElse(0)));
        });
        environment.putAll(run.settings().environment());
        return environment;
    }

    /** For vLLM on the head when Ray starts the ranks, and for what has no ranks at all. */
    static Map<String, String> ofDriver(LaunchRun run, Member member) {
        var environment = common(run);
        // The one that vLLM keeps to itself (WORKER_SPECIFIC_ENV_VARS).
        environment.put("VLLM_HOST_IP", member.node().fabric().address());
        environment.putAll(run.settings().environment());
        return environment;
    }

    /** What is the same on all nodes, so that it does no harm when vLLM hands it on. */
    private static Map<String, String> common(LaunchRun run) {
        var link = run.cluster().link();
        var settings = run.settings();
        var secrets = run.secrets();
        var environment = new LinkedHashMap<String, String>();
        if (settings.executor() == ExecutorKind.RAY) {
            environment.put("RAY_DISABLE_METRICS", "1");
            environment.put("RAY_EXPERIMENTAL_NOSET_ROCR_VISIBLE_DEVICES", "1");
            // On unified memory Ray's monitor kills workers, and it looks like a hang of a collective.
            environment.put("RAY_memory_monitor_refresh_ms", "0");
            // Ray's processes and the ranks among them speak where the node script listens; only what matters.
            environment.put("RAY_LOG_TO_STDERR", "1");
            environment.put("RAY_BACKEND_LOG_LEVEL", "warning");
            environment.put("RAY_ENABLE_CLUSTER_STATUS_LOG", "0");
            environment.put("RAY_AUTH_MODE", "token");
            environment.put("RAY_AUTH_TOKEN_PATH", NodeScript.SECRETS + LaunchSecrets.RAY_TOKEN);
        }
        environment.put("NCCL_IB_DISABLE", link.rdma() ? "0" : "1");
        if (link.rdma()) {
            environment.put("NCCL_IB_TIMEOUT", "23");
            environment.put("NCCL_IB_RETRY_CNT", "7");
            // gfx1151 has no GPUDirect.
            environment.put("NCCL_NET_GDR_LEVEL", "0");
        }
        if (link == Link.INFINIBAND) {
            environment.put("NCCL_PROTO", "LL");
            environment.put("NCCL_ALGO", "Ring");
        }
        // RCCL's own word for the network that it chose, a file for each process (%h host, %p process).
        environment.put("NCCL_DEBUG", "INFO");
        environment.put("NCCL_DEBUG_SUBSYS", "INIT,NET");
        environment.put("NCCL_DEBUG_FILE", NodeScript.LOGS + run.id() + "/rccl.%h.%p");
        environment.put("VLLM_LOGGING_COLOR", "0");
        environment.put("VLLM_NO_USAGE_STATS", "1");
        environment.put("HF_HUB_DISABLE_TELEMETRY", "1");
        if (secrets.hubToken() != null) environment.put("HF_TOKEN_PATH", NodeScript.SECRETS + LaunchSecrets.HUB_TOKEN);
        return environment;
    }
}
