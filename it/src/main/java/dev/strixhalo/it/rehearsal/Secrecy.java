package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import dev.strixhalo.it.stage.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Every secret is a word that occurs nowhere else; it is looked for wherever others could read it. */
final class Secrecy implements Chapter {
    /** A home holds gigabytes of layers; read from a slow disk they take more than a minute. */
    private static final Duration SEARCHED = Duration.ofMinutes(5);

    /** Prints the place of each find: arguments, environments, files of the homes. The words come one a line, and in no argument. */
    private static final String SEARCH = """
            words=$(mktemp -p /run)
            trap 'rm "$words"' EXIT
            cat >"$words"
            for process in /proc/[0-9]*; do
                for part in cmdline environ; do
                    if tr '\\0' '\\n' <$process/$part 2>/dev/null | grep -qF -f "$words"; then
                        echo "$process/$part"
                    fi
                done
            done
            LC_ALL=C grep -rlF -f "$words" /home /tmp /var/tmp /dev/shm /var/log 2>/dev/null
            true
            """;

    /** The same in podman's own words on containers and images. */
    private static final String PODMAN = """
            words=$(mktemp -p "$XDG_RUNTIME_DIR")
            trap 'rm "$words"' EXIT
            cat >"$words"
            { podman ps -aq | xargs -r podman inspect; podman images -q | sort -u | xargs -r podman inspect --type image; } |
                grep -cF -f "$words" || true
            """;

    @Override
    public String name() {
        return "secrets";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public void play(Stage stage, Report report) {
        search(stage, report, "after all that");
    }

    /** Searches all machines for every secret that the user's settings.xml holds. */
    static void search(Stage stage, Report report, String when) {
        var what = stage.secrets().stream().map(Word::toString).collect(Collectors.joining(", "));
        var words = stage.secrets().stream().map(Word::value).collect(Collectors.joining("\n"));
        report.aside("no secret is where it must not be, " + when, () -> {
            var owners = stage.operator().home() + "/.m2/settings.xml";
            for (var machine : stage.bed().machines()) {
                var found = new ArrayList<>(unlessGood(machine.rootProgram(List.of("sh", "-c", SEARCH))
                                .stdin(words + "\n")
                                .timeout(SEARCHED)
                                .run())
                        .out());
                // Where their owner has put them; a search that misses even that would find nothing anywhere.
                if (machine.name().equals(stage.operator().name()))
                    unless(found.remove(owners), "the search did not find " + owners);
                unless(found.isEmpty(), "one of %s is on %s in %s".formatted(what, machine.name(), found));
            }
            for (var node : stage.bed().nodes()) {
                var told = unlessGood(node.program(List.of("sh", "-c", PODMAN))
                        .stdin(words + "\n")
                        .run());
                unless(told.text().equals("0"), node.name() + ": podman inspect tells one of " + what);
            }
        });
    }
}
