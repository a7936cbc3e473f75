package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.rccl.toolchain.ToolchainFacts.Demands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildTreesTest {
    @TempDir
    Path sources;

    @BeforeEach
    void aTree() throws Exception {
        Files.createDirectories(sources.resolve("test"));
        // Not built, so what it wants does not count.
        Files.writeString(sources.resolve("test/CMakeLists.txt"), "cmake_minimum_required(VERSION 99.1)\n");
        Files.writeString(sources.resolve("CMakeLists.txt"), "project(rccl)\n");
    }

    private Demands demands(String... option) throws Exception {
        var options = option.length == 0 ? Map.<String, String>of() : Map.of(option[0], option[1]);
        return BuildTrees.demands(sources, BuildOptions.of("gfx1151", options, false, true));
    }

    @Test
    void sourcesThatSayNothingDemandNothing() throws Exception {
        assertThat(demands()).isEqualTo(new Demands(false, false, null));
    }

    @ParameterizedTest
    @CsvSource({
        "cmake_minimum_required(VERSION 3.16), 3.16",
        "'  CMAKE_MINIMUM_REQUIRED ( VERSION 3.5.1 FATAL_ERROR )', 3.5.1",
        "cmake_minimum_required(VERSION 3.16...3.30), 3.16",
        "# cmake_minimum_required(VERSION 3.16),",
        "cmake_minimum_required(VERSION ${LEAST}),"
    })
    void theOldestCMakeIsThatOfTheTop(String line, String least) throws Exception {
        Files.writeString(sources.resolve("CMakeLists.txt"), "# RCCL\n" + line + "\nproject(rccl)\n");

        assertThat(demands().cmake()).isEqualTo(least);
    }

    @Test
    void whatAnOptionGivesIsNotDemanded() throws Exception {
        Files.writeString(
                sources.resolve("test/version.cmake"), "file(READ \"${ROCM_PATH}/.info/version\" v)\nhipify-perl\n");

        assertThat(demands()).isEqualTo(new Demands(true, true, null));
        assertThat(demands("EXPLICIT_ROCM_VERSION", "7.1.0").rocmVersion()).isFalse();
    }

    @Test
    void aLinkThatLeadsNowhereIsNoLibrary() throws Exception {
        var lib = Files.createDirectories(sources.resolve("usr/lib"));
        Files.createSymbolicLink(lib.resolve("librccl.so.1"), Path.of("librccl.so.1.0"));
        assertThatThrownBy(() -> BuildTrees.installed(sources, "librccl.so.1"))
                .hasMessage("The build ended well and installed no librccl.so.1.");

        var file = Files.createFile(lib.resolve("librccl.so.1.0"));
        assertThat(BuildTrees.installed(sources, "librccl.so.1")).isEqualTo(file.toRealPath());
    }
}
