package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Places;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * RCCL 5.4.3 with all of AllReduce, by the goal and by the commands that one would type instead, for whoever holds the stopwatch:
 * the same sources, the same arguments of CMake and as many jobs, on the same machine.
 */
public final class TwoWays implements AutoCloseable {
    /** As one would type it; the arguments of CMake come last. */
    private static final String BY_HAND = """
            set -eu
            project=$1 jobs=$2 patch=$3
            shift 3
            at=/var/tmp/by-hand
            rm -rf "$at"
            mkdir "$at"
            cd "$at"
            tar -xzf "$project/rccl_5.4.3.orig.tar.gz"
            cd rccl-rocm-5.4.3
            patch -s -p1 <"$project/$patch"
            CXX=/usr/bin/hipcc cmake -G Ninja -S . -B "$at/build" -DROCM_PATH=/usr -DCMAKE_CXX_COMPILER=/usr/bin/hipcc "$@"
            ninja -C "$at/build" -j "$jobs" rccl
            DESTDIR=$at/output cmake --install "$at/build" --prefix /usr --strip
            """;

    private static final Duration PATIENCE = Duration.ofMinutes(20);

    private final Workshop workshop;
    private final UsersProject project;

    private TwoWays(Workshop workshop, UsersProject project) {
        this.workshop = workshop;
        this.project = project;
    }

    /**
     * Makes the machine with ROCm on which both run, and the user's project there.
     *
     * @param work folder for what is built; emptied
     */
    public static TwoWays open(Places places, Path work) throws StrixhaloException, IOException, Mismatch {
        var workshop = new Workshop(places, work);
        var project = RealRccl.project(workshop).rccl(RealRccl.xml(RealRccl.PATCH));
        return new TwoWays(workshop, project);
    }

    /** The goal, on a machine on which it never ran. */
    public Program goal() throws StrixhaloException {
        project.forget();
        return build();
    }

    /** The goal, on a machine as the last one left it. */
    public Program build() {
        return project.program("strixhalo:build-rccl");
    }

    /** Maven that reads the same project and does nothing. */
    public Program nothing() {
        return project.program("validate");
    }

    /** The commands, with what the goal passed to CMake and to ninja. */
    public Program byHand() throws StrixhaloException, IOException, Mismatch {
        var record = new ObjectMapper()
                .readTree(project.at("target/strixhalo/rccl/rccl.json").toFile());
        var argv = new ArrayList<>(List.of("sh", "-c", BY_HAND, "sh", project.folder()));
        argv.add(record.findValue("jobs").asText());
        argv.add(RealRccl.PATCH);
        record.findValue("options")
                .fields()
                .forEachRemaining(option -> argv.add(
                        "-D" + option.getKey() + "=" + option.getValue().asText()));
        return workshop.machine().program(argv).timeout(PATIENCE);
    }

    /** Demands that both ways made a library with the same symbols; their folders differ, and so do their bytes. */
    public void sameLibrary() throws StrixhaloException, IOException, Mismatch {
        var library = workshop.machine().disk().resolve("by-hand/output/usr/lib/librccl.so.1.0");
        unless(
                Readelf.read(library)
                        .symbols()
                        .equals(Readelf.read(project.library()).symbols()),
                "the two libraries have other symbols");
    }

    /** Ends the machine. */
    @Override
    public void close() throws StrixhaloException, IOException {
        workshop.close();
    }
}
