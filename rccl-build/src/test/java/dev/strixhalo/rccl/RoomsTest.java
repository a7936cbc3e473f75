package dev.strixhalo.rccl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of this module and who may look into which. */
@AnalyzeClasses(packages = "dev.strixhalo", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    @ArchTest
    static final ArchRule aRoomKnowsOnlyTheRoomsBeforeIt = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(
                    "dev.strixhalo.rccl..", "dev.strixhalo.base..", "dev.strixhalo.run..")
            .layer("base")
            .definedBy("dev.strixhalo.base..")
            .layer("run")
            .definedBy("dev.strixhalo.run..")
            .layer("elf")
            .definedBy("dev.strixhalo.rccl.elf..")
            .layer("library")
            .definedBy("dev.strixhalo.rccl.library..")
            .layer("source")
            .definedBy("dev.strixhalo.rccl.source..")
            .layer("toolchain")
            .definedBy("dev.strixhalo.rccl.toolchain..")
            .layer("build")
            .definedBy("dev.strixhalo.rccl.build..")
            .whereLayer("elf")
            .mayNotAccessAnyLayer()
            .whereLayer("library")
            .mayOnlyAccessLayers("base", "elf")
            .whereLayer("source")
            .mayOnlyAccessLayers("base")
            .whereLayer("toolchain")
            .mayOnlyAccessLayers("base", "run")
            .whereLayer("build")
            .mayOnlyAccessLayers("base", "elf", "library", "source", "toolchain");

    @ArchTest
    static final ArchRule ofTheContainerLibraryOnlyBaseAndRunAreKnown = noClasses()
            .that()
            .resideInAPackage("dev.strixhalo.rccl..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.strixhalo.image..", "dev.strixhalo.store..", "dev.strixhalo.registry..");

    @ArchTest
    static final ArchRule neitherMavenNorJibNorSshIsKnownHere = noClasses()
            .that()
            .resideInAPackage("dev.strixhalo.rccl..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.maven..", "org.codehaus.plexus..", "com.jcraft..", "com.google.cloud.tools..");

    @ArchTest
    static final ArchRule environmentComesInThroughConstructors = noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class);
}
