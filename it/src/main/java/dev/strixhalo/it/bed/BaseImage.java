package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the bed deploys and serves, made of packages since no registry and no hub can be reached: Debian with the real Ray and
 * the real vLLM (its CPU build) as base image, the Debian layer alone as a small image, and a model of two layers.
 *
 * @param base      the base image, 3.3 GB unpacked
 * @param smallBase its Debian layer alone, 0.2 GB unpacked
 * @param model     folder of the model as {@code vllm serve} takes it, readable by everybody
 */
public record BaseImage(OciLayout base, OciLayout smallBase, Path model) {
    /** Two minutes on two idle cores with the wheels there; most of the rest is for a slow mirror. */
    private static final Duration IMAGE_TIMEOUT = Duration.ofMinutes(40);

    private static final Duration MODEL_TIMEOUT = Duration.ofMinutes(5);

    /**
     * Makes what is not there yet, or was made from other scripts; otherwise takes a second.
     *
     * @param cache folder of the user that outlives the bed, with 7 GB of room
     */
    public static BaseImage make(Path cache, Progress progress) throws StrixhaloException {
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw Problem.of("The cache folder of the test bed cannot be made.")
                    .found(e.toString())
                    .fix("make " + cache.toAbsolutePath().getParent() + " writable")
                    .asException(e);
        }
        var scripts = ImageScripts.in(cache.resolve("scripts"));
        run(scripts, "base-image", cache, IMAGE_TIMEOUT, progress);
        run(scripts, "model", cache, MODEL_TIMEOUT, progress);
        return new BaseImage(
                OciLayout.read(cache.resolve("image/base")),
                OciLayout.read(cache.resolve("image/small-base")),
                cache.resolve("model"));
    }

    private static void run(ImageScripts scripts, String script, Path cache, Duration timeout, Progress progress)
            throws StrixhaloException {
        Program.of("bash", scripts.path(script), cache.toString())
                .timeout(timeout)
                .streaming(line -> progress.line(script, line))
                .run()
                .orFail();
    }
}
