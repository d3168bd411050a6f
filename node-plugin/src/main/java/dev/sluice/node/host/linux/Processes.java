package dev.sluice.node.host.linux;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs the host's own tools in the host's namespaces, an argument list at a time, never a shell. iscsid's netlink socket and LVM's locks
 * and devices live there.
 */
final class Processes {
    private static final List<String> ENTER =
            List.of("nsenter", "--target", "1", "--mount", "--net", "--ipc", "--uts", "--");

    private final List<String> prefix;

    Processes(boolean enter) {
        this.prefix = enter ? ENTER : List.of();
    }

    /** Enters the namespaces of pid 1, unless this process is in them already. */
    static Processes ofHost() {
        return new Processes(!inHostNamespace());
    }

    static boolean inHostNamespace() {
        try {
            Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
            return own.equals(Files.readSymbolicLink(Path.of("/proc/1/ns/mnt")));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell the host's mount namespace: is hostPID on?", e);
        }
    }

    CommandResult run(Duration deadline, String... command) {
        return run(deadline, List.of(command));
    }

    CommandResult run(Duration deadline, List<String> command) {
        return run(deadline, command, Map.of(), new byte[0]);
    }

    /** @param input what the tool reads: the one way for a secret, as arguments and environments can be seen by others */
    CommandResult run(Duration deadline, List<String> command, Map<String, String> environment, byte[] input) {
        Process process = start(command, environment);
        try {
            feed(process, input);
            CompletableFuture<String> out = drain(process.getInputStream());
            CompletableFuture<String> err = drain(process.getErrorStream());
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SluiceException(
                        ErrorKind.HOST, command.getFirst() + " did not end within " + deadline.toSeconds() + " s");
            }
            return new CommandResult(process.exitValue(), out.join(), err.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SluiceException(ErrorKind.STILL_WORKING, command.getFirst() + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Hands over what the tool prints, a line at a time; whoever does not want it throws, which ends the tool. */
    CommandResult lines(Duration deadline, List<String> command, Consumer<String> line) {
        Process process = start(command, Map.of());
        try {
            process.getOutputStream().close();
            CompletableFuture<String> err = drain(process.getErrorStream());
            CompletableFuture<Boolean> out = new CompletableFuture<>();
            Thread.ofVirtual().name("lines").start(() -> {
                try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
                    reader.lines().forEach(line);
                    out.complete(true);
                } catch (IOException | RuntimeException e) {
                    out.completeExceptionally(e);
                    process.destroyForcibly();
                }
            });
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new SluiceException(
                        ErrorKind.HOST, command.getFirst() + " did not end within " + deadline.toSeconds() + " s");
            }
            out.join();
            return new CommandResult(process.exitValue(), "", err.join());
        } catch (CompletionException e) {
            throw e.getCause() instanceof SluiceException known
                    ? known
                    : new SluiceException(ErrorKind.HOST, "reading from " + command.getFirst(), e);
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "reading from " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SluiceException(ErrorKind.STILL_WORKING, command.getFirst() + " was interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void feed(Process process, byte[] input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write(input);
        } catch (IOException e) {
            // It ended, or closed its input, before it read all: its exit status says why.
        }
    }

    /** Starts it and leaves it to the caller, who must read both outputs. */
    Process start(List<String> command, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(argv(command));
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("LVM_SUPPRESS_FD_WARNINGS", "1");
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new SluiceException(ErrorKind.HOST, "cannot run " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    List<String> argv(List<String> command) {
        List<String> argv = new ArrayList<>(prefix);
        argv.addAll(command);
        return argv;
    }

    private static CompletableFuture<String> drain(InputStream stream) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().name("drain").start(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.complete("");
            }
        });
        return text;
    }
}
