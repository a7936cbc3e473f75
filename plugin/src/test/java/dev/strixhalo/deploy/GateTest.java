package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.librccl.RcclChoice;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.Memlock;
import dev.strixhalo.run.PodmanFlags;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final String IMAGE = "sha256:" + "5c1f9d2".repeat(9) + "a";
    private final FactsOfANode node = new FactsOfANode();

    private static final String SHA = "03bd".repeat(16);

    private static Gate gate(Link link) throws StrixhaloException {
        return gate(link, Map.of());
    }

    private static Gate gate(Link link, Map<String, String> facts) throws StrixhaloException {
        var spec = DeploySettings.of(
                        link,
                        null,
                        null,
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        Duration.ofHours(1),
                        Duration.ofMinutes(5))
                .spec("strix");
        var target = new Target("strix", IMAGE, PodmanFlags.settings(spec), List.of());
        return new Gate(target, spec, RcclDemand.of(facts, link), Duration.ofMinutes(5));
    }

    /** An answer in which torch mapped this library; none for an empty checksum. */
    private static Answering mapped(String sha256) {
        var library = sha256.isEmpty()
                ? ""
                : "{\"path\": \"/opt/rocm/lib/librccl.so.1.0\", \"sha256\": \"%s\"}".formatted(sha256);
        return new Answering(0, List.of("noise", """
                        {"ok": true, "errors": [], "versions": {"torch": "2.11.0", "vllm": "0.23.0", "ray": "2.60.0"}, \
                        "memlock": {"text": "unlimited"}, "rccl": [%s]}""".formatted(library)), List.of());
    }

    /** A node on which every command ends like this. */
    private record Answering(int exitCode, List<String> out, List<String> err) implements NodeConnection {
        @Override
        public Node node() {
            return FactsOfANode.node1();
        }

        @Override
        public CommandResult run(RemoteCommand command) {
            return run(command, (stream, line) -> {});
        }

        @Override
        public CommandResult run(RemoteCommand command, LineSink sink) {
            return new CommandResult("node1", command, exitCode, out, err);
        }

        @Override
        public Conversation talk(RemoteCommand command) {
            throw new AssertionError("nobody talks here");
        }

        @Override
        public RemoteForward forwardHere(int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    @Test
    void asksInAThrowAwayContainerWithTheRealFlags() throws StrixhaloException {
        var command = gate(Link.ROCE).command(node.facts());

        assertThat(command.argv())
                .startsWith("podman", "run", "--rm", "--interactive", "--replace", "--name=strix-gate", "--timeout=300")
                .contains("--group-add=keep-groups", "--device=/dev/infiniband", "--ulimit=memlock=-1:-1")
                .endsWith(IMAGE, "/opt/strixhalo/bin/strixhalo-node", "gate");
        assertThat(new String(command.stdin(), StandardCharsets.UTF_8))
                .isEqualTo("{\"devices\":[\"/dev/kfd\",\"/dev/dri\",\"/dev/infiniband\"],\"memlock\":\"unlimited\"}\n");
    }

    @Test
    void passesAndSaysWhatItSaw() throws StrixhaloException {
        var facts = Map.of(RcclChoice.CHOICE, "patched", RcclChoice.SHA256, SHA, RcclChoice.STOCK, "unfit");

        var passed = gate(Link.ROCE, facts).ask(mapped(SHA), node.facts());

        assertThat(passed.summary()).isEqualTo("torch 2.11.0 vllm 0.23.0 ray 2.60.0, devices open, memlock unlimited");
        assertThat(passed.library()).isEqualTo("patched 03bd03bd03bd, mapped by torch, reaches gfx1151");
        assertThat(passed.remarks()).isEmpty();
    }

    @Test
    void saysWhenTheBasesOwnLibraryWouldDoAsWell() throws StrixhaloException {
        var facts = Map.of(RcclChoice.CHOICE, "patched", RcclChoice.SHA256, SHA, RcclChoice.STOCK, "fit");

        var passed = gate(Link.ROCE, facts).ask(mapped(SHA), node.facts());

        assertThat(passed.remarks()).singleElement().asString().contains("<image><rccl>stock</rccl></image>");
    }

    @Test
    void refusesAnotherLibraryThanTheImageWasGiven() {
        var facts = Map.of(RcclChoice.CHOICE, "patched", RcclChoice.SHA256, SHA);

        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> gate(Link.ROCE, facts).ask(mapped("77aa".repeat(16)), node.facts()));

        assertThat(failure)
                .hasMessage("node1: torch maps another librccl there than the one that the image was given.");
        assertThat(failure.problems().get(0).found())
                .containsExactly("/opt/rocm/lib/librccl.so.1.0, sha256 " + "77aa".repeat(16), "given: sha256 " + SHA);
    }

    @Test
    void wantsALibraryUnlessTheLinkIsTcp() throws StrixhaloException {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> gate(Link.ROCE).ask(mapped(""), node.facts()));
        assertThat(failure).hasMessageStartingWith("node1: torch maps no librccl there");

        var passed = gate(Link.TCP).ask(mapped(""), node.facts());
        assertThat(passed.library()).isEqualTo("none that reaches gfx1151");
        assertThat(passed.remarks()).singleElement().asString().endsWith("Over tcp that does no harm.");
    }

    @Test
    void namesWhatTheContainerLacks() {
        var answer = "{\"ok\": false, \"errors\": [{\"what\": \"the image cannot import vllm there.\","
                + " \"found\": \"undefined symbol: ncclCommResume\", \"fix\": \"try it\"}], \"versions\": {}}";

        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> gate(Link.ROCE).ask(new Answering(1, List.of(answer), List.of()), node.facts()));

        assertThat(failure).hasMessage("node1: the image cannot import vllm there.");
        assertThat(failure.problems())
                .extracting(Problem::found)
                .containsExactly(List.of("undefined symbol: ncclCommResume"));
    }

    @Test
    void neverPassesWithoutAnAnswer() {
        for (int exitCode : List.of(0, 125)) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> gate(Link.ROCE)
                            .ask(
                                    new Answering(
                                            exitCode,
                                            List.of(),
                                            List.of("Error: crun: setrlimit: Operation not permitted")),
                                    node.facts()));

            assertThat(failure)
                    .hasMessage("node1: the new image did not answer in a throw-away container (exit code %d)."
                            .formatted(exitCode));
        }
    }

    @Test
    void isAskedAgainOnlyWhenSomethingChanged() throws StrixhaloException {
        var before = gate(Link.ROCE).key(node.facts());

        assertThat(gate(Link.ROCE).key(node.facts())).isEqualTo(before);
        assertThat(gate(Link.TCP).key(node.facts())).isNotEqualTo(before);
        assertThat(gate(Link.ROCE, Map.of(RcclChoice.SHA256, SHA)).key(node.facts()))
                .isNotEqualTo(before);
        node.memlock = new Memlock(8 << 20);
        assertThat(gate(Link.ROCE).key(node.facts())).isNotEqualTo(before);
    }
}
