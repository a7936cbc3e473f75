package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Digests;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Mismatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** readelf(1), nm(1), clang-offload-bundler and llvm-objdump, asked what a file is. */
final class Witnesses {
    private final BundleTool bundler;

    /** They come with the toolchain; binutils are this machine's. */
    Witnesses(Workshop workshop) throws StrixhaloException, IOException, Mismatch {
        var machine = workshop.machine();
        var command = new ArrayList<>(machine.inside());
        command.add(BundleTool.LLVM);
        this.bundler = new BundleTool(command, machine.disk(), "/var/tmp");
    }

    BundleTool bundler() {
        return bundler;
    }

    /**
     * Demands that they say what the goal says, and what we read beyond what it prints.
     *
     * @param said the goal's JSON
     */
    void agree(String said, Path file) throws IOException, StrixhaloException, Mismatch {
        var all = new ElfComparison(bundler).compareOne(file);
        unless(all.differences().isEmpty(), String.join("\n", all.differences()));

        // Before it Maven 3.8 sets the terminal's colour, though there is none.
        JsonNode library =
                new ObjectMapper().readTree(said.substring(said.indexOf('{'))).path("library");
        var theirs = Readelf.read(file);
        same("soname", text(library.path("soname")), theirs.soname());
        same("runpath", text(library.path("runpath")), theirs.runpath());
        same("rpath", text(library.path("rpath")), theirs.rpath());
        same("needed", texts(library.path("needed")), theirs.needed());
        same("exported", texts(library.path("exported")), nccl(theirs, true));
        same("undefined", texts(library.path("undefined")), nccl(theirs, false));
        same("size", library.path("size").asLong(), Files.size(file));
        same("sha256", text(library.path("sha256")), Digests.sha256(file));
        var entries = new ArrayList<String>();
        library.at("/device/objects")
                .forEach(object -> entries.add(object.path("id").asText()));
        same(
                "entries of bundles",
                entries.stream().sorted().toList(),
                bundler.list(file).stream().sorted().toList());
        var taken = LlvmObjdump.of(file);
        unless(taken.whole(), "llvm-objdump failed");
        var objects = new ArrayList<LlvmObjdump.Entry>();
        library.at("/device/objects")
                .forEach(object -> objects.add(new LlvmObjdump.Entry(
                        object.path("id").asText(), object.path("size").asLong())));
        same("code objects", objects, taken.entries());
        System.out.printf(
                "        %d symbols, %d of RCCL; %d entries of bundles; NEEDED %s%n",
                all.symbols(), library.path("exported").size(), all.codeObjects(), String.join(" ", theirs.needed()));
    }

    private static List<String> nccl(Readelf theirs, boolean defined) {
        return theirs.symbols().stream()
                .map(line -> line.split(" ", 5))
                .filter(words -> words[3].equals(defined ? "defined" : "undefined"))
                .map(words -> words[4].split("@", 2)[0])
                .filter(name -> name.matches("(p?nccl|rccl).*"))
                .distinct()
                .sorted()
                .toList();
    }

    private static void same(String field, @Nullable Object ours, @Nullable Object theirs) throws Mismatch {
        unless(java.util.Objects.equals(ours, theirs), "%s: ours %s, theirs %s".formatted(field, ours, theirs));
    }

    private static @Nullable String text(JsonNode node) {
        return node.isTextual() ? node.asText() : null;
    }

    private static List<String> texts(JsonNode node) {
        var all = new ArrayList<String>();
        node.forEach(each -> all.add(each.asText()));
        return all;
    }
}
