package dev.sluice.node.host;

/** Mutual CHAP: what the initiator presents, and what the target presents in return. Never printed. */
public record Chap(String user, String password, String mutualUser, String mutualPassword) {
    @Override
    public String toString() {
        return "Chap[redacted]";
    }
}
