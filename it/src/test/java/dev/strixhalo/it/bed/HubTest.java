package dev.strixhalo.it.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubTest {
    @TempDir
    Path folder;

    private Hub hub;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(
                Program.of("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11))")
                        .run()
                        .succeeded(),
                "the hub wants Python 3.11");
        var model = Files.createDirectories(folder.resolve("model/sub"));
        Files.writeString(model.resolveSibling("config.json"), "{\"hidden_size\": 128}");
        Files.write(model.resolve("weights.bin"), new byte[300_000]);
        var files = folder.resolve("model");
        hub = Hub.start(
                List.of(),
                "127.0.0.1",
                0,
                folder.resolve("work"),
                List.of(
                        Hub.Repository.open("lab/open", files),
                        Hub.Repository.gated("lab/gated", files),
                        new Hub.Repository("lab/slow", files, false, 200_000, 0),
                        new Hub.Repository("lab/stuck", files, false, 0, 100_000)),
                List.of(Secret.of("token", "hf_granted")));
    }

    @AfterEach
    void stop() {
        if (hub != null) hub.close();
    }

    @Test
    void namesTheFilesAndTheCommitOfARepository() throws Exception {
        var answer = get("/api/models/lab/open/revision/main", "");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"config.json\"", "\"sub/weights.bin\"", "\"sha\"");
    }

    @Test
    void servesAPartOfAFile() throws Exception {
        var request = request("/lab/open/resolve/main/config.json", "")
                .header("Range", "bytes=2-12")
                .build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo("hidden_size");
        assertThat(answer.headers().firstValue("X-Repo-Commit"))
                .hasValueSatisfying(c -> assertThat(c).hasSize(40));
    }

    @Test
    void givesGatedFilesOnlyToAGrantedToken() throws Exception {
        var file = "/lab/gated/resolve/main/config.json";

        for (var refused : List.of(get(file, ""), get(file, "hf_other"))) {
            assertThat(refused.headers().firstValue("X-Error-Code")).hasValue("GatedRepo");
        }
        assertThat(get(file, "").statusCode()).isEqualTo(401);
        assertThat(get(file, "hf_other").statusCode()).isEqualTo(403);
        assertThat(get(file, "hf_granted").statusCode()).isEqualTo(200);
        assertThat(hub.accesses()).hasSize(5).noneMatch(line -> line.contains("hf_"));
    }

    @Test
    void sendsAtTheRateThatWasAskedFor() throws Exception {
        long before = System.nanoTime();
        get("/lab/slow/resolve/main/sub/weights.bin", "");

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(1300));
    }

    @Test
    void keepsTheConnectionAndSendsNothingMoreWhenStuck() throws Exception {
        assertThat(get("/lab/stuck/resolve/main/config.json", "").statusCode()).isEqualTo(200);

        // The time-out of a request ends with its headers: the body is waited for in another thread.
        var body = client.sendAsync(
                request("/lab/stuck/resolve/main/sub/weights.bin", "").build(),
                HttpResponse.BodyHandlers.ofByteArray());
        Thread.sleep(1500);
        assertThat(body).isNotDone();
        body.cancel(true);
    }

    @Test
    void endsWithItsProcess() throws Exception {
        hub.close();

        assertThat(hub.isRunning()).isFalse();
        assertThatThrownBy(() -> get("/api/models/lab/open", "")).isNotInstanceOf(HttpTimeoutException.class);
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return client.send(request(path, token).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, String token) {
        var request = HttpRequest.newBuilder(URI.create(hub.endpoint() + path)).timeout(Duration.ofSeconds(20));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }
}
