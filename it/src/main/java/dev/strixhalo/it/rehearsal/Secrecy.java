package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.stage.Stage;
import java.util.List;
import java.util.Set;

/** Every secret is a word that occurs nowhere else; it is looked for wherever others could read it. */
final class Secrecy implements Chapter {
    /** Prints the place of each find: arguments, environments, files of the homes, podman's own words, images. */
    private static final String SEARCH = """
            word=$(cat)
            for process in /proc/[0-9]*; do
                for part in cmdline environ; do
                    if tr '\\0' '\\n' <$process/$part 2>/dev/null | grep -qF -- "$word"; then
                        echo "$process/$part $(tr '\\0' ' ' <$process/cmdline | cut -c1-80)"
                    fi
                done
            done
            grep -rlF -- "$word" /home /tmp /var/tmp /dev/shm /var/log 2>/dev/null
            true
            """;

    private static final String PODMAN = """
            word=$(cat)
            { podman ps -aq | xargs -r podman inspect; podman images -q | sort -u | xargs -r podman inspect --type image; } |
                grep -cF -- "$word" || true
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
        for (var word : stage.secrets()) {
            report.aside("'%s' is nowhere that it must not be %s".formatted(word.what(), when), () -> {
                for (var machine : stage.bed().machines()) {
                    var found = unlessGood(machine.rootProgram(List.of("sh", "-c", SEARCH))
                            .stdin(word.value())
                            .run());
                    var places = found.out().stream()
                            // Where its owner has put it.
                            .filter(place -> !place.equals(stage.operator().home() + "/.m2/settings.xml"))
                            .toList();
                    unless(places.isEmpty(), machine.name() + ": " + places);
                }
                for (var node : stage.bed().nodes()) {
                    var told = unlessGood(node.program(List.of("sh", "-c", PODMAN))
                            .stdin(word.value())
                            .run());
                    unless(told.text().equals("0"), node.name() + ": podman inspect tells it");
                }
            });
        }
    }
}
