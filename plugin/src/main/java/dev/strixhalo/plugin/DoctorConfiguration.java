package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Wanted;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The element {@code <doctor>}, as Maven fills it; nothing is checked before {@link #toWanted}. */
public final class DoctorConfiguration {
    /** Oldest kernel without a warning; {@code 6.18.4} unless said otherwise. */
    private @Nullable String kernel;

    /** Oldest linux-firmware without a warning, a date; {@code 20260410} unless said otherwise. */
    private @Nullable String linuxFirmware;

    /** Oldest firmware of an E810 card without a warning; {@code 4.91} unless said otherwise. */
    private @Nullable String nicFirmware;

    /** Most memory that the BIOS may give to the GPU alone, in MiB; 512 unless said otherwise. */
    private int vramMebibytes = 512;

    /** Memory that the GPU should reach on a machine with 128 GiB, in GiB; 120 unless said otherwise. */
    private int gttGibibytes = 120;

    /** Least percentage of the RAM that the GPU has to reach; 60 unless said otherwise. */
    private int gttPercent = 60;

    /** Arguments that the kernel should have been started with, for example {@code iommu=pt}; the guide's unless set. */
    private @Nullable List<String> kernelArguments;

    /** Slowest link without a warning, in Gbit/s; 25 unless said otherwise. */
    private int linkGigabits = 25;

    /** MTU of the fabric; 9000 unless said otherwise. */
    private int mtu = 9000;

    /** Least limit of open files without a warning; 65536 unless said otherwise. */
    private int openFiles = 65536;

    /** Least limit of processes without a warning; 16384 unless said otherwise. */
    private int processes = 16384;

    /** Least room for weights beside those of the model, in GiB; 25 unless said otherwise. */
    private int diskGibibytes = 25;

    /** Least room for the image where podman keeps it, in GiB, before the first deploy; 36 unless said otherwise. */
    private int imageGibibytes = 36;

    /** Ports of TCP that a launch listens on and nobody else should; 6379 and 8000 unless said otherwise. */
    private @Nullable List<String> ports;

    /** @throws StrixhaloException with everything that is wrong */
    Wanted toWanted() throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        var standard = Wanted.STANDARD;
        var wanted = new Wanted(
                version("kernel", kernel, standard.kernel(), problems),
                version("linuxFirmware", linuxFirmware, standard.linuxFirmware(), problems),
                version("nicFirmware", nicFirmware, standard.nicFirmware(), problems),
                (long) within("vramMebibytes", vramMebibytes, 1, 1 << 20, problems) << 20,
                within("gttPercent", gttPercent, 1, 100, problems) / 100.0,
                (long) within("gttGibibytes", gttGibibytes, 1, 1 << 20, problems) << 30,
                kernelArguments == null ? standard.kernelArguments() : kernelArguments,
                within("linkGigabits", linkGigabits, 1, 10_000, problems) * 1000,
                within("mtu", mtu, 1280, 65_535, problems),
                within("openFiles", openFiles, 1, Integer.MAX_VALUE, problems),
                within("processes", processes, 1, Integer.MAX_VALUE, problems),
                (long) within("diskGibibytes", diskGibibytes, 0, 1 << 20, problems) << 30,
                (long) within("imageGibibytes", imageGibibytes, 0, 1 << 20, problems) << 30,
                ports(problems));
        if (!problems.isEmpty()) throw new StrixhaloException(problems, null, null);
        return wanted;
    }

    private static String version(String name, @Nullable String value, String standard, List<Problem> problems) {
        if (value == null) return standard;
        if (!value.strip().matches("\\d{1,9}(\\.\\d{1,9})*")) {
            problems.add(Problem.of("<%s> of <doctor> is '%s', which is no version.".formatted(name, value))
                    .fix("numbers with dots, for example " + standard));
        }
        return value.strip();
    }

    private List<Integer> ports(List<Problem> problems) {
        if (ports == null) return Wanted.STANDARD.ports();
        var numbers = new ArrayList<Integer>();
        for (var port : ports) {
            // An empty element of the pom is a null of the list.
            var text = port == null ? "" : port.strip();
            if (text.matches("\\d{1,9}")) {
                numbers.add(within("ports", Integer.parseInt(text), 1, 65_535, problems));
            } else {
                problems.add(Problem.of("<ports> of <doctor> has '%s', which is no port.".formatted(text))
                        .fix("whole numbers from 1 to 65535, for example 6379"));
            }
        }
        return numbers;
    }

    private static int within(String name, int value, int least, int most, List<Problem> problems) {
        if (value >= least && value <= most) return value;
        problems.add(Problem.of("<%s> of <doctor> is %d.".formatted(name, value))
                .fix("a whole number from %d to %d".formatted(least, most)));
        // So that the other values are looked at too; the problem keeps this one from being used.
        return least;
    }
}
