package dev.strixhalo.it.rccl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class ElfComparisonTest {
    private static final Path LIBRARIES = Path.of("/usr/lib/x86_64-linux-gnu");

    @Test
    @EnabledIf(value = "toolsAreHere", disabledReason = "no readelf, nm or libraries of Debian on this machine")
    void readsThisMachinesLibrariesAsBinutilsDo() throws Exception {
        var result = new ElfComparison(null).compare(LIBRARIES, 60);
        assertThat(result.differences()).isEmpty();
        assertThat(result.files()).isPositive();
        assertThat(result.symbols()).isPositive();
    }

    static boolean toolsAreHere() {
        return Files.isDirectory(LIBRARIES)
                && Files.isExecutable(Path.of("/usr/bin/readelf"))
                && Files.isExecutable(Path.of("/usr/bin/nm"));
    }
}
