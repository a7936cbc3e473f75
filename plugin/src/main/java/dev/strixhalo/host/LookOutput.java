package dev.strixhalo.host;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The answers of {@code look.sh}, by probe. Lines outside of any probe, such as a login banner, are passed over. */
final class LookOutput {
    /**
     * What one probe said.
     *
     * @param exitCode of its program; 124 when its time was over
     * @param lines    of its standard output
     * @param errors   lines of its standard error
     */
    record Answer(int exitCode, List<String> lines, List<String> errors) {
        boolean succeeded() {
            return exitCode == 0;
        }

        String text() {
            return String.join("\n", lines).strip();
        }
    }

    private final Map<String, Answer> answers;

    private LookOutput(Map<String, Answer> answers) {
        this.answers = Map.copyOf(answers);
    }

    static LookOutput parse(List<String> lines) {
        var answers = new HashMap<String, Answer>();
        String key = null;
        var out = new ArrayList<String>();
        var err = new ArrayList<String>();
        for (var line : lines) {
            if (line.startsWith("@@begin ")) {
                key = line.substring("@@begin ".length());
                out = new ArrayList<>();
                err = new ArrayList<>();
            } else if (key == null) {
                continue;
            } else if (line.startsWith("@@err " + key + " ")) {
                err.add(line.substring("@@err ".length() + key.length() + 1));
            } else if (line.startsWith("@@end " + key + " ")) {
                int exitCode = Integer.parseInt(line.substring("@@end ".length() + key.length() + 1));
                answers.put(key, new Answer(exitCode, List.copyOf(out), List.copyOf(err)));
                key = null;
            } else {
                out.add(line);
            }
        }
        return new LookOutput(answers);
    }

    /** What a probe said, if it was asked at all. */
    Optional<Answer> find(String key) {
        return Optional.ofNullable(answers.get(key));
    }

    /** What a probe said; its absence means that the script did not reach it. */
    Answer get(String key) throws StrixhaloException {
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
                answer.exitCode() == 124
                        ? "'%s' did not answer within 60 s.".formatted(program)
                        : "'%s' failed with exit code %d.".formatted(program, answer.exitCode()));
        for (var line : answer.errors().isEmpty() ? answer.lines() : answer.errors()) problem = problem.found(line);
        throw problem.fix("run it there by hand: " + program).asException();
    }
}
