package dev.sluice.node.stack;

import dev.sluice.names.Names;
import dev.sluice.node.clone.CopyTags;
import dev.sluice.node.clone.Observed;
import dev.sluice.node.clone.PreparedTag;
import dev.sluice.node.clone.StackPlanner;
import dev.sluice.node.clone.Wanted;
import dev.sluice.node.host.Host;
import dev.sluice.node.host.IscsiSessions;
import dev.sluice.node.host.LogicalVolume;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Logical volumes, and the way to the origin, of copies that are to come here if their old home agrees. Making them takes about as long as
 * asking it.
 */
public final class PreparedCopies {
    private final Host host;
    private final VolumeStacks stacks;

    public PreparedCopies(Host host, VolumeStacks stacks) {
        this.host = host;
        this.stacks = stacks;
    }

    /**
     * Makes what is missing; nothing where any copy of the volume is: one that comes back begins from that.
     *
     * @param order as it will be when the volume is at home here
     */
    public void prepare(VolumeOrder order) {
        long epoch = order.spec().epoch();
        stacks.lockedCopy(order.id(), epoch, () -> {
            Wanted wanted = stacks.wanted(order);
            if (stacks.copies().findLatest(order.id()).isPresent() || !wanted.remote()) {
                return false;
            }
            Observed found = stacks.observe(order.id(), epoch, wanted.volumeGroup());
            try (IscsiSessions.Beginning _ = stacks.beginLogin(wanted, found)) {
                new StepRunner(host, order.id(), epoch, wanted.volumeGroup()).run(StackPlanner.prepare(wanted, found));
            }
            return true;
        });
    }

    /** Ids of volumes for which something is prepared. */
    public Set<String> volumes() {
        return prepared()
                .flatMap(copy -> Names.volumeOfCopy(copy.name()).stream())
                .collect(Collectors.toSet());
    }

    /** Whether anything is prepared for a volume that is not of this epoch. */
    public boolean isOther(String volume, long epoch) {
        return of(volume).anyMatch(copy -> !copy.name().equals(Names.copy(volume, epoch)));
    }

    /**
     * Removes what was prepared for a volume, and has not become a copy meanwhile.
     *
     * @param kept the epoch of which it stays; 0 for none
     */
    public void remove(String volume, long kept) {
        of(volume)
                .map(copy -> CopyTags.of(copy).epoch())
                .filter(epoch -> epoch != kept)
                .toList()
                .forEach(epoch -> stacks.lockedCopy(volume, epoch, () -> {
                    of(volume)
                            .filter(copy -> copy.name().equals(Names.copy(volume, epoch)))
                            .map(LogicalVolume::volumeGroup)
                            .toList()
                            .forEach(group -> remove(volume, epoch, group));
                    return true;
                }));
    }

    private void remove(String volume, long epoch, String group) {
        new StepRunner(host, volume, epoch, group)
                .run(StackPlanner.removePrepared(stacks.observe(volume, epoch, group)));
    }

    private Stream<LogicalVolume> of(String volume) {
        return prepared()
                .filter(copy ->
                        Names.volumeOfCopy(copy.name()).filter(volume::equals).isPresent());
    }

    private Stream<LogicalVolume> prepared() {
        return host.logicalVolumes().list().stream().filter(PreparedTag::isOn);
    }
}
