package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sources in the shape of RCCL's eras, reduced to the conditions that matter. */
class SourceLookTest {
    private static final String NEW = "src/device/common.h";
    private static final String OLD = "src/collectives/device/common.h";
    private static final String HWREG = """
            #ifdef OTHER
            #endif
            #if %s
            #define __trace_hwreg()
            #else
            #define __trace_hwreg() asm volatile ("s_getreg_b32 %%0, hwreg(HW_REG_HW_ID)" : "=s" (x));
            #endif
            """;

    @TempDir
    private Path tree;

    @BeforeEach
    void aProject() throws Exception {
        write("CMakeLists.txt", "project(rccl)\n");
        write("makefiles/version.mk", "NCCL_MAJOR   := 2\nNCCL_MINOR   := 28\nNCCL_PATCH   := 3\n");
    }

    private void write(String path, String text) throws Exception {
        Files.createDirectories(tree.resolve(path).resolveSibling("."));
        Files.writeString(tree.resolve(path), text);
    }

    private SourceLook look() throws StrixhaloException {
        return SourceLook.at(tree, "gfx1151", true, true);
    }

    @Test
    void newSourcesThatNameTheGpuOrItsGenerationPass() throws Exception {
        for (var condition : new String[] {
            "defined(__gfx1100__) || defined(__gfx1151__)",
            "defined(__GFX11__)",
            "defined(__gfx1100__) || \\\n    defined(__gfx1151__)"
        }) {
            write(NEW, HWREG.formatted(condition));
            assertThat(look().known()).as(condition).hasSize(1);
        }
        assertThat(look().nccl()).isEqualTo("2.28.3");
    }

    @Test
    void newSourcesThatDoNotAreRefusedWithTheConditionAndTwoWaysOut() throws Exception {
        for (var file : new String[] {NEW, OLD}) {
            write(file, HWREG.formatted("defined(__gfx1100__) || defined(__gfx1200__)"));
            var failure = catchThrowableOfType(StrixhaloException.class, this::look);

            assertThat(failure).hasMessageContaining("The sources do not know gfx1151 in " + file);
            assertThat(failure.problems().get(0).found())
                    .containsExactly("line 3: #if defined(__gfx1100__) || defined(__gfx1200__)");
            assertThat(failure.problems().get(0).fixes())
                    .anyMatch(fix -> fix.contains("defined(__gfx1151__)"))
                    .anyMatch(fix -> fix.contains("<COLLTRACE>OFF</COLLTRACE>"));
            Files.delete(tree.resolve(file));
        }
    }

    @Test
    void withoutTracingItsConditionDoesNotMatterAndWhoeverWantsMaySwitchTheLookOff() throws Exception {
        write(NEW, HWREG.formatted("defined(__gfx1100__)"));

        assertThat(SourceLook.at(tree, "gfx1151", false, true).known()).isEmpty();
        assertThat(SourceLook.at(tree, "gfx1151", true, false).known()).isEmpty();
    }

    @Test
    void oldSourcesAreLookedAtInAllThreePlaces() throws Exception {
        write(OLD, "#if defined(__gfx1100__)\n#define traceColl(x) a\n#else\n#define traceColl(x) b\n#endif\n");
        write(
                "src/include/devcomm.h",
                "#if defined(__gfx1030__)\n#define WARP_SIZE 32\n#else\n#define WARP_SIZE 64\n#endif\n");
        write(
                "src/collectives/device/prims_ll128.h",
                "#if !defined(__gfx1030__)\n  asm volatile(\"buffer_wbinvl1_vol\");\n#endif\n");

        var failure = catchThrowableOfType(StrixhaloException.class, this::look);

        assertThat(failure.problems()).extracting(Problem::what).hasSize(3);
        write(OLD, "#if defined(__gfx1151__)\n#define traceColl(x) a\n#endif\n");
        write("src/include/devcomm.h", "#if defined(__gfx1151__)\n#define WARP_SIZE 32\n#endif\n");
        write(
                "src/collectives/device/prims_ll128.h",
                "#if 0\n#elif !defined(__gfx1030__) && !defined(__gfx1151__)\nbuffer_wbinvl1_vol\n#endif\n");
        assertThat(look().known()).hasSize(3);
    }

    @Test
    void ofSourcesWithoutAKnownConditionNothingIsClaimed() throws Exception {
        write(NEW, "#define __trace_hwreg()\n");

        assertThat(look().known()).isEmpty();
    }

    @Test
    void whatIsNoProjectIsRefused() throws Exception {
        Files.delete(tree.resolve("CMakeLists.txt"));

        assertThat(catchThrowableOfType(StrixhaloException.class, this::look))
                .hasMessageStartingWith("These are no sources of RCCL");
    }
}
