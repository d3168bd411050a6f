package dev.sluice.node.api;

import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.Feed;
import dev.sluice.api.ServedPhase;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.NodeKeys;
import dev.sluice.node.stack.VolumeOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to reach a volume's remote origin, once its node serves it. */
final class SourceLogins {
    private final IncomingExports exports;
    private final PeerNodes peers;
    private final NodeKeys keys;

    SourceLogins(IncomingExports exports, PeerNodes peers, NodeKeys keys) {
        this.exports = exports;
        this.peers = peers;
        this.keys = keys;
    }

    Optional<IscsiLogin> find(String volume, VolumeSpec spec) {
        return find(volume, spec.epoch(), spec.feed());
    }

    /** @param id of a volume, or of a snapshot that is fed as one */
    Optional<IscsiLogin> find(String id, long epoch, @Nullable Feed feed) {
        return feed == null ? Optional.empty() : find(id, epoch);
    }

    /** What feeds this epoch of a volume, if anything does. */
    Optional<IscsiLogin> find(String id, long epoch) {
        return exports.find(Names.export(id, epoch))
                .filter(export -> export.getSpec().state() == DesiredState.PRESENT)
                .flatMap(export -> peers.find(export.getSpec().originNode()).map(peer -> login(export, peer)));
    }

    /** The hashes of what feeds this epoch of a volume, if they were ordered. */
    VolumeOrder.@Nullable Digests digests(String volume, VolumeSpec spec) {
        Export export = exports.find(Names.export(volume, spec.epoch()))
                .filter(found -> Boolean.TRUE.equals(found.getSpec().digests()))
                .orElse(null);
        if (export == null) {
            return null;
        }
        IscsiLogin content = find(volume, spec.epoch()).orElse(null);
        Long bytes = export.getStatus() == null ? null : export.getStatus().digestBytes();
        String name = Names.digestExport(export.getMetadata().getName());
        IscsiLogin login = content == null || bytes == null
                ? null
                : new IscsiLogin(content.portal(), Names.targetIqn(name), name, bytes, content.chap());
        return new VolumeOrder.Digests(export.getMetadata().getUid(), login);
    }

    /** What its node tells of what was ever used of the origin; null where hashes are told instead, or nothing feeds the volume. */
    VolumeOrder.@Nullable UsedMapOffer usedMap(String volume, VolumeSpec spec) {
        Export export = exports.find(Names.export(volume, spec.epoch()))
                .filter(found -> found.getSpec().state() == DesiredState.PRESENT
                        && !Boolean.TRUE.equals(found.getSpec().digests()))
                .orElse(null);
        if (export == null) {
            return null;
        }
        ExportStatus status = export.getStatus();
        Long bytes = status == null ? null : status.sizeBytes();
        return status == null || bytes == null || status.phase() != ServedPhase.READY
                ? new VolumeOrder.UsedMapOffer(export.getMetadata().getUid(), 0, null)
                : new VolumeOrder.UsedMapOffer(export.getMetadata().getUid(), bytes, status.usedMap());
    }

    /** What its node says of the export that is waited for. */
    Optional<ExportStatus> complaint(String volume, VolumeSpec spec) {
        return exports.find(Names.export(volume, spec.epoch()))
                .flatMap(export -> Optional.ofNullable(export.getStatus()))
                .filter(status -> status.phase() != ServedPhase.READY && status.reason() != null);
    }

    private @Nullable IscsiLogin login(Export export, PeerNodes.Peer peer) {
        ExportStatus status = export.getStatus();
        if (status == null
                || status.phase() != ServedPhase.READY
                || status.portal() == null
                || status.iqn() == null
                || status.serial() == null
                || status.sizeBytes() == null) {
            return null;
        }
        String name = export.getMetadata().getName();
        return new IscsiLogin(
                status.portal(),
                status.iqn(),
                status.serial(),
                status.sizeBytes(),
                keys.chapFor(peer.publicKey(), name, export.getMetadata().getUid()));
    }
}
