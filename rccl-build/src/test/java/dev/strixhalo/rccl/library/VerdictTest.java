package dev.strixhalo.rccl.library;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Problem;
import dev.strixhalo.rccl.elf.BundleWriter;
import dev.strixhalo.rccl.elf.DeviceCode;
import dev.strixhalo.rccl.elf.ElfWriter;
import dev.strixhalo.rccl.elf.MemoryFiles;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final String PATH = "/lib/librccl.so.1.0";

    private static ElfWriter rccl() {
        return new ElfWriter()
                .soname("librccl.so.1")
                .needed("libamdhip64.so.7", "libc.so.6")
                .exports("ncclSend")
                .exports("pncclSend")
                .exports("main")
                .wants("hipLaunchKernel");
    }

    private static ElfWriter rcclFor(String target, int flags) {
        return rccl().section(
                        ".hip_fatbin", BundleWriter.hip().with(target, flags).plain());
    }

    private static Inspection inspect(ElfWriter writer) throws Exception {
        return Inspection.of(MemoryFiles.of(writer.bytes()), PATH, Inspection::isNccl);
    }

    private static List<String> sentences(ElfWriter writer, Wanted wanted) throws Exception {
        return Verdict.of(inspect(writer), wanted).problems().stream()
                .map(Problem::sentence)
                .toList();
    }

    @Test
    void aLibraryForStrixHaloIsFit() throws Exception {
        var verdict = Verdict.of(
                inspect(rcclFor("gfx1151", 0x4a)),
                Wanted.onStrixHalo().withHip(7).withSymbols(Set.of("ncclSend")));
        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.fit()).isTrue();
        assertThat(verdict.summary()).isEqualTo("librccl.so.1, gfx1151, HIP 7, 2 nccl symbols, 10 kB");
    }

    @Test
    void namesTheTargetsThatItHasInstead() throws Exception {
        assertThat(sentences(rcclFor("gfx1100", 0x41), Wanted.onStrixHalo()))
                .containsExactly(
                        "The library has no gfx1151 code, only gfx1100: no kernel of it would start on that GPU.");
        assertThat(sentences(rccl(), Wanted.onStrixHalo()))
                .containsExactly("The library has no GPU code at all, neither inside nor in kpack files beside it.");
    }

    @Test
    void doesNotBelieveTheNameOfACodeObject() throws Exception {
        assertThat(sentences(rcclFor("gfx1151", 0x41), Wanted.onStrixHalo()))
                .containsExactly("The library's code for gfx1151 is not for gfx1151: the GPU would refuse it.");
    }

    @Test
    void hipMustBeTheOneThatIsThere() throws Exception {
        assertThat(sentences(rcclFor("gfx1151", 0x4a), Wanted.onStrixHalo().withHip(6)))
                .containsExactly("The library wants HIP 7, and HIP 6 is there: it could not be loaded.");
        var none = new ElfWriter()
                .soname("librccl.so.1")
                .section(".hip_fatbin", BundleWriter.hip().with("gfx1151", 0x4a).plain());
        assertThat(sentences(none, Wanted.onStrixHalo()))
                .containsExactly("The library does not name the HIP runtime among the libraries that it wants.");
    }

    @Test
    void missingSymbolsAreAllNamedAndTheFirstTenInTheSentence() throws Exception {
        var names = new TreeSet<String>(Set.of("ncclSend"));
        IntStream.range(10, 22).forEach(i -> names.add("ncclNew" + i));
        var problem = Verdict.of(
                        inspect(rcclFor("gfx1151", 0x4a)), Wanted.onStrixHalo().withSymbols(names))
                .problems()
                .get(0);
        assertThat(problem.sentence())
                .startsWith("The library lacks 12 of the 13 symbols that others need from it: ncclNew10, ncclNew11,")
                .endsWith("ncclNew19 and 2 more.");
        assertThat(problem.found()).hasSize(12).contains("missing: ncclNew21");
        assertThat(problem.fixes()).isNotEmpty();
    }

    @Test
    void theRunpathOfABuildTreeIsRefused() throws Exception {
        assertThat(Verdict.of(inspect(rcclFor("gfx1151", 0x4a).runpath("/tmp/build/lib::::")), Wanted.onStrixHalo())
                        .problems()
                        .get(0)
                        .found())
                .containsExactly(
                        "RUNPATH /tmp/build/lib::::",
                        "folder of a build: /tmp/build/lib",
                        "4 empty elements: the working directory");
        assertThat(sentences(rcclFor("gfx1151", 0x4a).runpath("$ORIGIN:/opt/rocm-7.1/lib"), Wanted.onStrixHalo()))
                .isEmpty();
        assertThat(SearchPath.faults("lib:/optional")).hasSize(2);
    }

    @Test
    void anotherMachinesLibraryIsJudgedNoFurther() throws Exception {
        assertThat(sentences(rccl().machine(183), Wanted.onStrixHalo()))
                .singleElement()
                .asString()
                .startsWith("The library is no library that can be loaded here");
        assertThat(inspect(rccl().bits32()).elf().inWords()).isEqualTo("ELF32 x86-64 shared object");
        assertThat(sentences(rccl().type(2), Wanted.onStrixHalo())).hasSize(1);
    }

    @Test
    void anotherLibraryIsNotRccl() throws Exception {
        assertThat(sentences(rcclFor("gfx1151", 0x4a).soname("librocblas.so.4"), Wanted.onStrixHalo()))
                .containsExactly("The library is not librccl.so.1: nothing that is linked against RCCL would find it.");
    }

    @Test
    void aKpackThatIsNotThereIsNamed() throws Exception {
        var pattern = "../.kpack/r_@GFXARCH@.kpack";
        var reference = ("\u0081\u00b2kpack_search_paths\u0091\u00bb" + pattern).getBytes(ISO_8859_1);
        var library = inspect(rccl().section(".rocm_kpack_ref", reference));
        assertThat(library.device().kind()).isEqualTo(DeviceCode.Kind.KPACK);
        var problem = Verdict.of(library, Wanted.onStrixHalo()).problems().get(0);
        assertThat(problem.sentence()).contains("kpack files, and the one for gfx1151 is not there");
        assertThat(problem.found()).contains("looked for " + pattern, "there: none");
    }

    @Test
    void asJsonItIsTheRecordAndComesBack() throws Exception {
        var verdict = Verdict.of(
                inspect(rcclFor("gfx1151", 0x4a).runpath(":")),
                Wanted.onStrixHalo().withHip(6));
        var json = new ObjectMapper().writeValueAsString(verdict);
        assertThat(json).startsWith("{\"fit\":false,\"summary\":\"librccl.so.1, gfx1151, HIP 7");
        assertThat(new ObjectMapper().readValue(json, Verdict.class)).isEqualTo(verdict);
    }

    @Test
    void theChecksumIsAStepOfItsOwn() throws Exception {
        var files = MemoryFiles.of(rccl().bytes());
        var library = Inspection.of(files, PATH, Inspection::isNccl);
        assertThat(library.sha256()).isNull();
        assertThat(library.exported()).containsExactly("ncclSend", "pncclSend");
        assertThat(library.undefined()).isEmpty();
        assertThat(library.withSha256(files).sha256()).matches("[0-9a-f]{64}");
        files.with(PATH, new byte[3]);
        assertThatThrownBy(() -> library.withSha256(files)).hasMessageContaining("changed");
    }

    @Test
    void wantedRefusesWhatIsNoGpu() {
        assertThatThrownBy(() -> new Wanted("gfx1151:xnack+", null, new TreeSet<>()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Wanted.onStrixHalo().withHip(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
