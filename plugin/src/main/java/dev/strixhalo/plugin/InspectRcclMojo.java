package dev.strixhalo.plugin;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.rccl.build.FinishedLibrary;
import dev.strixhalo.rccl.library.Verdict;
import dev.strixhalo.rccl.library.Wanted;
import java.io.File;
import java.nio.file.Path;
import java.util.TreeSet;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Says what is inside any librccl, without loading it, and whether it would do. Ends with exit code 1 when it would not.
 */
@Mojo(name = "inspect-rccl", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class InspectRcclMojo extends Goal {
    /** The library to look into, relative to the folder of the pom. */
    @Parameter(property = "strixhalo.file")
    private @Nullable File file;

    /** The GPU that it is to have code for. */
    @Parameter(property = "strixhalo.target", defaultValue = Wanted.STRIX_HALO)
    private String target = Wanted.STRIX_HALO;

    /** Whether to print JSON on standard output instead. */
    @Parameter(property = "strixhalo.json", defaultValue = "false")
    private boolean json;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            if (file == null) {
                throw Problem.of("Which library to look into is not said.")
                        .fix("-Dstrixhalo.file=/opt/rocm/lib/librccl.so.1")
                        .asException();
            }
            if (!target.matches("gfx[0-9a-f]{3,5}")) {
                throw Problem.of("<target> is no GPU.")
                        .found(target)
                        .fix("gfx1151 is Strix Halo's")
                        .asException();
            }
            Path path = file.toPath();
            var verdict = FinishedLibrary.judge(path, new Wanted(target, null, new TreeSet<>()), true);
            if (json) output().println(text(verdict));
            else InspectionScreen.lines(verdict).forEach(getLog()::info);
            FinishedLibrary.demandFit(verdict);
        });
    }

    private static String text(Verdict verdict) {
        try {
            return RecordFile.json().writeValueAsString(verdict);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a verdict that is no JSON", e);
        }
    }
}
