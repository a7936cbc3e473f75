package dev.strixhalo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.apache.maven.plugins.annotations.Mojo;

/** The rooms of the library and of this module together, and who may look into which. */
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
            .layer("rccl")
            .definedBy("dev.strixhalo.rccl..")
            .layer("cluster")
            .definedBy("dev.strixhalo.cluster..")
            .layer("remote")
            .definedBy("dev.strixhalo.remote..")
            .layer("host")
            .definedBy("dev.strixhalo.host..")
            .optionalLayer("rdma")
            .definedBy("dev.strixhalo.rdma..")
            .layer("doctor")
            .definedBy("dev.strixhalo.doctor..")
            .optionalLayer("prepare")
            .definedBy("dev.strixhalo.prepare..")
            .layer("librccl")
            .definedBy("dev.strixhalo.librccl..")
            .optionalLayer("deploy")
            .definedBy("dev.strixhalo.deploy..")
            .optionalLayer("verify")
            .definedBy("dev.strixhalo.verify..")
            .optionalLayer("serve")
            .definedBy("dev.strixhalo.serve..")
            .layer("plugin")
            .definedBy("dev.strixhalo.plugin..")
            .whereLayer("rccl")
            .mayOnlyAccessLayers("base", "run")
            .whereLayer("cluster")
            .mayOnlyAccessLayers("base")
            .whereLayer("remote")
            .mayOnlyAccessLayers("base", "cluster")
            .whereLayer("host")
            .mayOnlyAccessLayers("base", "run", "cluster", "remote")
            .whereLayer("rdma")
            .mayOnlyAccessLayers("base", "run", "cluster", "remote", "host")
            .whereLayer("doctor")
            .mayOnlyAccessLayers("base", "run", "cluster", "remote", "host")
            .whereLayer("prepare")
            .mayOnlyAccessLayers("base", "run", "cluster", "remote", "host", "doctor")
            .whereLayer("librccl")
            .mayOnlyAccessLayers("base", "rccl", "image", "run", "cluster", "remote", "host")
            .whereLayer("deploy")
            .mayOnlyAccessLayers(
                    "base", "store", "registry", "image", "run", "rccl", "cluster", "remote", "host", "librccl", "rdma")
            .whereLayer("verify")
            .mayOnlyAccessLayers("base", "run", "cluster", "remote", "host", "rdma", "deploy")
            .whereLayer("serve")
            .mayOnlyAccessLayers("base", "run", "cluster", "remote", "host", "rdma", "deploy")
            .whereLayer("plugin")
            .mayNotBeAccessedByAnyLayer()
            .ensureAllClassesAreContainedInArchitecture();

    @ArchTest
    static final ArchRule noRoomsKnowEachOther =
            slices().matching("dev.strixhalo.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule mavenIsKnownToTheGoalsAlone = noClasses()
            .that()
            .resideOutsideOfPackage("dev.strixhalo.plugin..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.maven..", "org.codehaus.plexus..", "javax.inject..");

    @ArchTest
    static final ArchRule sshIsKnownToTheRemoteRoomAlone = noClasses()
            .that()
            .resideOutsideOfPackage("dev.strixhalo.remote..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.jcraft..");

    @ArchTest
    static final ArchRule jibIsKnownToTheImageRoomAlone = noClasses()
            .that()
            .resideOutsideOfPackage("dev.strixhalo.image..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.google.cloud.tools..");

    @ArchTest
    static final ArchRule environmentComesInThroughConstructors = noClasses()
            .should()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule everyGoalReportsThroughGoal = classes()
            .that()
            .haveSimpleNameEndingWith("Mojo")
            .and()
            .doNotHaveSimpleName("HelpMojo")
            .should()
            .beAnnotatedWith(Mojo.class)
            .andShould()
            .beAssignableTo("dev.strixhalo.plugin.Goal");
}
