package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The answers of the scripts that look at a node, by probe: a line of JSON each ({@code probe.sh}). Other lines, such as a login
 * banner, are passed over.
 */
public final class LookOutput {
    /**
     * What one probe said.
     *
     * @param exitCode of its program; 124 or 137 when its time was over
     * @param lines    of its standard output
     * @param errors   lines of its standard error
     */
    public record Answer(int exitCode, List<String> lines, List<String> errors) {
        /** Whether its program ended with 0. */
        public boolean succeeded() {
            return exitCode == 0;
        }

        /** Whether timeout(1) ended the program, by TERM or, when that did not do, by KILL. */
        boolean timedOut() {
            return exitCode == 124 || exitCode == 137;
        }

        /** What it said, as one text without blanks around it. */
        public String text() {
            return String.join("\n", lines).strip();
        }
    }

    private final Map<String, Answer> answers;

    private final Duration probeTime;

    private LookOutput(Map<String, Answer> answers, Duration probeTime) {
        this.answers = Collections.unmodifiableMap(answers);
        this.probeTime = probeTime;
    }

    /** @param probeTime that each probe had, for messages */
    public static LookOutput parse(List<String> lines, Duration probeTime) {
        var answers = new LinkedHashMap<String, Answer>();
        for (var line : lines) {
            if (!line.startsWith("{\"probe\":\"")) continue;
            try {
                var answer = RecordFile.json().readTree(line);
                answers.put(
                        answer.path("probe").asText(),
                        new Answer(
                                answer.path("code").asInt(),
                                answer.path("out").asText().lines().toList(),
                                answer.path("err").asText().lines().toList()));
            } catch (JsonProcessingException e) {
                // The script was cut off in the middle of its answer: there is none, and whoever needs it says so.
                continue;
            }
        }
        return new LookOutput(answers, probeTime);
    }

    /** The probes that were asked, in their order. */
    public Set<String> probes() {
        return answers.keySet();
    }

    /** What a probe said, if it was asked at all. */
    public Optional<Answer> find(String key) {
        return Optional.ofNullable(answers.get(key));
    }

    /** What a probe said; its absence means that the script did not reach it. */
    public Answer get(String key) throws StrixhaloException {
        var answer = answers.get(key);
        if (answer != null) return answer;
        throw Problem.of("The look at the node broke off before its answer about '%s'.".formatted(key))
                .found(answers.isEmpty() ? "it said nothing at all" : "it answered about " + answers.keySet())
                .fix("log in there and see whether 'sh' works and the disk is full")
                .asException();
    }

    /** What a probe said, if its program succeeded; else a failure with the program's own words. */
    Answer succeeded(String key, String program) throws StrixhaloException {
        var answer = get(key);
        if (answer.succeeded()) return answer;
        var problem = Problem.of(
                answer.timedOut()
                        ? "'%s' did not answer within %d s.".formatted(program, probeTime.toSeconds())
                        : "'%s' failed with exit code %d.".formatted(program, answer.exitCode()));
        for (var line : answer.errors().isEmpty() ? answer.lines() : answer.errors()) problem = problem.found(line);
        throw problem.fix("run it there by hand: " + program).asException();
    }

    /** Makes a value of an answer; what it cannot understand it says as a reading without a value. */
    public interface Parser<T> {
        /** The value of an answer. */
        Reading<T> of(Answer answer) throws StrixhaloException;
    }

    /** What a probe said as a value, whatever its exit code; the reason where it said nothing that could be used. */
    public <T> Reading<T> whatever(String key, String program, Parser<T> parser) {
        var answer = answers.get(key);
        if (answer == null) return Reading.absent("the look did not ask " + program);
        if (answer.timedOut()) {
            return Reading.absent("'%s' did not answer within %d s".formatted(program, probeTime.toSeconds()));
        }
        // timeout(1): the program was not found.
        if (answer.exitCode() == 127) return Reading.absent("'%s' is not installed".formatted(firstWord(program)));
        try {
            return parser.of(answer);
        } catch (StrixhaloException e) {
            var problem = e.problems().get(0);
            return Reading.absent(
                    problem.found().isEmpty()
                            ? problem.what()
                            : problem.what() + " " + String.join(" ", problem.found()));
        }
    }

    /** What a probe said as a value, if its program succeeded; else its own words as the reason. */
    public <T> Reading<T> reading(String key, String program, Parser<T> parser) {
        return whatever(key, program, answer -> answer.succeeded() ? parser.of(answer) : failed(program, answer));
    }

    private static <T> Reading<T> failed(String program, Answer answer) {
        var words = answer.errors().isEmpty() ? answer.text() : answer.errors().get(0);
        return Reading.absent(
                "'%s' failed: %s".formatted(program, words.isEmpty() ? "exit code " + answer.exitCode() : words));
    }

    private static String firstWord(String program) {
        return program.split(" ", 2)[0];
    }
}
