package dev.strixhalo.it.bench;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Project;
import dev.strixhalo.it.stage.Stage;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Runs the contests on a bed and prints the table; started by {@code it/bench}. */
public final class Bench {
    /** In the order in which they leave the nodes as the next one likes them. */
    private static final List<Contest> CONTESTS = List.of(
            new Examining(),
            new ChangedLayer(),
            new Unchanged(),
            new Building(),
            new Launching(),
            new FirstDeploy(),
            new Heap(),
            new LookingInto(),
            new Compiling());

    private static final DateTimeFormatter FOLDER =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Options options;
    private final Clock clock;
    private final PrintStream out;

    private Bench(Options options, Clock clock, PrintStream out) {
        this.options = options;
        this.clock = clock;
        this.out = out;
    }

    /** Exit code 0 when everything was measured, whatever the figures; 1 when something failed; 2 for the command line. */
    public static void main(String[] arguments) {
        int code = 0;
        try {
            var options = Options.parse(List.of(arguments), System.getenv());
            // A bare locale would turn ≤ into a question mark.
            var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            new Bench(options, Clock.systemUTC(), out).run();
        } catch (IllegalArgumentException e) {
            System.err.println("bench: " + e.getMessage());
            code = 2;
        } catch (Mismatch e) {
            System.err.println("bench: " + e.getMessage());
            code = 1;
        } catch (StrixhaloException e) {
            for (var problem : e.problems()) {
                System.err.println("bench: " + problem.sentence());
                problem.found().forEach(line -> System.err.println("  found  " + line));
                problem.fixes().forEach(line -> System.err.println("  fix    " + line));
            }
            code = 1;
        } catch (Exception e) {
            e.printStackTrace();
            code = 1;
        }
        System.exit(code);
    }

    private void run() throws Exception {
        var contests = contests();
        long start = System.nanoTime();
        var log = new RawLog(options.logs().resolve(FOLDER.format(clock.instant())));
        out.println("what the programs say goes to " + log.folder());
        var scores = new Scores();
        try (var bed = openBed()) {
            if (options.keep()) bed.keep();
            try (var stage = new Stage(bed, options.places().cache(), Project.Jvm.PLAIN)) {
                var course = new Course(stage, options.places(), log);
                for (var contest : contests) run(contest, course, scores);
            } finally {
                // What was measured before something failed is not thrown away; a bed may be slow to go.
                print(scores);
            }
        } finally {
            out.println(Amount.time(Duration.ofNanos(System.nanoTime() - start)) + "; logs in " + log.folder());
        }
    }

    private void run(Contest contest, Course course, Scores scores) throws Exception {
        for (int number = 0; number <= options.rounds(); number++) {
            long start = System.nanoTime();
            if (number == 0) {
                contest.prepare(course);
            } else {
                contest.round(number, course, scores);
            }
            out.printf(
                    "%-10s %-16s %8s%n",
                    contest.name(),
                    number == 0 ? "set the stage" : "round " + number + " of " + options.rounds(),
                    Amount.time(Duration.ofNanos(System.nanoTime() - start)));
        }
    }

    private void print(Scores scores) {
        var races = scores.complete(options.rounds());
        if (races.isEmpty()) return;
        out.println();
        Table.lines(races, scores).forEach(out::println);
        out.println();
        out.println(options.rounds() == 1 ? "one round" : "medians of " + options.rounds() + " rounds");
    }

    private List<Contest> contests() {
        var names = CONTESTS.stream().map(Contest::name).toList();
        for (var name : options.only()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("no row '" + name + "', there are: " + String.join(", ", names));
            }
        }
        return CONTESTS.stream()
                .filter(contest -> options.only().isEmpty() || options.only().contains(contest.name()))
                .toList();
    }

    private Bed openBed() throws StrixhaloException {
        var settings = options.places().bed();
        return options.keep() && Bed.isUp(settings) ? Bed.attach(settings) : Bed.create(settings);
    }
}
