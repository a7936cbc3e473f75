package dev.strixhalo.librccl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.BaseReference;
import dev.strixhalo.image.Recipe;
import dev.strixhalo.librccl.RcclChoice.Mode;
import dev.strixhalo.rccl.build.RcclPackage;
import dev.strixhalo.rccl.elf.CodeObject;
import dev.strixhalo.rccl.elf.DeviceCode;
import dev.strixhalo.rccl.elf.ElfIdentity;
import dev.strixhalo.rccl.library.Inspection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which librccl an image gets; that a real one is laid over and mapped is played on the bed. */
class RcclChoiceTest {
    private static final String BASE = "sha256:" + "9f2a".repeat(16);
    private static final SortedSet<String> NEEDED = new TreeSet<>(List.of("ncclAllReduce", "ncclCommResume"));

    @TempDir
    private Path folder;

    private static BaseFacts.Copy copy(String path, String gpu, String... exported) {
        var object = new CodeObject(0, "hipv4-amdgcn-amd-amdhsa--" + gpu, gpu, 4096, CodeObject.Header.NOT_READ, null);
        var inside = new Inspection(
                path,
                6_000_000,
                null,
                new ElfIdentity(64, true, 62, 3, 0, 0, 0),
                "librccl.so.1",
                List.of("libamdhip64.so.7"),
                null,
                null,
                7,
                new TreeSet<>(List.of(exported)),
                new TreeSet<>(),
                new DeviceCode(DeviceCode.Kind.EMBEDDED, List.of(object), null));
        return new BaseFacts.Copy(path, gpu.substring(3, 7).repeat(16), List.of(), inside);
    }

    private static BaseFacts base(BaseFacts.Copy... copies) {
        return new BaseFacts(BASE, 7, NEEDED, List.of(copies), List.of(new BaseFacts.Folder("/opt/rocm", 0755, 0, 0)));
    }

    private static final BaseFacts.Copy GOOD =
            copy("/opt/rocm/lib/librccl.so.1.0", "gfx1151", "ncclAllReduce", "ncclCommResume");

    @Test
    void autoKeepsTheBasesOwnWhenAllItsCopiesWouldDo() throws StrixhaloException {
        var choice = RcclChoice.of(Mode.auto, base(GOOD), Optional.empty(), "gfx1151");

        assertThat(choice.library()).isNull();
        assertThat(choice.facts())
                .containsEntry(RcclChoice.CHOICE, "stock")
                .containsEntry(RcclChoice.STOCK, "fit")
                .containsEntry(RcclChoice.SHA256, GOOD.sha256());
    }

    @Test
    void autoWantsOursWhenOneCopyHasNoCodeForTheGpuOrLacksASymbol() {
        for (var bad : List.of(
                copy("/opt/venv/lib/librccl.so.1", "gfx1100", "ncclAllReduce", "ncclCommResume"),
                copy("/opt/venv/lib/librccl.so.1", "gfx1151", "ncclAllReduce"))) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> RcclChoice.of(Mode.auto, base(GOOD, bad), Optional.empty(), "gfx1151"));

            assertThat(failure).hasMessage("The base's own librccl would not do, and there is no other one yet.");
            assertThat(failure.problems().get(0).found())
                    .anyMatch(line -> line.contains("/opt/venv/lib/librccl.so.1"))
                    .noneMatch(line -> line.contains("/opt/rocm"));
            assertThat(failure.problems())
                    .extracting(Problem::fixes)
                    .containsExactly(List.of("mvn strixhalo:build-rccl strixhalo:build-image"));
        }
    }

    @Test
    void nothingIsChosenForABaseWithoutALibrary() {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> RcclChoice.of(Mode.patched, base(), Optional.empty(), "gfx1151"));

        assertThat(failure).hasMessageStartingWith("The base image has no librccl");
    }

    @Test
    void oursIsNeverTakenUnseen() throws Exception {
        var ours = new RcclPackage(folder);
        Files.createDirectories(ours.library().getParent());
        Files.writeString(ours.library(), "no library");

        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> RcclChoice.of(Mode.patched, base(GOOD), Optional.of(ours), "gfx1151"));

        assertThat(failure).hasMessage("The library is damaged, or no library at all.");
    }

    @Test
    void whatLiesOverTheBaseIsALayerWithTheBasesOwnDirectories() throws StrixhaloException {
        var choice = new RcclChoice(
                folder.resolve("librccl.so.1.0"),
                List.of("/opt/rocm/lib/librccl.so.1.0"),
                List.of(new Recipe.Directory("/opt/rocm", 0700, 0, 0)),
                Map.of(RcclChoice.CHOICE, "patched"));
        var plain = Recipe.of(
                "strixhalo/vllm",
                BaseReference.parse("registry.example/vllm:1", folder),
                List.of(),
                List.of(new Recipe.Directory("/opt/rocm", 0755, 0, 0)),
                Map.of(),
                Map.of(),
                "1",
                null);

        var recipe = choice.in(plain);

        assertThat(recipe.layers()).extracting("purpose").containsExactly("librccl");
        assertThat(recipe.facts()).containsExactly(Map.entry(RcclChoice.CHOICE, "patched"));
        // What the user vouches for comes after what was seen.
        assertThat(recipe.directories()).extracting(Recipe.Directory::mode).containsExactly(0700, 0755);
        assertThat(RcclChoice.unseen().in(plain).layers()).isEmpty();
    }
}
