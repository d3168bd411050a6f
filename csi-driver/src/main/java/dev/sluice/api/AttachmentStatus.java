package dev.sluice.api;

import org.jspecify.annotations.Nullable;

/** The controller's answer to an Attachment: granted, or why not yet. */
public record AttachmentStatus(
        AttachmentState state,
        @Nullable String reason,
        @Nullable String message) {}
