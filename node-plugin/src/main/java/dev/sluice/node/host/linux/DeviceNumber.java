package dev.sluice.node.host.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/** The number of a device as stat(2) gives it: the bits of major and minor are interleaved. */
final class DeviceNumber {
    private DeviceNumber() {}

    /** As major:minor. */
    static String of(long device) {
        long major = (device >>> 8 & 0xfff) | (device >>> 32 & 0xffff_f000L);
        long minor = (device & 0xff) | (device >>> 12 & 0xffff_ff00L);
        return major + ":" + minor;
    }

    /** Of the device a node stands for, wherever the node is bound; empty when it went away meanwhile. */
    static Optional<String> find(String node) {
        try {
            return Optional.of(of((long) Files.getAttribute(Path.of(node), "unix:rdev")));
        } catch (IOException | InvalidPathException notHere) {
            return Optional.empty();
        }
    }
}
