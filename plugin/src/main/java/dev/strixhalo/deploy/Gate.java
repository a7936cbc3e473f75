package dev.strixhalo.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.ContainerSpec;
import dev.strixhalo.run.Memlock;
import dev.strixhalo.run.PodmanFlags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a new image has to pass on every node before anything is switched: a throw-away container with the real flags
 * imports torch and vLLM, asks Ray for its version, opens every device and looks at its memlock.
 *
 * @param target  what is to run
 * @param spec    with which flags
 * @param rccl    what is asked of the library that torch maps
 * @param timeout for one node
 */
record Gate(Target target, ContainerSpec spec, RcclDemand rccl, Duration timeout) {
    /**
     * What a node answered.
     *
     * @param summary in one line
     * @param library what was found of RCCL
     * @param remarks what the user should know though it passed
     */
    record Passed(String summary, String library, List<String> remarks) {
        /** Of a gate that need not be asked again. */
        static final Passed BEFORE = new Passed("passed before, nothing changed since", "", List.of());
    }

    /** Changes when anything changes that the gate's answer depends on. */
    String key(NodeFacts facts) {
        return Digests.sha256(String.join(
                "\n",
                target.imageId(),
                target.settings(),
                rccl.toString(),
                facts.memlock().toString(),
                String.join(" ", facts.groups()),
                facts.devices().toString(),
                facts.podman().orElseThrow().version()));
    }

    /** The command that asks; the demands go in on standard input. */
    RemoteCommand command(NodeFacts facts) {
        var argv = new ArrayList<>(List.of(
                "podman",
                "run",
                "--rm",
                "--interactive",
                "--replace",
                "--name=" + target.cluster() + "-gate",
                // Ends the container even when nobody waits for it any more.
                "--timeout=" + timeout.toSeconds()));
        argv.addAll(PodmanFlags.common(spec, facts.home()));
        argv.addAll(List.of(target.imageId(), "/opt/strixhalo/bin/strixhalo-node", "gate"));
        return RemoteCommand.of(argv).stdin(demands()).timeout(timeout.plusSeconds(30));
    }

    Passed ask(NodeConnection connection, NodeFacts facts) throws StrixhaloException {
        return judge(connection.run(command(facts)), connection);
    }

    private String demands() {
        var demands = RecordFile.json().createObjectNode();
        var devices = demands.putArray("devices");
        spec.devices().forEach(devices::add);
        Memlock memlock = spec.memlock();
        if (memlock == null) {
            demands.putNull("memlock");
        } else if (memlock.unlimited()) {
            demands.put("memlock", "unlimited");
        } else {
            demands.put("memlock", memlock.bytes());
        }
        return demands + "\n";
    }

    private Passed judge(CommandResult result, NodeConnection connection) throws StrixhaloException {
        JsonNode answer = answer(result);
        var problems = new ArrayList<Problem>();
        for (var error : answer.path("errors")) {
            problems.add(Problem.of(error.path("what").asText())
                    .found(error.path("found").asText())
                    .fix(error.path("fix").asText())
                    .on(result.node()));
        }
        if (!problems.isEmpty()) throw new StrixhaloException(problems, null, null);
        if (!result.succeeded()) throw unanswered(result);
        var versions = new ArrayList<String>();
        answer.path("versions")
                .fields()
                .forEachRemaining(
                        e -> versions.add(e.getKey() + " " + e.getValue().asText()));
        var library = rccl.judge(answer.path("rccl"), connection, target.imageId());
        return new Passed(
                "%s, devices open, memlock %s"
                        .formatted(
                                String.join(" ", versions),
                                answer.path("memlock").path("text").asText()),
                library.summary(),
                library.remarks());
    }

    private JsonNode answer(CommandResult result) throws StrixhaloException {
        for (int i = result.out().size() - 1; i >= 0; i--) {
            var line = result.out().get(i).strip();
            if (!line.startsWith("{")) continue;
            try {
                return RecordFile.json().readTree(line);
            } catch (JsonProcessingException e) {
                throw unanswered(result);
            }
        }
        throw unanswered(result);
    }

    private StrixhaloException unanswered(CommandResult result) {
        var problem = Problem.of("the new image did not answer in a throw-away container (exit code %d)."
                        .formatted(result.exitCode()))
                .on(result.node());
        var said = new ArrayList<>(result.err());
        said.addAll(result.out());
        for (var line : said.subList(Math.max(0, said.size() - 12), said.size())) problem = problem.found(line);
        return problem.fix("try it there: " + String.join(" ", result.command().argv()))
                .asException();
    }
}
