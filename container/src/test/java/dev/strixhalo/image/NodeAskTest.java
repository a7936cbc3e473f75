package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A question to an API that answers well, badly, half, or never; a healthy one is asked on the bed. */
class NodeAskTest {
    private static final String CHUNK =
            "data: {\"choices\":[{\"text\":\"%s\",\"token_ids\":[%d],\"finish_reason\":%s}]}\n\n";

    @TempDir
    Path folder;

    private NodeScript node;
    private HttpServer api;

    @BeforeEach
    void serve() throws Exception {
        node = new NodeScript(folder);
        api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        api.setExecutor(Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        }));
        api.createContext("/v1/models", exchange -> say(exchange, 200, "{\"data\":[{\"id\":\"tiny\"}]}"));
        api.start();
    }

    @AfterEach
    void end() {
        api.stop(0);
        node.close();
    }

    @Test
    void aCompleteAnswerIsTimedAndCounted() {
        api.createContext("/v1/completions", exchange -> {
            assertThat(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("\"tiny\"");
            say(
                    exchange,
                    200,
                    CHUNK.formatted("he", 1, "null") + CHUNK.formatted("llo", 2, "\"length\"")
                            + "data: {\"choices\":[],\"usage\":{\"completion_tokens\":2}}\n\ndata: [DONE]\n\n");
        });

        var answer = ask(20);

        assertThat(answer.exit()).isZero();
        assertThat(answer.json().path("text").asText()).isEqualTo("hello");
        assertThat(answer.json().path("tokens").asInt()).isEqualTo(2);
        assertThat(answer.json().path("tokenIds").toString()).isEqualTo("[1,2]");
        assertThat(answer.json().path("firstToken").asDouble()).isPositive();
    }

    @Test
    void asManyTokensAsWereDemandedAreAskedFor() {
        var asked = new AtomicReference<String>();
        api.createContext("/v1/completions", exchange -> {
            asked.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            say(exchange, 200, CHUNK.formatted("he", 1, "\"length\"") + "data: [DONE]\n\n");
        });

        node.ask(
                "ask",
                "{\"address\":\"127.0.0.1\",\"port\":%d,\"timeout\":20,\"maxTokens\":64,\"minTokens\":64}"
                        .formatted(api.getAddress().getPort()));
        assertThat(asked.get()).contains("\"max_tokens\": 64", "\"min_tokens\": 64", "\"ignore_eos\": true");

        ask(20);
        assertThat(asked.get()).doesNotContain("min_tokens", "ignore_eos");
    }

    @Test
    void anAnswerThatStopsInTheMiddleIsNone() {
        api.createContext("/v1/completions", exchange -> say(exchange, 200, CHUNK.formatted("he", 1, "null")));

        assertThat(ask(20).json().path("code").asText()).isEqualTo("cut-off");
    }

    @Test
    void aHangingApiIsGivenUpInTimeThoughItTrickles() {
        api.createContext("/v1/completions", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (var out = exchange.getResponseBody()) {
                for (int i = 0; i < 100; i++) {
                    out.write(CHUNK.formatted("a", 1, "null").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    Thread.sleep(300);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long begun = System.nanoTime();

        var answer = ask(2);

        assertThat(answer.json().path("code").asText()).isEqualTo("timeout");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void anErrorOfTheApiIsToldInItsWords() {
        api.createContext("/v1/completions", exchange -> say(exchange, 500, "{\"error\":\"EngineDeadError\"}"));

        var answer = ask(20);

        assertThat(answer.json().path("code").asText()).isEqualTo("http");
        assertThat(answer.json().path("message").asText()).contains("500");
        assertThat(answer.json().path("found").path(0).asText()).contains("EngineDeadError");
    }

    @Test
    void anErrorInTheMiddleOfTheStreamIsNoAnswer() {
        api.createContext(
                "/v1/completions",
                exchange -> say(
                        exchange,
                        200,
                        CHUNK.formatted("he", 1, "null") + "data: {\"error\":{\"message\":\"dead\"}}\n\n"));

        assertThat(ask(20).json().path("code").asText()).isEqualTo("error");
    }

    @Test
    void nobodyThereIsAWordOfItsOwn() {
        int port = api.getAddress().getPort();
        api.stop(0);

        var answer = node.ask("ask", "{\"address\":\"127.0.0.1\",\"port\":%d,\"timeout\":5}".formatted(port));

        assertThat(answer.json().path("code").asText()).isEqualTo("refused");
    }

    @Test
    void withoutLaunchThereIsNoApiToAsk() {
        assertThat(node.ask("ask", "{\"timeout\":5}").json().path("code").asText())
                .isEqualTo("no-api");
    }

    private NodeScript.Answer ask(int seconds) {
        return node.ask(
                "ask",
                "{\"address\":\"127.0.0.1\",\"port\":%d,\"timeout\":%d}"
                        .formatted(api.getAddress().getPort(), seconds));
    }

    private static void say(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
