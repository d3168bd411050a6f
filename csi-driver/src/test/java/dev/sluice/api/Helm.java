package dev.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** The helm program: $HELM, else one on the PATH, else the lab's. */
record Helm(Path program) {

    /** Empty where there is none; but one that $HELM promises must be there. */
    static Optional<Helm> find() {
        String promised = System.getenv("HELM");
        if (promised != null) {
            assertThat(Path.of(promised)).as("$HELM").isExecutable();
            return Optional.of(new Helm(Path.of(promised)));
        }
        return candidates().filter(Files::isExecutable).findFirst().map(Helm::new);
    }

    /** What a run wrote and how it ended; both streams in one, as a person would see them. */
    record Result(int exitCode, String output) {}

    Result run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    private static Stream<Path> candidates() {
        Path lab = Path.of(setting("SLUICE_LAB", "/var/lib/sluice-lab"));
        Stream<Path> onPath =
                Arrays.stream(setting("PATH", "").split(File.pathSeparator)).map(folder -> Path.of(folder, "helm"));
        return Stream.concat(onPath, Stream.of(lab.resolve("run/bin/helm")));
    }

    private static String setting(String name, String otherwise) {
        return Objects.requireNonNullElse(System.getenv(name), otherwise);
    }
}
