package dev.sluice.node.host.linux;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One lvm process that reads commands, the way LVM's own D-Bus daemon drives it and with the same profile, which makes it answer every
 * command with JSON that ends in its status. It saves the start of the tool, more than half of what a change costs. It ends with its
 * standard input, hence with this process.
 */
final class LvmShell implements LvmRunner {
    private static final Path PROFILE = Path.of("etc/lvm/profile/lvmdbusd.profile");
    // With a home it would write its history there after every command.
    private static final Map<String, String> ENVIRONMENT =
            Map.of("LVM_COMMAND_PROFILE", "lvmdbusd", "HOME", "/dev/null");
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final String SUCCESS = "success";
    private static final int FAILED = 5;

    private final ObjectMapper json = new ObjectMapper();
    private final Processes processes;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Session session;

    /** What the process said: one JSON object a command; missing at its end. */
    private record Session(Process process, BlockingQueue<JsonNode> answers) {}

    LvmShell(Processes processes) {
        this.processes = processes;
    }

    /** Whether this host's lvm2 ships the profile. */
    static boolean isOffered(Path hostRoot) {
        return Files.exists(hostRoot.resolve(PROFILE));
    }

    @Override
    public CommandResult run(List<String> command) {
        String line = line(command);
        lock.lock();
        try {
            JsonNode answer = ask(line);
            requireAnswerTo(command.getFirst(), answer);
            if (succeeded(answer)) {
                return new CommandResult(0, answer.toString(), "");
            }
            return new CommandResult(FAILED, "", errors(ask("lastlog")));
        } catch (IOException e) {
            close();
            throw new SluiceException(ErrorKind.HOST, "lvm ended during " + command.getFirst(), e);
        } finally {
            lock.unlock();
        }
    }

    /** The shell splits at blanks and knows double quotes, but nothing that would escape one. */
    static String line(List<String> command) {
        return command.stream().map(LvmShell::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        if (word.chars().anyMatch(c -> c == '"' || c == '\'' || c < ' ')) {
            throw new SluiceException(ErrorKind.INVALID, "not a word for lvm: " + word);
        }
        return word.contains(" ") || word.contains("#") ? '"' + word + '"' : word;
    }

    /** Out of step with the process nothing it says can be believed. */
    private static void requireAnswerTo(String command, JsonNode answer) throws IOException {
        if (!status(answer).path("log_object_name").asText("").equals(command)) {
            throw new IOException("not an answer to " + command + ": " + answer);
        }
    }

    static boolean succeeded(JsonNode answer) {
        return status(answer).path("log_message").asText("").equals(SUCCESS);
    }

    private static JsonNode status(JsonNode answer) {
        JsonNode log = answer.path("log");
        return log.path(log.size() - 1);
    }

    static String errors(JsonNode lastLog) {
        List<String> messages = new ArrayList<>();
        for (JsonNode entry : lastLog.path("log")) {
            if (entry.path("log_type").asText("").equals("error")) {
                messages.add(entry.path("log_message").asText(""));
            }
        }
        return String.join("; ", messages);
    }

    private JsonNode ask(String line) throws IOException {
        Session current = session;
        if (current == null || !current.process().isAlive()) {
            current = open();
            session = current;
        }
        OutputStream commands = current.process().getOutputStream();
        commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        return answer(current);
    }

    private JsonNode answer(Session current) throws IOException {
        try {
            JsonNode answer = current.answers().poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            if (answer == null || answer.isMissingNode()) {
                throw new IOException("no answer");
            }
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private Session open() {
        close();
        Process process = processes.start(List.of("lvm"), ENVIRONMENT);
        Session opened = new Session(process, new ArrayBlockingQueue<>(2));
        Thread.ofVirtual().name("lvm-answers").start(() -> read(process.getInputStream(), opened.answers()));
        Thread.ofVirtual().name("lvm-warnings").start(() -> discard(process.getErrorStream()));
        return opened;
    }

    private void read(InputStream stream, BlockingQueue<JsonNode> answers) {
        try (JsonParser parser = json.createParser(stream)) {
            JsonNode answer;
            do {
                answer = json.readTree(parser);
                answers.put(answer == null ? MissingNode.getInstance() : answer);
            } while (answer != null);
        } catch (IOException e) {
            answers.offer(MissingNode.getInstance());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Errors are asked for with lastlog; the rest is warnings. */
    private static void discard(InputStream stream) {
        try (stream) {
            stream.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // The process is gone: its output has ended too.
        }
    }

    private void close() {
        if (session != null) {
            session.process().destroyForcibly();
            session = null;
        }
    }
}
