package dev.sluice.node.mount;

import java.nio.file.Path;

/** A staged volume to be shown to one pod. */
public record PublishOrder(String volume, Path staging, Path target, Access access) {}
