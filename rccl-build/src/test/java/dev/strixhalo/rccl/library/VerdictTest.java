package dev.strixhalo.rccl.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.rccl.elf.ElfWriter;
import dev.strixhalo.rccl.elf.GpuCode;
import dev.strixhalo.rccl.elf.MemoryFiles;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    private static final String PATH = "/opt/rocm/lib/librccl.so.1.0";
    private static final Wanted WANTED =
            Wanted.onStrixHalo().withHip(7).withSymbols(List.of("ncclSend", "ncclAllReduce"));

    @Test
    void aLibraryThatHasEverythingWillDo() throws Exception {
        var verdict = judge(ElfWriter.rccl().runpath("$ORIGIN:$ORIGIN/../lib64:/opt/rocm/lib:${ORIGIN}"));
        assertThat(verdict.problems()).isEmpty();
        assertThat(verdict.fit()).isTrue();
        assertThat(verdict.summary()).startsWith("librccl.so.1, gfx1151, HIP 7, 5 nccl symbols, ");
    }

    @Test
    void nothingIsAskedOfHipOrSymbolsWhenNobodyKnowsThem() throws Exception {
        assertThat(judge(ElfWriter.rccl(), Wanted.onStrixHalo()).fit()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "32, true, 3, 3, ELF32 i386 shared object",
        "64, true, 183, 3, ELF64 AArch64 shared object",
        "64, true, 62, 1, ELF64 x86-64 object file",
        "64, false, 21, 3, ELF64 ppc64 shared object"
    })
    void ofALibraryForAnotherMachineNothingElseIsSaid(int bits, boolean little, int machine, int type, String found)
            throws Exception {
        var problem = onlyOne(judge(ElfWriter.library("other").kind(bits, little, machine, type)));
        assertThat(problem.what())
                .isEqualTo("The library cannot be loaded here: an ELF64 x86-64 shared object is wanted.");
        assertThat(problem.found()).containsExactly(found);
    }

    @Test
    void anotherSonameOrNoneIsToldWithWhatWasFound() throws Exception {
        var other = onlyOne(judge(named("librccl.so.2")));
        assertThat(other.what())
                .isEqualTo("The library is not librccl.so.1: nothing that is linked against RCCL would find it.");
        assertThat(other.found()).containsExactly("SONAME librccl.so.2");
        assertThat(onlyOne(judge(named(""))).found()).containsExactly("no SONAME");
        assertThat(judge(named("")).summary()).startsWith("ELF64 x86-64 shared object, gfx1151, HIP 7, ");
    }

    @Test
    void aLibraryWithoutCodeForAnyGpuIsRefused() throws Exception {
        var problem = onlyOne(judge(ElfWriter.rccl().fatbin(new byte[4096])));
        assertThat(problem.what())
                .isEqualTo("The library has no GPU code at all, neither inside nor in kpack files beside it.");
        assertThat(problem.fixes()).containsExactly("build it for gfx1151: mvn strixhalo:build-rccl");
        assertThat(judge(ElfWriter.rccl().fatbin(new byte[4096])).summary()).contains("no GPU code");
    }

    @Test
    void codeForAnotherGpuOnlyIsNamed() throws Exception {
        var other = new GpuCode().with("gfx1100", GpuCode.GFX1100).with("gfx942:xnack-", 0x4c);
        for (var bundle : List.of(other.plain(), other.zstd(2), other.zstd(3))) {
            var problem = onlyOne(judge(ElfWriter.rccl().fatbin(bundle)));
            assertThat(problem.what())
                    .isEqualTo("The library has no gfx1151 code, only gfx1100, gfx942:xnack-: no kernel of it would"
                            + " start on that GPU.");
        }
    }

    @Test
    void codeThatIsNotForTheGpuOfItsEntryIsTold() throws Exception {
        var mislabelled = new GpuCode().with("gfx1151", GpuCode.GFX1100);
        var problem = onlyOne(
                judge(ElfWriter.rccl().fatbin(GpuCode.oneAfterAnother(mislabelled.plain(), mislabelled.zstd(3)))));
        assertThat(problem.what())
                .isEqualTo("The library's code for gfx1151 is not for gfx1151: the GPU would refuse it.");
        assertThat(problem.found()).containsExactly("hipv4-amdgcn-amd-amdhsa--gfx1151 has e_flags 0x41, gfx1100");
    }

    @Test
    void aKpackFileThatIsMissingIsNamedByItsPattern() throws Exception {
        var split = ElfWriter.rccl()
                .fatbin(new byte[4096])
                .section(".rocm_kpack_ref", GpuCode.kpackReference(".kpack/rccl_lib_@GFXARCH@.kpack"));
        var files = MemoryFiles.with(PATH, split.build());
        files.and("/opt/rocm/lib/.kpack/rccl_lib_gfx1100.kpack", new byte[1]);
        var problem = onlyOne(Verdict.of(Inspection.of(files, PATH, Inspection::isNccl), WANTED));
        assertThat(problem.what())
                .isEqualTo("The library's GPU code lies in kpack files, and the one for gfx1151 is not there: every"
                        + " collective would fail on a Strix Halo.");
        assertThat(problem.found()).containsExactly("looked for .kpack/rccl_lib_@GFXARCH@.kpack", "there: gfx1100");

        files.and("/opt/rocm/lib/.kpack/rccl_lib_gfx1151.kpack", new byte[1]);
        assertThat(Verdict.of(Inspection.of(files, PATH, Inspection::isNccl), WANTED)
                        .fit())
                .isTrue();
    }

    @Test
    void anotherHipOrNoneIsTold() throws Exception {
        var another = onlyOne(judge(ElfWriter.rccl(), WANTED.withHip(6)));
        assertThat(another.what()).isEqualTo("The library wants HIP 7, and HIP 6 is there: it could not be loaded.");
        assertThat(another.found()).containsExactly("NEEDED libamdhip64.so.7");
        var none = ElfWriter.library("librccl.so.1")
                .needed("libc.so.6", "libamdhip64.so")
                .exports("ncclSend", "ncclAllReduce")
                .fatbin(strixHalo());
        assertThat(onlyOne(judge(none)).found()).containsExactly("NEEDED libc.so.6 libamdhip64.so");
        assertThat(judge(none).summary()).contains(", no HIP, ");
    }

    @Test
    void missingSymbolsAreNamedAllOfThemBelowAndTenInTheSentence() throws Exception {
        var one = onlyOne(judge(ElfWriter.rccl(), WANTED.withSymbols(List.of("ncclSend", "ncclCommResume"))));
        assertThat(one.what())
                .isEqualTo("The library lacks 1 of the 2 symbols that others need from it: ncclCommResume.");
        var many = IntStream.range(10, 25).mapToObj(i -> "ncclNew" + i).toList();
        var problem = onlyOne(judge(ElfWriter.rccl(), WANTED.withSymbols(many)));
        assertThat(problem.what())
                .contains("lacks 15 of the 15", "ncclNew19 and 5 more.")
                .doesNotContain("ncclNew20");
        assertThat(problem.found()).hasSize(15).last().isEqualTo("missing: ncclNew24");
    }

    @Test
    void aSymbolThatIsWantedOrHiddenIsNotOffered() throws Exception {
        var library = ElfWriter.library("librccl.so.1")
                .needed("libamdhip64.so.7")
                .exports("ncclSend@V1")
                .wants("ncclAllReduce")
                .fatbin(strixHalo());
        assertThat(onlyOne(judge(library)).found()).containsExactly("missing: ncclAllReduce");
    }

    @ParameterizedTest
    @ValueSource(strings = {"::::", "/home/ci/rccl/build/lib", "/tmp/x:$ORIGIN", "lib:/opt/rocm/lib", "/optional/lib"})
    void aRunpathOfABuildTreeIsNamed(String path) throws Exception {
        var runpath = onlyOne(judge(ElfWriter.rccl().runpath(path)));
        assertThat(runpath.what()).startsWith("The library's RUNPATH is that of a build tree: ");
        assertThat(runpath.found()).first().isEqualTo("RUNPATH " + path);
        assertThat(onlyOne(judge(ElfWriter.rccl().rpath(path))).what()).startsWith("The library's RPATH is ");
    }

    @Test
    void everyKindOfFaultInARunpathHasItsLine() throws Exception {
        assertThat(onlyOne(judge(ElfWriter.rccl().runpath("::::"))).found())
                .containsExactly("RUNPATH ::::", "5 empty elements: the working directory");
        assertThat(onlyOne(judge(ElfWriter.rccl().runpath("/build/x:lib:$ORIGIN")))
                        .found())
                .containsExactly(
                        "RUNPATH /build/x:lib:$ORIGIN",
                        "folder of a build: /build/x",
                        "relative to wherever a program is started: lib");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws Exception {
        var library = ElfWriter.library("librccl.so.2")
                .needed("libamdhip64.so.5")
                .runpath("::::")
                .fatbin(new GpuCode().with("gfx1100", GpuCode.GFX1100).zstd(2));
        var verdict = judge(library);
        assertThat(verdict.fit()).isFalse();
        assertThat(verdict.problems())
                .extracting(problem -> problem.what().split("[:,]", 2)[0])
                .containsExactly(
                        "The library is not librccl.so.1",
                        "The library has no gfx1151 code",
                        "The library wants HIP 5",
                        "The library lacks 2 of the 2 symbols that others need from it",
                        "The library's RUNPATH is that of a build tree");
        assertThat(verdict.problems()).allSatisfy(problem -> {
            assertThat(problem.found()).isNotEmpty();
            assertThat(problem.fixes()).isNotEmpty();
        });
    }

    @Test
    void aVerdictAndAnInspectionComeBackFromJsonAsTheyWere() throws Exception {
        var kpack = ElfWriter.library("").section(".rocm_kpack_ref", GpuCode.kpackReference("@GFXARCH@.kpack"));
        for (var writer : List.of(ElfWriter.rccl().runpath("::::").rpath("x"), kpack, ElfWriter.library("none"))) {
            var verdict = judge(writer);
            assertThat(backFromJson(verdict.library(), Inspection.class)).isEqualTo(verdict.library());
            assertThat(backFromJson(verdict, Verdict.class)).isEqualTo(verdict);
        }
        var files = MemoryFiles.with(PATH, ElfWriter.rccl().build());
        var summed = Inspection.of(files, PATH, Inspection::isNccl).withSha256(files);
        assertThat(summed.sha256()).matches("[0-9a-f]{64}");
        assertThat(backFromJson(summed, Inspection.class)).isEqualTo(summed);
    }

    private static <T> T backFromJson(T value, Class<T> type) throws Exception {
        var json = RecordFile.json();
        return json.readValue(json.writeValueAsString(value), type);
    }

    /** As {@link ElfWriter#rccl} with another name. */
    private static ElfWriter named(String soname) {
        return ElfWriter.library(soname)
                .needed("libamdhip64.so.7")
                .exports("ncclSend", "ncclAllReduce")
                .fatbin(strixHalo());
    }

    private static byte[] strixHalo() {
        return new GpuCode().with("gfx1151", GpuCode.GFX1151).plain();
    }

    private static Verdict judge(ElfWriter writer) throws Exception {
        return judge(writer, WANTED);
    }

    private static Verdict judge(ElfWriter writer, Wanted wanted) throws Exception {
        var files = MemoryFiles.with(PATH, writer.build());
        return Verdict.of(Inspection.of(files, PATH, Inspection::isNccl), wanted);
    }

    private static Problem onlyOne(Verdict verdict) {
        assertThat(verdict.fit()).isFalse();
        assertThat(verdict.problems()).hasSize(1);
        return verdict.problems().get(0);
    }
}
