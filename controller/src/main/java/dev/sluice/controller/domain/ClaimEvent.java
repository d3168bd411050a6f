package dev.sluice.controller.domain;

/** What the owner of a PVC is told. */
public record ClaimEvent(boolean warning, String reason, String message) {}
