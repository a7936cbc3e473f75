package dev.strixhalo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms of this module and who may look into which. */
@AnalyzeClasses(packages = "dev.strixhalo", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    @ArchTest
    static final ArchRule aRoomKnowsOnlyTheRoomsBeforeIt = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.strixhalo..")
            .layer("base")
            .definedBy("dev.strixhalo.base..")
            .layer("store")
            .definedBy("dev.strixhalo.store..")
            .optionalLayer("registry")
            .definedBy("dev.strixhalo.registry..")
            .layer("image")
            .definedBy("dev.strixhalo.image..")
            .layer("run")
            .definedBy("dev.strixhalo.run..")
            .whereLayer("base")
            .mayNotAccessAnyLayer()
            .whereLayer("store")
            .mayOnlyAccessLayers("base")
            .whereLayer("registry")
            .mayOnlyAccessLayers("base", "store")
            .whereLayer("image")
            .mayOnlyAccessLayers("base", "store")
            .whereLayer("run")
            .mayOnlyAccessLayers("base")
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule noRoomsKnowEachOther =
            slices().matching("dev.strixhalo.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule jibIsKnownToTheImageRoomAlone = noClasses()
            .that()
            .resideOutsideOfPackage("dev.strixhalo.image..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.cloud.tools..");

    @ArchTest
    static final ArchRule mavenAndSshAreUnknownHere = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.maven..", "org.codehaus.plexus..", "com.jcraft..");

    @ArchTest
    static final ArchRule environmentComesInThroughConstructors = noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class);
}
