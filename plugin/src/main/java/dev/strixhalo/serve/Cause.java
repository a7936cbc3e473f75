package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A known cause of a failed launch.
 *
 * @param sign what a program prints when it meets it
 * @param echo whether it may be the mere consequence of a death elsewhere
 * @param tell what it means
 */
record Cause(Pattern sign, boolean echo, Supplier<Problem> tell) {
    private static final int SHOWN = 4;
    private static final int WIDTH = 240;

    /** Causes in the order in which they are looked for: what brings other failures with it comes first. */
    static List<Cause> known(ServeSettings settings) {
        return List.of(
                cause(
                        "Illegal instruction",
                        () -> Problem.of("a program uses instructions that this CPU does not have.")
                                .fix(
                                        "take an image that was built for this CPU; on a stand-in try <dtype>float32</dtype>")),
                cause(
                        "HIP out of memory|CUDA out of memory|torch\\.OutOfMemoryError|hipErrorOutOfMemory",
                        () -> Problem.of("the GPU has too little memory for this model with these settings.")
                                .fix("lower <contextLength> or <maxNumSeqs>, or take a smaller or quantized model")),
                cause(
                        "Cannot allocate memory|std::bad_alloc|MemoryError|oom-kill|Out of memory: Killed|is less than requested memory for kv",
                        () -> Problem.of("the node has too little memory for this model with these settings.")
                                .fix(
                                        "lower <contextLength> or <maxNumSeqs>, end other programs there, or take a smaller model")),
                cause(
                        "Free memory on device .* is less than desired GPU memory utilization",
                        () -> Problem.of("something else holds the GPU's memory.")
                                .fix("see who: fuser -v /dev/kfd; end it, or lower <gpuMemoryUtilization>")),
                cause(
                        "No available memory for the cache blocks|larger than the available KV cache memory|KV cache is needed, which is larger",
                        () -> Problem.of("no room is left for the KV cache.")
                                .fix("lower <contextLength>, or raise <gpuMemoryUtilization> (up to 0.90)")),
                cause(
                        "User-specified max_model_len .*is greater than the derived max_model_len",
                        () -> Problem.of("<contextLength> is longer than the model was made for.")
                                .fix("lower <contextLength>, or leave it out")),
                cause(
                        "is not divisible by tensor parallel size|must be divisible by tensor[_ ]parallel",
                        () -> Problem.of("this model cannot be split over %d GPUs."
                                        .formatted(settings.tensorParallelSize()))
                                .fix("choose a <tensorParallelSize> that divides its attention heads")),
                cause(
                        "Cannot provide a placement group|Current node has no \\w+ available|The number of required \\w+ exceeds the total|You don't have enough GPUs available",
                        () -> Problem.of("the cluster cannot give the %d GPUs that <tensorParallelSize> asks for."
                                        .formatted(settings.tensorParallelSize()))
                                .fix(
                                        "see that every node is there: mvn strixhalo:status; or lower <tensorParallelSize>")),
                cause(
                        "address already in use|Address already in use|EADDRINUSE",
                        () -> Problem.of("a port that is needed is taken by another program.")
                                .fix("see who listens there, and end it: sudo ss -ltnp")
                                .fix("choose another port for the API: -Dstrixhalo.serve.port=8001")),
                cause(
                        "contains custom code which must be executed|--trust-remote-code` flag",
                        () -> Problem.of("this model brings Python code of its own, which may not run.")
                                .fix("read that code; then <trustRemoteCode>true</trustRemoteCode>")),
                cause(
                        "GatedRepoError|is restricted and you are not in the authorized list|You are trying to access a gated repo",
                        () -> Problem.of("the model %s is gated, and the hub does not let us in."
                                        .formatted(settings.model()))
                                .fix(
                                        "accept its licence at https://huggingface.co/%s%nthen give a token: export HF_TOKEN=…, or a server in settings.xml"
                                                .formatted(settings.model()))),
                cause(
                        "RepositoryNotFoundError|Repository Not Found for url|is not a local folder and is not a valid model identifier",
                        () -> Problem.of("the hub has no model %s, or does not show it to us."
                                        .formatted(settings.model()))
                                .fix(
                                        "check the spelling of <model>; a private model needs a token: export HF_TOKEN=…")),
                cause(
                        "does not appear to have a file named config\\.json|Invalid repository ID or local directory specified",
                        () -> Problem.of("the folder %s is not there, or holds no model.".formatted(settings.model()))
                                .fix("every node needs it at the same path, mounted into its container by <volumes>")),
                cause(
                        "AuthenticationError|InvalidAuthToken",
                        () -> Problem.of("Ray refused the token of this launch.")
                                .fix("another Ray listens there: mvn strixhalo:stop on whoever started it")),
                cause(
                        "error: unrecognized arguments|error: argument ",
                        () -> Problem.of("vLLM does not know an argument that it was given.")
                                .fix(
                                        "correct <arguments>; 'vllm serve --help' in the container lists what this version knows")),
                echo(
                        "NCCL error|ncclSystemError|ncclInternalError|ncclUnhandledCudaError|Connection closed by remote peer|gloo::EnforceNotMet|Gloo connectFullMesh failed",
                        () -> Problem.of("the ranks could not speak with each other over the fabric.")
                                .fix(
                                        "check cable, addresses and firewall of the fabric: ping the other node's fabric address")));
    }

    /** The lines that show this cause, in the order in which they were said. */
    List<String> lines(List<Sighting.Line> said) {
        var found = new ArrayList<String>();
        for (var line : said) {
            if (sign.matcher(line.text()).find()) found.add(shortened(line));
        }
        return found;
    }

    /** The problem, with the last of its lines: the first ones are often retries. */
    Problem problem(List<String> found) {
        var problem = tell.get();
        for (var line : found.subList(Math.max(0, found.size() - SHOWN), found.size())) {
            problem = problem.found(line);
        }
        return problem;
    }

    /** A line as it is shown: its part before it, cut where no screen shows it any more. */
    static String shortened(Sighting.Line line) {
        var text = line.part() + ": " + line.text().strip();
        return text.length() > WIDTH ? text.substring(0, WIDTH) + " …" : text;
    }

    private static Cause cause(String sign, Supplier<Problem> tell) {
        return new Cause(Pattern.compile(sign), false, tell);
    }

    private static Cause echo(String sign, Supplier<Problem> tell) {
        return new Cause(Pattern.compile(sign), true, tell);
    }
}
