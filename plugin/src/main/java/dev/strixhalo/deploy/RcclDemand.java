package dev.strixhalo.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.librccl.ImageFiles;
import dev.strixhalo.librccl.RcclChoice;
import dev.strixhalo.rccl.elf.MalformedFileException;
import dev.strixhalo.rccl.library.Inspection;
import dev.strixhalo.rccl.library.Wanted;
import dev.strixhalo.remote.NodeConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the gate asks of RCCL: the file that a process with torch really maps is the one that the image was given, and has
 * code for the GPU. A path would not do: which copy of several the loader takes is known only to the process.
 *
 * @param facts  of the image, see {@link RcclChoice}
 * @param target the GPU
 * @param link   between the nodes; over {@code tcp} a library that would not do is only told of
 */
record RcclDemand(Map<String, String> facts, String target, Link link) {
    RcclDemand {
        facts = new TreeMap<>(facts);
    }

    static RcclDemand of(Map<String, String> facts, Link link) {
        return new RcclDemand(facts, facts.getOrDefault(RcclChoice.TARGET, Wanted.STRIX_HALO), link);
    }

    /** What was found. */
    record Found(String summary, List<String> remarks) {}

    /**
     * Judges what a process mapped.
     *
     * @param mapped  of the gate's answer: path and sha256 of each
     * @param imageId whose files these are
     * @throws StrixhaloException when it is another library or would not do, unless the link is {@code tcp}
     */
    Found judge(JsonNode mapped, NodeConnection connection, String imageId) throws StrixhaloException {
        var problems = problems(mapped, connection, imageId);
        if (!problems.isEmpty() && link != Link.TCP) throw new StrixhaloException(problems, null, null);
        var remarks = new ArrayList<String>();
        for (var problem : problems) remarks.add(problem.sentence() + " Over tcp that does no harm.");
        if (choice().equals(RcclChoice.Mode.patched.name()) && "fit".equals(facts.get(RcclChoice.STOCK))) {
            remarks.add(
                    "the base's own librccl would do as well as the patched one: <image><rccl>stock</rccl></image>");
        }
        return new Found(problems.isEmpty() ? summary(mapped) : "none that reaches " + target, remarks);
    }

    private String choice() {
        return facts.getOrDefault(RcclChoice.CHOICE, RcclChoice.Mode.stock.name());
    }

    private String summary(JsonNode mapped) {
        return "%s %s, mapped by torch, reaches %s"
                .formatted(choice(), mapped.path(0).path("sha256").asText().substring(0, 12), target);
    }

    private List<Problem> problems(JsonNode mapped, NodeConnection connection, String imageId)
            throws StrixhaloException {
        var node = connection.node().name();
        if (mapped.isEmpty()) {
            return List.of(Problem.of("torch maps no librccl there: it could not use the GPUs of two nodes together.")
                    .on(node)
                    .fix("take a base image whose torch is built for ROCm")
                    .fix("<link>tcp</link>, over which it is not needed"));
        }
        var intended = List.of(facts.getOrDefault(RcclChoice.SHA256, "").split(" "));
        var problems = new ArrayList<Problem>();
        for (var library : mapped) {
            var path = library.path("path").asText();
            var sha256 = library.path("sha256").asText();
            // What was put in, or found in the base, was looked into then.
            if (intended.contains(sha256)) continue;
            if (facts.containsKey(RcclChoice.SHA256))
                problems.add(another(path, sha256, intended).on(node));
            else problems.addAll(look(path, connection, imageId));
        }
        return problems;
    }

    private static Problem another(String path, String sha256, List<String> intended) {
        return Problem.of("torch maps another librccl there than the one that the image was given.")
                .found("%s, sha256 %s".formatted(path, sha256))
                .found("given: sha256 " + String.join(" or ", intended))
                .fix("mvn strixhalo:build-image strixhalo:deploy")
                .fix(
                        "if a <volume>, or LD_LIBRARY_PATH or LD_PRELOAD in <environment>, brings another one: take it out");
    }

    private List<Problem> look(String path, NodeConnection connection, String imageId) throws StrixhaloException {
        var node = connection.node().name();
        try (var files = ImageFiles.open(connection, imageId)) {
            try {
                var seen = Inspection.of(files, path, Inspection::isNccl, target::equals);
                if (seen.device().reaches(target)) return List.of();
                return List.of(
                        Problem.of(
                                        "the librccl that torch maps there has no code for %s: no tensor would cross the link."
                                                .formatted(target))
                                .on(node)
                                .found("%s has %s"
                                        .formatted(
                                                path,
                                                seen.device().targets().isEmpty()
                                                        ? "none at all"
                                                        : String.join(
                                                                " ",
                                                                seen.device().targets())))
                                .fix(
                                        "<image><rccl>auto</rccl></image>   then: mvn strixhalo:build-rccl strixhalo:build-image strixhalo:deploy"));
            } catch (IOException e) {
                throw files.broken(e);
            } catch (MalformedFileException e) {
                return List.of(Problem.of("the librccl that torch maps there is damaged.")
                        .on(node)
                        .found(path + ": " + e.getMessage())
                        .fix("mvn strixhalo:build-image strixhalo:deploy"));
            }
        }
    }
}
