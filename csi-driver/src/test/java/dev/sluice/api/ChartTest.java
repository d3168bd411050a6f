package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
    private static final Path CHART = Path.of("../charts/sluice");
    private static final Path VALUES = CHART.resolve("tests/values");
    private static final GoldenFiles GOLDEN = new GoldenFiles(
            CHART.resolve("tests/golden"),
            "chart.update",
            "./mvnw -pl csi-driver test -Dtest=ChartTest -Dchart.update=true");

    @Test
    void chartHasTheVersionOfTheBuild() throws IOException {
        String version = first("<version>(.+)</version>", Files.readString(Path.of("../pom.xml")));
        String chart = Files.readString(CHART.resolve("Chart.yaml"));

        assertThat(first("(?m)^version: (.+)$", chart)).isEqualTo(version);
        assertThat(first("(?m)^appVersion: (.+)$", chart)).isEqualTo(version);
    }

    @Test
    void lintFindsNothing() throws Exception {
        Helm.Result lint = helm().run("lint", "--strict", CHART.toString());

        assertThat(lint.exitCode()).as(lint.output()).isZero();
        assertThat(lint.output()).doesNotContain("[WARNING]", "[ERROR]");
    }

    @Test
    void rendersWhatIsCommitted() throws Exception {
        Map<String, String> renders = new TreeMap<>();
        renders.put("default.yaml", render("default", "--api-versions=snapshot.storage.k8s.io/v1/VolumeSnapshotClass"));
        renders.put("everything.yaml", render("everything"));
        renders.put("bare.yaml", render("bare"));

        GOLDEN.check(renders);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "colour=blue",
                "pools[0].name=Fast_Pool,pools[0].volumeGroup=data",
                "pools[0].name=fast,pools[0].volumeGroup=-data",
                "pools[0].name=fast",
                "controller.replicas=0",
                "storageClasses.fsType=ntfs",
                "node.kubeletDir=relative/path",
                "placement.rescueAfterSeconds=-1",
                "evacuation.webhook=sometimes",
                "logLevel=loud"
            })
    void aWrongValueIsRefused(String setting) throws Exception {
        Helm.Result refused = template("--set", setting);

        assertThat(refused.exitCode()).as(refused.output()).isNotZero();
        assertThat(refused.output()).contains("values don't meet the specifications of the schema");
    }

    private static String render(String values, String... more) throws Exception {
        String[] arguments = new String[more.length + 2];
        arguments[0] = "--values";
        arguments[1] = VALUES.resolve(values + ".yaml").toString();
        System.arraycopy(more, 0, arguments, 2, more.length);
        Helm.Result rendered = template(arguments);
        assertThat(rendered.exitCode()).as(rendered.output()).isZero();
        return withoutDefinitions(rendered.output());
    }

    private static Helm.Result template(String... more) throws Exception {
        String[] fixed = {
            "template", "sluice", CHART.toString(), "--namespace=sluice-system", "--kube-version=1.34.0",
        };
        String[] arguments = new String[fixed.length + more.length];
        System.arraycopy(fixed, 0, arguments, 0, fixed.length);
        System.arraycopy(more, 0, arguments, fixed.length, more.length);
        return helm().run(arguments);
    }

    /** The definitions are the same in every render and have a test of their own. */
    private static String withoutDefinitions(String rendered) {
        StringBuilder kept = new StringBuilder();
        for (String document : rendered.split("(?m)^---\n")) {
            if (!document.isBlank() && !document.contains("sluice/templates/crds/")) {
                kept.append("---\n").append(document);
            }
        }
        return kept.toString();
    }

    /** Skipped, and said so, where helm is missing; the whole test run brings its own and sets $HELM, which makes it a must. */
    private static Helm helm() {
        Optional<Helm> helm = Helm.find();
        assumeThat(helm)
                .as("helm: neither $HELM, nor on the PATH, nor in the lab's tools")
                .isPresent();
        return helm.orElseThrow();
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
