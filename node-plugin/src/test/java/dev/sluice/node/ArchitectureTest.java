package dev.sluice.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sluice.node");

    @Test
    void theNodeNeverReachesIntoTheController() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.sluice.controller..")
                .check(CLASSES);
    }

    @Test
    void grpcStaysAtTheEdge() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..rpc..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("csi.v1..", "pluginregistration.v1..", "io.grpc..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void kubernetesStaysInTheApiPackageAndTheWiring() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..node.api..")
                .and()
                .haveSimpleNameNotStartingWith("NodePlugin")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.fabric8.kubernetes.client..", "io.fabric8.kubernetes.api..", "io.javaoperatorsdk..")
                .check(CLASSES);
    }

    @Test
    void onlyTheLinuxHostRunsProcessesAndSystemCalls() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..host.linux..")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ProcessBuilder")
                .orShould()
                .dependOnClassesThat()
                .resideInAPackage("jnr..")
                .check(CLASSES);
    }

    /** java.nio itself is memory: what reads and writes is in the packages below it. */
    @Test
    void planningIsPure() {
        noClasses()
                .that()
                .resideInAPackage("..node.clone..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.io..", "java.nio.channels..", "java.nio.file..", "org.slf4j..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.time.Clock")
                .check(CLASSES);
    }
}
