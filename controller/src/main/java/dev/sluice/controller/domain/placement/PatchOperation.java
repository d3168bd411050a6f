package dev.sluice.controller.domain.placement;

/** One operation of a JSON patch; every one we need is an add, which replaces what is there. */
public record PatchOperation(String op, String path, Object value) {
    static PatchOperation add(String path, Object value) {
        return new PatchOperation("add", path, value);
    }
}
