package dev.strixhalo.serve;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** From the command {@code vllm serve} to the first answer. */
final class Serving {
    /** How often the API is tried although nothing was said of it; the user may have silenced its log. */
    private static final Duration TRY = Duration.ofSeconds(10);

    private static final String STARTED = "Application startup complete";

    private final LaunchRun run;
    private final Executor executor;

    Serving(LaunchRun run, Executor executor) {
        this.run = run;
        this.executor = executor;
    }

    /** Starts vLLM where the executor wants it and waits until the model has answered. */
    Completion await(Progress progress) throws StrixhaloException {
        var settings = run.settings();
        long deadline = System.nanoTime() + settings.timeouts().start().toNanos();
        for (var member : run.members()) {
            var part = executor.vllm(run, member);
            if (part.isEmpty()) continue;
            run.start(member, List.of(part.get()));
        }
        try (var phases = new Phases(progress)) {
            long nextTry = System.nanoTime() + TRY.toNanos();
            while (true) {
                var sighting = run.watch().next(Duration.ofMillis(500));
                boolean started = false;
                if (sighting.isPresent()) {
                    run.check(sighting.get());
                    if (sighting.get() instanceof Sighting.Line line) {
                        phases.take(line);
                        started = line.text().contains(STARTED);
                    }
                }
                if (started || System.nanoTime() > nextTry) {
                    var answer = ask();
                    if (answer.isPresent()) {
                        phases.answered(answer.get());
                        return answer.get();
                    }
                    nextTry = System.nanoTime() + TRY.toNanos();
                }
                if (System.nanoTime() > deadline) {
                    throw run.diagnose(new Trouble.TimeOver(
                            run.head().node(),
                            "the model was not ready",
                            settings.timeouts().start()));
                }
            }
        }
    }

    /** A completion; nothing while nobody listens yet. */
    private Optional<Completion> ask() throws StrixhaloException {
        var settings = run.settings();
        var question = RecordFile.json().createObjectNode();
        question.put("address", settings.nearAddress());
        question.put("port", settings.port());
        question.put("timeout", settings.timeouts().answer().toSeconds());
        var head = run.head();
        var answer = head.script()
                .ask("ask", question.toString(), settings.timeouts().answer().plusSeconds(30));
        if (answer.ok()) return Optional.of(Completion.of(answer.json()));
        if (answer.code().equals("refused")) return Optional.empty();
        run.checkParts();
        throw run.diagnose(new Trouble.NoAnswer(
                head.node(),
                answer.code(),
                answer.json().path("message").asText(),
                answer.json().path("found").path(0).asText()));
    }
}
