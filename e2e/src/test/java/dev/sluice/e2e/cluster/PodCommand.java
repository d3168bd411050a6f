package dev.sluice.e2e.cluster;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs a command in the first container of a pod. */
public final class PodCommand {
    private PodCommand() {}

    public static CommandResult run(KubernetesClient client, Pod pod, Duration limit, String... command) {
        var output = new ByteArrayOutputStream();
        var errors = new ByteArrayOutputStream();
        try (ExecWatch running = client.pods()
                .resource(pod)
                .inContainer(pod.getSpec().getContainers().getFirst().getName())
                .writingOutput(output)
                .writingError(errors)
                .exec(command)) {
            int code = running.exitCode().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return new CommandResult(
                    code, output.toString(StandardCharsets.UTF_8), errors.toString(StandardCharsets.UTF_8));
        } catch (TimeoutException e) {
            throw new AssertionError("not finished after " + limit + ": " + String.join(" ", command), e);
        } catch (ExecutionException e) {
            throw new AssertionError("could not run: " + String.join(" ", command), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted: " + String.join(" ", command), e);
        }
    }
}
