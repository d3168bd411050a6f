package dev.sluice.controller;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses classes = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.sluice.controller");

    @Test
    void grpcStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..rpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("csi.v1..", "io.grpc..", "com.google.protobuf..")
                .check(classes);
    }

    @Test
    void kubernetesStaysInTheApiPackageAndMain() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..controller.api..")
                .and()
                .haveSimpleNameNotEndingWith("Main")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.javaoperatorsdk..")
                .check(classes);
    }

    @Test
    void theDomainKnowsNeitherEdge() {
        noClasses()
                .that()
                .resideInAPackage("..domain..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("..controller.rpc..", "..controller.api..")
                .check(classes);
    }

    @Test
    void planningIsPure() {
        noClasses()
                .that()
                .haveSimpleNameEndingWith("Plan")
                .or()
                .haveSimpleName("NodeChoice")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "java.io..", "java.nio..", "java.time..")
                .check(classes);
    }

    @Test
    void theHostIsTheNodePluginsBusiness() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ProcessBuilder")
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("jnr..", "dev.sluice.node..")
                .check(classes);
    }
}
