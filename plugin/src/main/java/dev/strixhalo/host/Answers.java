package dev.strixhalo.host;

import dev.strixhalo.host.HostFacts.Login;
import dev.strixhalo.host.HostFacts.Logind;
import dev.strixhalo.host.HostFacts.SshTry;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Values of single answers that are too small for a class of their own. */
final class Answers {
    private Answers() {}

    static Reading<SshTry> ssh(LookOutput.Answer answer) {
        if (answer.succeeded()) return Reading.of(new SshTry(true, ""));
        var words = answer.errors().isEmpty()
                ? "exit code " + answer.exitCode()
                : answer.errors().get(answer.errors().size() - 1).strip();
        return Reading.of(new SshTry(false, words));
    }

    /** The least of the groups that hold the user's processes; {@code max} is no limit. */
    static Reading<Long> tasks(List<String> lines) {
        var limits = SysfsFiles.parse(lines).stream()
                .map(entry -> entry.text().equals("max") ? Long.MAX_VALUE : entry.number())
                .filter(number -> number >= 0)
                .toList();
        return limits.isEmpty()
                ? Reading.absent("no cgroup of systemd counts the user's processes there")
                : Reading.of(limits.stream().min(Long::compare).orElse(Long.MAX_VALUE));
    }

    static <T> Reading<T> first(Reading<List<T>> many, String none) {
        return many.fold(list -> list.isEmpty() ? Reading.absent(none) : Reading.of(list.get(0)), Reading::absent);
    }

    static Reading<Long> number(String text) {
        return text.matches("\\d{1,18}")
                ? Reading.of(Long.parseLong(text))
                : Reading.absent("'%s' is no number".formatted(text));
    }

    static Reading<String> text(LookOutput.Answer answer) {
        if (!answer.text().isEmpty()) return Reading.of(answer.text());
        return Reading.absent(
                answer.errors().isEmpty() ? "nothing was said" : answer.errors().get(0));
    }

    static List<String> words(LookOutput.Answer answer) {
        return Arrays.stream(answer.text().split("\\s+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }

    static Reading<Map<String, String>> packages(LookOutput.Answer answer) {
        var versions = new HashMap<String, String>();
        for (var line : answer.lines()) {
            var parts = line.strip().split(" ");
            // dpkg-query names a package that was removed without a version; rpm says "package … is not installed".
            if (parts.length == 2) versions.put(parts[0], parts[1]);
        }
        return Reading.of(Map.copyOf(versions));
    }

    /** A name and a SHA-256 in each line. */
    static Reading<Map<String, String>> environment(LookOutput output) {
        if (output.find("environment").isEmpty()) return Reading.absent(Inside.NONE);
        return output.reading("environment", "podman inspect", answer -> {
            var digests = new HashMap<String, String>();
            for (var line : answer.lines()) {
                var parts = line.strip().split(" ");
                if (parts.length == 2 && parts[1].matches("[0-9a-f]{64}")) digests.put(parts[0], parts[1]);
            }
            // podman sets PATH at least.
            return digests.isEmpty()
                    ? Reading.absent("'podman inspect' told no environment")
                    : Reading.of(Map.copyOf(digests));
        });
    }

    static Map<String, Boolean> programs(LookOutput output) {
        var there = new HashMap<String, Boolean>();
        for (var line : output.find("programs").map(LookOutput.Answer::lines).orElse(List.of())) {
            var parts = line.split(" ");
            if (parts.length == 2) there.put(parts[0], parts[1].equals("yes"));
        }
        return there;
    }

    static Reading<Long> memory(LookOutput.Answer answer) {
        var parts = answer.text().split("\\s+");
        return parts.length == 3 && parts[2].equals("kB") && parts[1].matches("\\d{1,15}")
                ? Reading.of(Long.parseLong(parts[1]) * 1024)
                : Reading.absent("/proc/meminfo names no MemTotal");
    }

    /** The first column of proc_swaps(5), after the head line. */
    static Reading<List<String>> swaps(LookOutput.Answer answer) {
        var lines = answer.text().lines().toList();
        if (lines.isEmpty() || !lines.get(0).startsWith("Filename")) {
            return Reading.absent("/proc/swaps is not as the kernel writes it");
        }
        return Reading.of(
                lines.stream().skip(1).map(line -> line.split("\\s+")[0]).toList());
    }

    /** {@code systemctl is-active} says a line for each unit, in the order of the script, and an exit code for the worst. */
    static Reading<Map<String, String>> services(LookOutput.Answer answer) {
        var states = words(answer);
        if (states.size() == 2) return Reading.of(Map.of("systemd-oomd", states.get(0), "earlyoom", states.get(1)));
        return Reading.absent(
                answer.errors().isEmpty()
                        ? "'systemctl is-active' named no states"
                        : answer.errors().get(0));
    }

    /** {@code b false} for each property, in the order of the script. */
    static Reading<Logind> logind(LookOutput.Answer answer) {
        var lines = answer.text().lines().map(String::strip).toList();
        if (lines.size() != 2 || !lines.stream().allMatch(line -> line.matches("b (true|false)"))) {
            return Reading.absent("logind's settings were not told as 'b true' or 'b false'");
        }
        return Reading.of(new Logind(lines.get(0).endsWith("true"), lines.get(1).endsWith("true")));
    }

    static Login login(String user, LookOutput output) {
        // SSH_CONNECTION: client address, client port, server address, server port (ssh(1)).
        var connection = output.find("connection").map(Answers::words).orElse(List.of());
        return new Login(
                user,
                output.find("groups").map(Answers::words).orElse(List.of()),
                connection.size() == 4 ? connection.get(2) : "",
                NodeFacts.Linger.parse(
                        output.find("linger").map(LookOutput.Answer::text).orElse("")),
                NodeFacts.subordinate(
                        output.find("subuid").map(LookOutput.Answer::lines).orElse(List.of())),
                NodeFacts.subordinate(
                        output.find("subgid").map(LookOutput.Answer::lines).orElse(List.of())));
    }

    /** {@code df -Pk}: a header, then device, 1024-blocks, used, available, capacity, mount point. */
    static Reading<Long> free(LookOutput.Answer answer) {
        for (var line : answer.lines()) {
            var parts = line.strip().split("\\s+");
            if (parts.length >= 6 && parts[3].matches("\\d{1,15}")) return Reading.of(Long.parseLong(parts[3]) * 1024);
        }
        return Reading.absent("'df -Pk' printed no table");
    }
}
