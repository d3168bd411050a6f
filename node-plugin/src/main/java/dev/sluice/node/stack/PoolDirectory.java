package dev.sluice.node.stack;

import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import dev.sluice.node.host.PoolSettings;
import java.util.List;
import java.util.stream.Collectors;

/** The pools this node is configured with. */
public record PoolDirectory(List<PoolSettings> all) {
    public PoolSettings named(String pool) {
        return all.stream()
                .filter(candidate -> candidate.name().equals(pool))
                .findFirst()
                .orElseThrow(() -> new SluiceException(
                        ErrorKind.HOST,
                        "this node has no pool named " + pool + "; its pools are "
                                + all.stream().map(PoolSettings::name).collect(Collectors.joining(", "))));
    }
}
