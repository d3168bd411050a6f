package dev.sluice.node.mount;

import dev.sluice.node.host.Passphrase;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A volume to be made usable on this node.
 *
 * @param patience how long the caller waits for an answer
 * @param passphrase opens an encrypted volume; null when the request brings none
 */
public record StageOrder(
        String volume,
        Path staging,
        Access access,
        Duration patience,
        @Nullable Passphrase passphrase) {}
