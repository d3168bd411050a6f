package dev.sluice.node.host;

import java.util.Set;

/**
 * A decrypted device.
 *
 * @param below names of the kernel, such as dm-3, of the devices it is over
 * @param openCount how many hold it open now
 */
public record LuksDevice(BlockDevice device, Set<String> below, int openCount) {
    public boolean isOver(BlockDevice candidate) {
        return below.stream().anyMatch(name -> candidate.path().endsWith("/" + name));
    }
}
