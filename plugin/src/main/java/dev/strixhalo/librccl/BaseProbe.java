package dev.strixhalo.librccl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.ElfFile;
import dev.strixhalo.rccl.elf.MalformedFileException;
import dev.strixhalo.rccl.library.Inspection;
import dev.strixhalo.remote.NodeConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a base image has of RCCL, on a machine that has that image: once for each image ID, nothing is changed and
 * nothing is brought here but what is needed of the files.
 */
public final class BaseProbe {
    private final Path cache;
    private final String target;
    private final Progress progress;

    /** @param cache where facts are kept */
    public BaseProbe(Path cache, String target, Progress progress) {
        this.cache = cache;
        this.target = target;
        this.progress = progress;
    }

    /** What is known already. */
    public Optional<BaseFacts> known(String imageId) {
        try {
            return BaseFacts.file(cache, imageId).readIfPresent();
        } catch (StrixhaloException e) {
            progress.warn(e.getMessage() + " The base is looked into again.");
            return Optional.empty();
        }
    }

    /**
     * Looks on the first of these machines that has the image.
     *
     * @return nothing when none has it
     * @throws StrixhaloException when it cannot be looked into there
     */
    public Optional<BaseFacts> look(List<NodeConnection> machines, String imageId) throws StrixhaloException {
        for (var machine : machines) {
            if (!ImageFiles.there(machine, imageId)) continue;
            try (var step = progress.begin("probe");
                    var files = ImageFiles.open(machine, imageId)) {
                step.note(machine.node().name(), "looks for RCCL in the base");
                var facts = facts(files, imageId);
                BaseFacts.file(cache, imageId).write(facts);
                step.done("%s: %d %s of librccl, HIP %s, %d symbols wanted by torch and vLLM"
                        .formatted(
                                machine.node().name(),
                                facts.copies().size(),
                                facts.copies().size() == 1 ? "copy" : "copies",
                                facts.hip() == null ? "unknown" : facts.hip().toString(),
                                facts.needed().size()));
                return Optional.of(facts);
            }
        }
        return Optional.empty();
    }

    private BaseFacts facts(ImageFiles files, String imageId) throws StrixhaloException {
        var survey = files.survey();
        var needed = new TreeSet<String>();
        var hip = new TreeSet<Integer>();
        for (var path : survey.path("wanting")) wants(files, path.asText(), needed, hip);
        // torch knows which it was linked with; where it does not say, what lies there counts.
        if (hip.isEmpty()) survey.path("hip").forEach(major -> number(major, hip));
        var copies = new ArrayList<BaseFacts.Copy>();
        for (var path : survey.path("copies")) copies.add(copy(files, path.asText(), survey.path("links")));
        var folders = new ArrayList<BaseFacts.Folder>();
        survey.path("folders")
                .fields()
                .forEachRemaining(folder -> folders.add(new BaseFacts.Folder(
                        folder.getKey(),
                        folder.getValue().path("mode").asInt(),
                        folder.getValue().path("user").asInt(),
                        folder.getValue().path("group").asInt())));
        return new BaseFacts(imageId, only(hip), needed, copies, folders);
    }

    private void wants(ImageFiles files, String path, TreeSet<String> needed, TreeSet<Integer> hip)
            throws StrixhaloException {
        try (var elf = ElfFile.open(files, path)) {
            elf.symbols(symbol -> {
                if (symbol.undefined() && Inspection.isNccl(symbol.name())) needed.add(symbol.name());
            });
            for (var library : elf.needed()) {
                if (library.matches("libamdhip64\\.so\\.\\d{1,6}")) {
                    hip.add(Integer.valueOf(library.substring(library.lastIndexOf('.') + 1)));
                }
            }
        } catch (IOException e) {
            throw files.broken(e);
        } catch (MalformedFileException e) {
            throw ImageFiles.damaged(path, e);
        }
    }

    private BaseFacts.Copy copy(ImageFiles files, String path, JsonNode links) throws StrixhaloException {
        try {
            var leading = new ArrayList<String>();
            links.fields().forEachRemaining(link -> {
                if (link.getValue().asText().equals(path)) leading.add(link.getKey());
            });
            var inside = Inspection.of(files, path, Inspection::isNccl, target::equals);
            return new BaseFacts.Copy(
                    path, files.sha256(path), leading.stream().sorted().toList(), inside);
        } catch (IOException e) {
            throw files.broken(e);
        } catch (MalformedFileException e) {
            throw ImageFiles.damaged(path, e);
        }
    }

    private static void number(JsonNode major, TreeSet<Integer> into) {
        if (major.asText().matches("\\d{1,6}")) into.add(Integer.valueOf(major.asText()));
    }

    private static @Nullable Integer only(TreeSet<Integer> majors) {
        return majors.size() == 1 ? majors.first() : null;
    }

    /** That a base is on none of the machines that could look into it. */
    public static StrixhaloException nowhere(String base) {
        return Problem.of("What the base image has of RCCL is not known, and no machine within reach has that image.")
                .found(base + " is on no node of the cluster and not in this machine's podman")
                .fix("podman pull " + base + "   on the first node or here, then again")
                .fix("<image><rccl>stock</rccl></image>   keeps the base's own; deploy's gate tells whether it does")
                .fix(
                        "<image><rcclPaths><rcclPath>/opt/rocm/lib/librccl.so.1.0</rcclPath></rcclPaths></image>   says what to"
                                + " replace")
                .asException();
    }
}
