package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.HipToolchain;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.SharedDisk;
import dev.strixhalo.it.bed.SmallRccl;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Places;
import dev.strixhalo.rccl.toolchain.Wheels;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the chapters work with: the toolchain, a machine that is nothing else, and a bed. Made when it is first asked for. */
final class Workshop implements AutoCloseable {
    /** The toolchain's image, as podman on the first node calls it. */
    static final String IMAGE = "localhost/rccl-toolchain:latest";

    private static final String LAYOUT = "/srv/toolchain";
    private static final Duration IMPORT = Duration.ofMinutes(5);

    private final Places places;
    private final Path work;
    private final Map<String, String> digests = new TreeMap<>();
    private @Nullable HipToolchain toolchain;
    private @Nullable ToolchainMachine machine;
    private @Nullable Bed bed;

    /** @param work folder for what is built; emptied, and left for those who want to see it */
    Workshop(Places places, Path work) throws IOException {
        this.places = places;
        this.work = work;
        Folders.remove(work);
    }

    /** The compiler and RCCL's source; made of packages, for a minute, unless the cache has them. */
    HipToolchain toolchain() throws StrixhaloException {
        if (toolchain == null) toolchain = HipToolchain.make(places.cache(), Progress.SILENT);
        return toolchain;
    }

    /** A machine with ROCm. */
    ToolchainMachine machine() throws StrixhaloException, IOException, Mismatch {
        if (machine == null) machine = ToolchainMachine.start(toolchain().rootfs(), work.resolve("machine"), places);
        return machine;
    }

    /** The first node of the bed, on which Maven finds what it needs, too. */
    Machine node() throws StrixhaloException {
        return bed().node("node1");
    }

    Bed bed() throws StrixhaloException {
        if (bed == null) {
            bed = Bed.create(places.bed()
                    .share("node1", places.maven(), UsersProject.MACHINE_REPOSITORY)
                    .share("node1", places.repository(), UsersProject.OUR_REPOSITORY)
                    .share("node1", toolchain().image().path(), LAYOUT));
        }
        return bed;
    }

    /** Gives podman on the first node the toolchain, as its owner would have pulled it. */
    void importImage() throws StrixhaloException {
        node().program(List.of("skopeo", "copy", "--quiet", "oci:" + LAYOUT + ":latest", "containers-storage:" + IMAGE))
                .timeout(IMPORT)
                .run()
                .orFail();
    }

    /** CMake and ninja as wheels, got by this machine's pip unless the cache has them. */
    Path wheels() throws StrixhaloException {
        var folder = places.cache().resolve("toolchain-wheels");
        var argv = new ArrayList<>(List.of("python3", "-m", "pip", "download", "--quiet", "--no-deps"));
        argv.addAll(
                List.of("--only-binary=:all:", "--platform=manylinux2014_x86_64", "--platform=manylinux_2_17_x86_64"));
        argv.addAll(List.of("--find-links=" + folder, "--dest=" + folder));
        argv.addAll(Wheels.PINNED);
        Program.of(argv).timeout(IMPORT).run().orFail();
        return folder;
    }

    UsersProject project(SharedDisk computer, String name) throws StrixhaloException, IOException, Mismatch {
        return UsersProject.make(computer, name, places.maven());
    }

    /** A project that builds the library of one kernel: in seconds, and all that a build does is done. */
    UsersProject small(SharedDisk computer, String name, String toolchainXml)
            throws StrixhaloException, IOException, Mismatch {
        return project(computer, name)
                .put("small", SmallRccl.sources(places.cache()))
                .rccl("""
                <source><folder>small</folder></source>
                <patches><patch>small/gfx1151.patch</patch></patches>
                """ + toolchainXml);
    }

    /** Remembers what a place made of the small library. */
    void remember(String place, String sha256) {
        digests.put(place, sha256);
    }

    /** The digests of the small library by the places that made it. */
    Map<String, String> digests() {
        return Map.copyOf(digests);
    }

    /** Ends what runs. */
    @Override
    public void close() throws StrixhaloException, IOException {
        if (machine != null) machine.close();
        if (bed != null) bed.close();
    }
}
