package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small files of ours with the conditions that RCCL has in its eras. */
class SourceLookTest {
    /** Since NCCL 2.18, moved in 2.21. */
    private static final String TRACE = """
            #ifdef ENABLE_COLLTRACE
            // comment
            #if defined(__gfx1100__) || defined(__gfx1101__)
              #define __trace_hwreg()
            #else
              #define __trace_hwreg() asm volatile("s_getreg_b32 %0, hwreg(HW_REG_HW_ID)" : "=s"(x))
            #endif
            #define traceColl(launch) { }
            #endif
            """;

    @TempDir
    Path tree;

    @BeforeEach
    void cmake() throws IOException {
        write("CMakeLists.txt", "project(rccl)\n");
    }

    private void write(String path, String text) throws IOException {
        var file = tree.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardCharsets.ISO_8859_1);
    }

    private SourceLook look() throws StrixhaloException {
        return SourceLook.at(tree, "gfx1151", true, true);
    }

    private StrixhaloException refused() {
        return catchThrowableOfType(StrixhaloException.class, this::look);
    }

    private void nccl213(String wave, String clock, String flush) throws IOException {
        write("makefiles/version.mk", "##### version\nNCCL_MAJOR   := 2\nNCCL_MINOR   := 13\nNCCL_PATCH   := 4\n");
        write("src/include/devcomm.h", """
                #ifndef NCCL_DEVICE_H_
                #if %s
                #define WARP_SIZE 32
                #else
                #define WARP_SIZE 64
                #endif
                #endif
                """.formatted(wave));
        write("src/collectives/device/common.h", """
                #ifdef ENABLE_COLLTRACE
                #if %s
                #define traceColl(fIdx) \\
                  collTrace->timeStamp = __builtin_readcyclecounter();
                #else
                #define traceColl(fIdx) \\
                  collTrace->timeStamp = __builtin_amdgcn_s_memrealtime();
                #endif
                #endif
                """.formatted(clock));
        write("src/collectives/device/prims_ll128.h", """
                #if %s
                      asm volatile ("buffer_wbinvl1_vol");
                #endif
                """.formatted(flush));
    }

    @Test
    void nccl213AsItIsKnowsItNowhere() throws IOException {
        nccl213(
                "defined(__gfx1030__)",
                "defined(__gfx1100__) || defined(__gfx1101__) || defined(__gfx1102__)",
                "!defined(__gfx1030__) && !defined(__gfx1100__)");

        var failure = refused();

        assertThat(failure.problems())
                .extracting(Problem::what)
                .containsExactly(
                        "The sources do not know gfx1151 in src/collectives/device/common.h: s_memrealtime is used, which this GPU does not have: the build would fail.",
                        "The sources do not know gfx1151 in src/include/devcomm.h: a wave would be taken for 64 lanes wide where it has 32: the library would compute nonsense.",
                        "The sources do not know gfx1151 in src/collectives/device/prims_ll128.h: an instruction is used that this GPU does not have: the build would fail.");
        assertThat(failure.problems().get(1).found()).containsExactly("line 2: #if defined(__gfx1030__)");
        assertThat(failure.problems().get(0).fixes())
                .anyMatch(fix -> fix.contains("defined(__gfx1151__)"))
                .anyMatch(fix -> fix.contains("<COLLTRACE>OFF</COLLTRACE>"));
    }

    @Test
    void nccl213Patched() throws Exception {
        nccl213(
                "defined(__gfx1030__) || defined(__gfx1151__)",
                "defined(__gfx1100__) || defined(__gfx1151__)",
                "!defined(__gfx1030__) && !defined(__gfx1151__)");

        assertThat(look().nccl()).isEqualTo("2.13.4");
        assertThat(look().known())
                .containsExactly(
                        "src/collectives/device/common.h line 3",
                        "src/include/devcomm.h line 3",
                        "src/collectives/device/prims_ll128.h line 2");
    }

    @Test
    void oneOfThreeIsNotEnough() throws IOException {
        nccl213("defined(__gfx1030__)", "defined(__gfx1151__)", "!defined(__gfx1151__)");

        assertThat(refused().problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.what()).contains("src/include/devcomm.h"));
    }

    @Test
    void switchedOffItLetsTheCompilerSpeak() throws Exception {
        nccl213("defined(__gfx1030__)", "defined(__gfx1151__)", "!defined(__gfx1030__)");

        assertThat(SourceLook.at(tree, "gfx1151", true, false).known())
                .containsExactly("src/collectives/device/common.h line 3");
    }

    @Test
    void nccl218() throws Exception {
        write("src/collectives/device/common.h", TRACE);

        assertThat(refused().problems()).singleElement().satisfies(problem -> {
            assertThat(problem.what())
                    .contains("src/collectives/device/common.h")
                    .contains("at the link");
            assertThat(problem.found()).containsExactly("line 3: #if defined(__gfx1100__) || defined(__gfx1101__)");
        });

        write("src/collectives/device/common.h", TRACE.replace("__gfx1101__", "__gfx1151__"));
        assertThat(look().known()).containsExactly("src/collectives/device/common.h line 4");
    }

    @Test
    void nccl221AndNewer() throws Exception {
        write("src/device/common.h", TRACE);
        assertThat(refused().problems().get(0).what()).contains("in src/device/common.h");

        write("src/device/common.h", TRACE.replace("__gfx1101__", "__gfx1151__"));
        assertThat(look()).isEqualTo(new SourceLook("unknown", java.util.List.of("src/device/common.h line 4")));
    }

    @Test
    void aConditionOverSeveralLines() throws Exception {
        var lines = "#if defined(__gfx1100__) || \\\n    defined(__gfx1101__) || \\\n    defined(__gfx1151__)\n";
        write("src/device/common.h", TRACE.replace("#if defined(__gfx1100__) || defined(__gfx1101__)\n", lines));
        assertThat(look().known()).containsExactly("src/device/common.h line 6");

        write(
                "src/device/common.h",
                TRACE.replace("#if defined(__gfx1100__) || defined(__gfx1101__)\n", lines.replace("1151", "1102")));
        assertThat(refused().problems().get(0).found())
                .containsExactly("line 3: #if defined(__gfx1100__) || defined(__gfx1101__) || defined(__gfx1102__)");
    }

    @Test
    void linesMayEndAsOnWindows() throws Exception {
        write("src/device/common.h", TRACE.replace("\n", "\r\n"));
        assertThat(refused()).isNotNull();
        write("src/device/common.h", TRACE.replace("__gfx1101__", "__gfx1151__").replace("\n", "\r\n"));
        assertThat(look().known()).hasSize(1);
    }

    @Test
    void aConditionBehindElif() throws Exception {
        var elif = TRACE.replace(
                "#if defined(__gfx1100__)", "#if defined(__gfx90a__)\n#define X\n#elif defined(__gfx1100__)");
        write("src/device/common.h", elif);
        assertThat(refused().problems().get(0).found())
                .containsExactly("line 5: #elif defined(__gfx1100__) || defined(__gfx1101__)");

        write("src/device/common.h", elif.replace("__gfx1101__", "__gfx1151__"));
        assertThat(look().known()).containsExactly("src/device/common.h line 6");
    }

    @Test
    void theNameOfTheGenerationWillDo() throws Exception {
        write("src/device/common.h", TRACE.replace("defined(__gfx1101__)", "defined(__GFX11__)"));
        assertThat(look().known()).hasSize(1);

        write("src/device/common.h", TRACE.replace("defined(__gfx1101__)", "defined(__GFX12__)"));
        assertThat(refused()).isNotNull();
    }

    @Test
    void aNameThatOnlyBeginsLikeItIsAnother() throws IOException {
        write("src/device/common.h", TRACE.replace("__gfx1101__", "__gfx11510__"));
        assertThat(refused()).isNotNull();
    }

    @Test
    void withoutTracingItDoesNotMatter() throws Exception {
        write("src/device/common.h", TRACE);

        assertThat(SourceLook.at(tree, "gfx1151", false, true).known()).isEmpty();
    }

    @Test
    void otherSourcesMayBeBuiltUnseen() throws Exception {
        write("src/device/common.h", "#define __trace_hwreg()\n");

        assertThat(look()).isEqualTo(new SourceLook("unknown", java.util.List.of()));
    }

    @Test
    void sourcesThatSayHalfTheirVersionSayNone() throws Exception {
        write("makefiles/version.mk", "NCCL_MAJOR := 2\n");

        assertThat(look().nccl()).isEqualTo("unknown");
    }

    @Test
    void withoutCMakeListsTheseAreNoSources() throws IOException {
        Files.delete(tree.resolve("CMakeLists.txt"));

        assertThat(refused()).hasMessage("These are no sources of RCCL: there is no CMakeLists.txt.");
    }
}
