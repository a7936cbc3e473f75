package dev.strixhalo.it.bed;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the bed deploys and serves, made of packages since no registry and no hub can be reached: Debian with the real Ray and
 * the real vLLM (its CPU build) as base image, a small library in RCCL's place in it, and a model of two layers.
 *
 * @param base  the base image, 3.3 GB unpacked
 * @param rccl  the library, and two that could take its place
 * @param model folder of the model as {@code vllm serve} takes it, readable by everybody
 */
public record BaseImage(OciLayout base, SmallRccl rccl, Path model) {
    /** Two to three minutes on two idle cores; most of the rest is for a slow mirror. */
    private static final Duration IMAGE_TIMEOUT = Duration.ofMinutes(40);

    private static final Duration MODEL_TIMEOUT = Duration.ofMinutes(5);

    /**
     * Makes what is not there yet, or was made from other scripts; otherwise takes a second.
     *
     * @param cache folder of the user that outlives the bed, with 9 GB of room
     */
    public static BaseImage make(Path cache, Progress progress) throws StrixhaloException {
        var scripts = ImageScripts.of(cache);
        scripts.run("base-image", cache, IMAGE_TIMEOUT, progress);
        scripts.run("model", cache, MODEL_TIMEOUT, progress);
        return new BaseImage(
                OciLayout.read(cache.resolve("image/base")),
                SmallRccl.of(scripts.path("small-rccl"), cache.resolve("small-rccl")),
                cache.resolve("model"));
    }
}
