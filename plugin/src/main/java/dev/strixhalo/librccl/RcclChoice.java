package dev.strixhalo.librccl;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.LayerSource;
import dev.strixhalo.image.Recipe;
import dev.strixhalo.rccl.build.FinishedLibrary;
import dev.strixhalo.rccl.build.RcclPackage;
import dev.strixhalo.rccl.build.RcclRecord;
import dev.strixhalo.rccl.library.Verdict;
import dev.strixhalo.rccl.library.Wanted;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which librccl an image gets: the base's own, or ours over every copy of it. The base's stay in its layers; an image built
 * with {@code stock} has them again.
 *
 * @param library what is laid over, or null for the base's own
 * @param paths   the files that it replaces
 * @param folders of the base above them
 * @param facts   for labels and the record of the image
 */
public record RcclChoice(
        @Nullable Path library, List<String> paths, List<Recipe.Directory> folders, Map<String, String> facts) {
    /** What the layer is for. */
    public static final String PURPOSE = "librccl";

    /** The checksums that a process may map: one for ours, all of the base's for {@code stock}; parted by blanks. */
    public static final String SHA256 = "rccl.sha256";

    /** The GPU that it has to reach. */
    public static final String TARGET = "rccl.target";

    /** {@code stock} or {@code patched}. */
    public static final String CHOICE = "rccl.choice";

    /** Whether the base's own would do: {@code fit} or {@code unfit}. */
    public static final String STOCK = "rccl.stock";

    /** What was replaced: path and checksum. */
    public static final String REPLACED = "rccl.replaced";

    /** What a user asks for. */
    public enum Mode {
        /** The base's own, unseen. */
        stock,
        /** Ours. */
        patched,
        /** The base's own if it does, else ours. */
        auto
    }

    public RcclChoice {
        paths = List.copyOf(paths);
        folders = List.copyOf(folders);
        facts = Map.copyOf(facts);
    }

    /** The base's own, about which nothing is known. */
    public static RcclChoice unseen() {
        return new RcclChoice(null, List.of(), List.of(), Map.of(CHOICE, Mode.stock.name()));
    }

    /**
     * Decides between the base's own and ours.
     *
     * @param ours the library that build-rccl left, if it did
     * @throws StrixhaloException when ours is wanted and is not there or would not do in this image
     */
    public static RcclChoice of(Mode mode, BaseFacts base, Optional<RcclPackage> ours, String target)
            throws StrixhaloException {
        if (base.copies().isEmpty()) {
            throw Problem.of("The base image has no librccl: there is nothing to choose from or to replace.")
                    .found("image ID " + base.imageId())
                    .fix("<image><rccl>stock</rccl></image>   leaves it as it is")
                    .asException();
        }
        var facts = new TreeMap<String, String>();
        facts.put(TARGET, target);
        facts.put(STOCK, base.fit(target) ? "fit" : "unfit");
        if (mode == Mode.auto && base.fit(target)) {
            facts.put(CHOICE, Mode.stock.name());
            facts.put(
                    SHA256,
                    base.copies().stream()
                            .map(BaseFacts.Copy::sha256)
                            .distinct()
                            .sorted()
                            .collect(Collectors.joining(" ")));
            return new RcclChoice(null, List.of(), List.of(), facts);
        }
        var package_ = ours.orElseThrow(() -> missing(mode, base, target));
        var record = demandFit(package_, base.wanted(target));
        tell(record, facts);
        facts.put(
                REPLACED,
                base.copies().stream()
                        .map(copy -> copy.path() + "@sha256:" + copy.sha256())
                        .collect(Collectors.joining(" ")));
        var folders = base.folders().stream()
                .map(folder -> new Recipe.Directory(folder.path(), folder.mode(), folder.user(), folder.group()))
                .toList();
        var paths = base.copies().stream().map(BaseFacts.Copy::path).toList();
        return new RcclChoice(package_.library(), paths, folders, facts);
    }

    /**
     * Ours at the places that the user names, in a base that nobody could look into. Whether torch can load it there is found
     * out by deploy's gate.
     */
    public static RcclChoice at(List<String> paths, Optional<RcclPackage> ours, String target)
            throws StrixhaloException {
        var package_ = ours.orElseThrow(RcclChoice::notBuilt);
        var facts = new TreeMap<String, String>();
        facts.put(TARGET, target);
        tell(demandFit(package_, new Wanted(target, null, new TreeSet<>())), facts);
        facts.put(REPLACED, String.join(" ", paths));
        return new RcclChoice(package_.library(), paths, List.of(), facts);
    }

    private static RcclRecord demandFit(RcclPackage package_, Wanted wanted) throws StrixhaloException {
        Verdict verdict = FinishedLibrary.judge(package_.library(), wanted, true);
        if (!verdict.fit()) {
            throw new StrixhaloException(
                    verdict.problems(), "The library is not put into the image, which could not load it.", null);
        }
        var record = package_.record();
        if (record.sha256().equals(verdict.library().sha256())) return record;
        throw Problem.of("The library is another one than its record tells of.")
                .found(package_.library().toString())
                .fix("mvn strixhalo:build-rccl")
                .asException();
    }

    private static void tell(RcclRecord record, Map<String, String> facts) {
        facts.put(CHOICE, Mode.patched.name());
        facts.put(SHA256, record.sha256());
        facts.put("rccl.source", record.source());
        if (record.commit() != null) facts.put("rccl.commit", record.commit());
        if (record.nccl() != null) facts.put("rccl.nccl", record.nccl());
    }

    private static StrixhaloException missing(Mode mode, BaseFacts base, String target) {
        if (mode == Mode.patched) return notBuilt();
        var problem = Problem.of("The base's own librccl would not do, and there is no other one yet.");
        for (var fault : base.faults(target)) {
            problem = problem.found(fault.what());
            for (var seen : fault.found()) problem = problem.found("  " + seen);
        }
        return problem.fix("mvn strixhalo:build-rccl strixhalo:build-image").asException();
    }

    private static StrixhaloException notBuilt() {
        return Problem.of(
                        "There is no librccl of ours yet to put into the image: strixhalo:build-rccl has not run here.")
                .fix("mvn strixhalo:build-rccl strixhalo:build-image")
                .asException();
    }

    /** The recipe with this choice in it. */
    public Recipe in(Recipe recipe) {
        if (library == null) return recipe.with(null, List.of(), facts);
        var files = paths.stream().collect(Collectors.toMap(path -> path, path -> library));
        return recipe.with(LayerSource.overlay(PURPOSE, files), folders, facts);
    }

    /** What was decided, in one line. */
    public String summary() {
        if (library == null) return "stock: the base's own";
        return "patched: over " + String.join(" and ", paths);
    }
}
