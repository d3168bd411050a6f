package dev.sluice.e2e.cluster;

/** How a command ended. */
public record CommandResult(int exitCode, String output, String errors) {
    public boolean succeeded() {
        return exitCode == 0;
    }

    /** The output, without white space around it. */
    public String orFail(String command) {
        if (!succeeded()) {
            throw new AssertionError("exit code %d of: %s%n%s%n%s".formatted(exitCode, command, output, errors));
        }
        return output.strip();
    }
}
