package dev.sluice.node.host;

/** What opens an encrypted volume. Never printed, never an argument of a command: it goes to the tool's standard input. */
public record Passphrase(String text) {
    @Override
    public String toString() {
        return "Passphrase[redacted]";
    }
}
