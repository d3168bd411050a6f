package dev.sluice.node.mount;

import java.nio.file.Path;
import java.time.Duration;

/** A volume to be made usable on this node; patience is how long the caller waits for an answer. */
public record StageOrder(String volume, Path staging, Access access, Duration patience) {}
