package dev.sluice.node.api;

import dev.sluice.api.LostCopy;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeRecovery;
import dev.sluice.api.VolumeSpec;
import dev.sluice.error.ErrorKind;
import dev.sluice.error.SluiceException;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies on this node that were given up by order: closed as soon as nobody has them open, kept, and removed by an order of their own. */
final class LostCopies {
    private static final Logger log = LoggerFactory.getLogger(LostCopies.class);

    private final NodeClusterAccess cluster;
    private final VolumeWork work;
    private final Runnable changed;

    /** @param changed told when this node's inventory is another */
    LostCopies(NodeClusterAccess cluster, VolumeWork work, Runnable changed) {
        this.cluster = cluster;
        this.work = work;
        this.changed = changed;
    }

    /** Does what is missing; IN_USE while a pod still has one open. */
    void keep(Volume volume, VolumeSpec spec) {
        VolumeRecovery.of(spec).on(cluster.node()).stream()
                .filter(lost ->
                        work.isHere(volume.getMetadata().getName(), lost.epoch()) && isOrdered(volume, spec, lost))
                .forEach(lost -> keep(volume.getMetadata().getName(), spec, lost));
    }

    /** Whether the volume's present copy is among them. */
    boolean isLeaving(VolumeSpec spec) {
        return VolumeRecovery.of(spec).on(cluster.node()).stream().anyMatch(lost -> isPresent(spec, lost));
    }

    private void keep(String id, VolumeSpec spec, LostCopy lost) {
        if (isPresent(spec, lost) && cluster.isAttached(id)) {
            // Its declaration precedes its look at whether the volume is ready, which it is not any more.
            throw new SluiceException(
                    ErrorKind.IN_USE,
                    "the copy of volume " + id
                            + " on this node is to be given up, and a pod here uses it: end the pod");
        }
        work.shut(id, lost);
        String lvUuid = lost.remove();
        if (lvUuid != null) {
            work.discard(id, lost, spec.pool(), lvUuid);
            log.info("the copy of volume {} of epoch {}, which was given up by order, is removed", id, lost.epoch());
        }
        changed.run();
    }

    /** The home is alive, and is asked before the volume goes elsewhere. */
    private boolean isPresent(VolumeSpec spec, LostCopy lost) {
        return spec.home().equals(cluster.node()) && lost.epoch() == spec.epoch();
    }

    /** As it stands in the cluster now, not as a cache remembers it. */
    private boolean isOrdered(Volume volume, VolumeSpec seen, LostCopy lost) {
        return cluster.findVolume(volume.getMetadata().getName())
                .filter(live -> Objects.equals(
                        live.getMetadata().getUid(), volume.getMetadata().getUid()))
                .map(Volume::getSpec)
                .filter(spec -> spec.epoch() == seen.epoch()
                        && VolumeRecovery.of(spec).copies().contains(lost))
                .isPresent();
    }
}
