package dev.strixhalo.it.hosts;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.VmDisks;
import dev.strixhalo.it.stage.Report;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Plays the chapters on two virtual machines; started by {@code it/rehearse-hosts}. */
public final class RehearseHosts {
    private static final List<Chapter> CHAPTERS = List.of(
            new RawHosts(),
            new Refused(),
            new Prepared(),
            new Measured(),
            new LiveProof(),
            new Served(),
            new InContainer(),
            new Faults(),
            new Undone(),
            new PowerCut());

    private final Options options;
    private final PrintStream out;

    private RehearseHosts(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** Exit code 0 when every step passed, 1 when one did not, 2 when the machine or the command line is at fault. */
    public static void main(String[] arguments) {
        int code;
        try {
            var names = CHAPTERS.stream().map(Chapter::name).toList();
            var options = Options.parse(List.of(arguments), System.getenv(), names);
            code = new RehearseHosts(options, System.out).run() ? 0 : 1;
        } catch (IllegalArgumentException e) {
            System.err.println("rehearse-hosts: " + e.getMessage());
            code = 2;
        } catch (StrixhaloException e) {
            for (var problem : e.problems()) {
                System.err.println("rehearse-hosts: " + problem.sentence());
                problem.found().forEach(line -> System.err.println("  found  " + line));
                problem.fixes().forEach(line -> System.err.println("  fix    " + line));
            }
            code = 2;
        }
        System.exit(code);
    }

    private boolean run() throws StrixhaloException {
        if (options.down()) {
            out.println(Bed.down(options.places().bed()) ? "The machines are gone." : "There were no machines.");
            return true;
        }
        long start = System.nanoTime();
        var report = new Report(out);
        out.println("machines");
        boolean there = report.aside(
                "a disk with plain Debian is there, and a base image",
                () -> VmDisks.make(options.places().cache(), Progress.SILENT));
        if (there) {
            try (var bed = openBed();
                    var hosts = new Hosts(bed, VmDisks.in(options.places().cache()))) {
                if (options.keep()) bed.keep();
                play(hosts, report);
                if (options.keep()) tellHowToEnter(bed);
            }
        }
        return report.close(Duration.ofNanos(System.nanoTime() - start));
    }

    private void play(Hosts hosts, Report report) {
        boolean up = report.aside("two virtual machines boot, and sshd answers on both", () -> {
            for (var machine : hosts.all()) machine.awaitBoot(Hosts.BOOT);
        });
        if (!up) return;
        for (var chapter : CHAPTERS) {
            if (!options.wants(chapter)) continue;
            report.chapter(chapter.name(), chapter.needs(), () -> chapter.play(hosts, report));
        }
    }

    private Bed openBed() throws StrixhaloException {
        var settings = options.places().virtualBed(VmDisks.in(options.places().cache()));
        return options.keep() && Bed.isUp(settings) ? Bed.attach(settings) : Bed.create(settings);
    }

    private void tellHowToEnter(Bed bed) {
        out.println("The machines stay up. On this one, as root:");
        out.printf("  %s operator [root] [COMMAND...]%n", bed.folder().resolve("scripts/enter"));
        for (var machine : bed.virtualMachines()) {
            out.printf(
                    "  %s operator ssh %s  a shell as '%s' there%n",
                    bed.folder().resolve("scripts/enter"), machine.name(), machine.user());
        }
        out.println("  it/rehearse-hosts --down  ends them");
    }
}
