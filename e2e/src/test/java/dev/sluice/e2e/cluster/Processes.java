package dev.sluice.e2e.cluster;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Runs commands of this machine. */
final class Processes {
    private static final File NOTHING = new File("/dev/null");

    private Processes() {}

    static CommandResult run(Duration limit, List<String> command) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Process process = new ProcessBuilder(command).redirectInput(NOTHING).start();
            var output = CompletableFuture.supplyAsync(() -> read(process.getInputStream()), threads);
            var errors = CompletableFuture.supplyAsync(() -> read(process.getErrorStream()), threads);
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("not finished after " + limit + ": " + String.join(" ", command));
            }
            return new CommandResult(process.exitValue(), output.join(), errors.join());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + String.join(" ", command), e);
        }
    }

    private static String read(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
