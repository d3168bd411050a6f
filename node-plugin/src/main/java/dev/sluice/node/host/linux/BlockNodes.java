package dev.sluice.node.host.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Device nodes, wherever they are bound. */
final class BlockNodes {
    private BlockNodes() {}

    /** The device a node stands for, as major:minor; empty when it went away meanwhile. */
    static Optional<String> number(Path node) {
        try {
            return Optional.of(decode(((Number) Files.getAttribute(node, "unix:rdev")).longValue()));
        } catch (IOException | UnsupportedOperationException gone) {
            return Optional.empty();
        }
    }

    /** makedev(3): minor and major are interleaved. */
    static String decode(long device) {
        long major = device >>> 8 & 0xfff | device >>> 32 & 0xfffff000L;
        long minor = device & 0xff | device >>> 12 & 0xffffff00L;
        return major + ":" + minor;
    }
}
