package dev.sluice.node.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Origin;
import dev.sluice.api.OriginKind;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeSpec;
import dev.sluice.api.VolumeStatus;
import dev.sluice.error.SluiceException;
import dev.sluice.node.stack.PreparedCopies;
import dev.sluice.node.stack.VolumeOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes that are to come to this node: what they will need here is made while their old home is asked, which may still say no. Nothing
 * depends on it, so nothing of it fails.
 */
final class Arrivals {
    private static final Logger log = LoggerFactory.getLogger(Arrivals.class);

    private final NodeClusterAccess cluster;
    private final PreparedCopies prepared;
    private final SourceLogins sources;
    private final PeerInventories inventories;

    Arrivals(NodeClusterAccess cluster, PreparedCopies prepared, SourceLogins sources, PeerInventories inventories) {
        this.cluster = cluster;
        this.prepared = prepared;
        this.sources = sources;
        this.inventories = inventories;
    }

    /** Of a volume that is at home elsewhere. */
    void prepare(Volume volume, VolumeSpec spec) {
        String id = volume.getMetadata().getName();
        VolumeStatus status = volume.getStatus();
        try {
            clear(id, kept(spec));
            if (isComing(spec)
                    && status != null
                    && status.sizeBytes() != null
                    && sources.isOrderedPlainly(id, spec.epoch() + 1)) {
                inventories.requireCurrent(id, spec);
                Origin origin = new Origin(OriginKind.NODE, spec.home(), spec.home(), null, status.sizeBytes());
                VolumeSpec arrived = spec.moved(origin);
                prepared.prepare(new VolumeOrder(
                        id, arrived, null, sources.find(id, arrived).orElse(null)));
            }
        } catch (SluiceException e) {
            log.info("volume {}: nothing is prepared for its arrival: {}", id, e.getMessage());
        }
    }

    /** Removes what was prepared for moves that were taken back while this process did not run. */
    void clear() {
        prepared.volumes().forEach(volume -> clear(volume, 0));
    }

    /** Removes what was prepared for other epochs than this, if the volume as it stands in the cluster now has no use for it. */
    void clear(String volume, long epoch) {
        if (prepared.isOther(volume, epoch)) {
            long kept = cluster.findVolume(volume)
                    .map(Volume::getSpec)
                    .map(this::kept)
                    .orElse(0L);
            prepared.remove(volume, kept);
        }
    }

    private long kept(VolumeSpec spec) {
        if (spec.home().equals(cluster.node())) {
            return spec.epoch();
        }
        return isComing(spec) ? spec.epoch() + 1 : 0;
    }

    private boolean isComing(VolumeSpec spec) {
        return spec.state() == DesiredState.PRESENT && cluster.node().equals(spec.target());
    }
}
