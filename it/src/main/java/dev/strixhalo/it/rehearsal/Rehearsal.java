package dev.strixhalo.it.rehearsal;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.BedSettings;
import dev.strixhalo.it.stage.Project;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Plays the chapters on a bed; started by {@code it/rehearse}. */
public final class Rehearsal {
    private static final List<Chapter> CHAPTERS = List.of(
            new TheBedItself(),
            new BuildingTheImage(),
            new Examining(),
            new BreakingOff(),
            new Deploying(),
            new ChoosingTheLibrary(),
            new Publishing(),
            new Mistakes(),
            new Switching(),
            new Launching(),
            new LaunchMistakes(),
            new LaunchAccidents(),
            new FromTheHub(),
            new Noticing(),
            new Linking(),
            new Secrecy(),
            new Removing());

    private final Options options;
    private final PrintStream out;

    private Rehearsal(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Exit code 0 when every step passed, 1 when one did not, 2 when the bed or the command line is at fault. */
    public static void main(String[] arguments) {
        int code;
        try {
            var options = Options.parse(List.of(arguments), System.getenv());
            code = new Rehearsal(options, System.out).run() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            System.err.println("rehearse: " + e.getMessage());
            code = 2;
        } catch (StrixhaloException e) {
            for (var problem : e.problems()) {
                System.err.println("rehearse: " + problem.sentence());
                problem.found().forEach(line -> System.err.println("  found  " + line));
                problem.fixes().forEach(line -> System.err.println("  fix    " + line));
            }
            code = 2;
        }
        System.exit(code);
    }

    private boolean run() throws StrixhaloException {
        return switch (options.mode()) {
            case DOWN -> {
                out.println(Bed.down(settings()) ? "The bed is gone." : "There was no bed.");
                yield true;
            }
            case UP -> {
                try (var bed = openBed()) {
                    bed.keep();
                    tellHowToEnter(bed);
                }
                yield true;
            }
            case KEEP, PLAY -> play();
        };
    }

    private boolean play() throws StrixhaloException {
        long start = System.nanoTime();
        var report = new Report(out);
        var chapters = chapters();
        if (options.mode() == Options.Mode.PLAY && wanted(Ends.NAME)) {
            out.println(Ends.NAME);
            new Ends(options.places().cache()).play(report);
        }
        if (!chapters.isEmpty()) play(chapters, report);
        return report.close(Duration.ofNanos(System.nanoTime() - start));
    }

    private void play(List<Chapter> chapters, Report report) throws StrixhaloException {
        try (var bed = openBed()) {
            if (options.mode() == Options.Mode.KEEP) bed.keep();
            try (var stage = new Stage(bed, options.places().cache(), Project.Jvm.FOR_SHORT_RUNS)) {
                for (var chapter : chapters)
                    report.chapter(chapter.name(), chapter.needs(), () -> chapter.play(stage, report));
                if (options.mode() == Options.Mode.KEEP) stage.leave();
            }
            if (options.mode() == Options.Mode.KEEP) tellHowToEnter(bed);
        }
    }

    private boolean wanted(String chapter) {
        return options.only().isEmpty() || options.only().contains(chapter);
    }

    private List<Chapter> chapters() {
        var names = new ArrayList<>(List.of(Ends.NAME));
        CHAPTERS.forEach(chapter -> names.add(chapter.name()));
        for (var name : options.only()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("no chapter '" + name + "', there are: " + String.join(", ", names));
            }
        }
        return CHAPTERS.stream()
                .filter(chapter -> wanted(chapter.name()))
                .filter(chapter -> options.mishaps()
                        || !chapter.mishaps()
                        || options.only().contains(chapter.name()))
                .toList();
    }

    /** With {@code --keep} and {@code --up} a bed that was left up before is used again. */
    private Bed openBed() throws StrixhaloException {
        var settings = settings();
        if (options.mode() != Options.Mode.PLAY && Bed.isUp(settings)) return Bed.attach(settings);
        return Bed.create(settings);
    }

    private BedSettings settings() {
        return options.places().bed();
    }

    private void tellHowToEnter(Bed bed) {
        out.println("The bed stays up. On this machine, as root:");
        for (var machine : bed.machines()) {
            out.printf(
                    "  %s %-9s  a shell as '%s' there; 'root' or a command may follow%n",
                    bed.folder().resolve("scripts/enter"), machine.name(), machine.user());
        }
        out.println("  it/rehearse --down  ends it");
    }
}
