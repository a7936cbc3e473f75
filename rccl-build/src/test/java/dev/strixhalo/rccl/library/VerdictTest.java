package dev.strixhalo.rccl.library;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.rccl.elf.ElfWriter;
import dev.strixhalo.rccl.elf.LocalFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerdictTest {
    @TempDir
    private Path folder;

    private Inspection inspect(ElfWriter writer) throws Exception {
        var path = writer.write(folder.resolve("librccl.so.1.0"));
        return Inspection.of(new LocalFiles(), path.toString(), Inspection::isNccl);
    }

    @Test
    void aLibraryThatDoesIsToldInOneLine() throws Exception {
        var verdict = Verdict.of(
                inspect(ElfWriter.fit()),
                Wanted.onStrixHalo().withHip(5).withSymbols(List.of("ncclAllReduce", "ncclGetVersion")));

        assertThat(verdict.fit()).isTrue();
        assertThat(verdict.summary()).startsWith("librccl.so.1, gfx1151, HIP 5, 2 nccl symbols, ");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws Exception {
        var library = ElfWriter.fit().soname("libother.so.1").runpath("::::/build/rccl/lib");

        var verdict = Verdict.of(
                inspect(library),
                new Wanted("gfx1100", 7, new java.util.TreeSet<>(List.of("ncclCommResume", "ncclGetVersion"))));

        assertThat(verdict.fit()).isFalse();
        assertThat(verdict.problems())
                .extracting(Problem::what)
                .hasSize(5)
                .anyMatch(what -> what.contains("not librccl.so.1"))
                .anyMatch(what -> what.contains("no gfx1100 code, only gfx1151"))
                .anyMatch(what -> what.contains("wants HIP 5, and HIP 7 is there"))
                .anyMatch(what -> what.contains("lacks 1 of the 2 symbols") && what.contains("ncclCommResume"))
                .anyMatch(what -> what.contains("RUNPATH"));
        assertThat(verdict.problems())
                .allSatisfy(problem -> assertThat(problem.fixes()).isNotEmpty());
    }

    @Test
    void theRunpathOfAnInstalledLibraryIsClean() throws Exception {
        for (var path : List.of("$ORIGIN", "$ORIGIN/../lib:/opt/rocm/lib", "/usr/lib/x86_64-linux-gnu")) {
            assertThat(Verdict.of(inspect(ElfWriter.fit().runpath(path)), Wanted.onStrixHalo())
                            .fit())
                    .as(path)
                    .isTrue();
        }
    }

    @Test
    void aLibraryWithoutGpuCodeOrHipIsNone() throws Exception {
        var verdict = Verdict.of(inspect(new ElfWriter().exports("ncclSend")), Wanted.onStrixHalo());

        assertThat(verdict.problems())
                .extracting(Problem::what)
                .anyMatch(what -> what.contains("no GPU code at all"))
                .anyMatch(what -> what.contains("HIP runtime"));
    }

    @Test
    void anInspectionIsTheSameAfterItWasWrittenAndRead() throws Exception {
        var files = new LocalFiles();
        var seen = inspect(ElfWriter.fit()).withSha256(files);

        var json = RecordFile.json();
        assertThat(json.readValue(json.writeValueAsString(seen), Inspection.class))
                .isEqualTo(seen);
    }
}
