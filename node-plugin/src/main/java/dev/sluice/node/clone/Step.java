package dev.sluice.node.clone;

import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.host.LogicalVolumeRequest;
import java.util.List;

/** One idempotent change of the host. Devices are looked up by name when the step runs, as an earlier step may have made them. */
public sealed interface Step {
    /** Makes or activates a logical volume. */
    record EnsureLogicalVolume(LogicalVolumeRequest request) implements Step {}

    record Extend(long sizeBytes) implements Step {}

    /** mkfs, and only on a virgin copy. */
    record Format(String fsType, List<String> options) implements Step {}

    record Retag(CopyTags tags) implements Step {}

    /** Zeros the first block of the metadata volume, by which the kernel begins it anew. */
    record BeginMetadata() implements Step {}

    record Login(IscsiLogin login) implements Step {}

    /** @param queues what cannot be read now waits, and does not fail */
    record LoadSource(long bytes, boolean queues) implements Step {}

    record LoadEngine(long bytes, HydrationGeometry geometry) implements Step {}

    /** Outer device over the engine, with a linear tail when the volume is larger than its origin. */
    record LoadOuterOverEngine(long engineBytes, long totalBytes) implements Step {}

    record LoadOuterOverData(long bytes) implements Step {}

    /** Whether discards pass the outer device, from whoever has it open. */
    record LetDiscards(boolean pass) implements Step {}

    /** What a source cannot read waits again. */
    record Queue() implements Step {}

    /** A source that is going away fails what is queued, so that nothing waits for it. */
    record FailQueued() implements Step {}

    /** A decrypted device that a crash left open; the pod that used it is gone. */
    record CloseLuks() implements Step {}

    /** Fails while anyone has it open; so whoever comes past it is alone. */
    record RemoveOuter() implements Step {}

    record StopCopying() implements Step {}

    /** Whatever was written to the data, and to the engine's metadata, is on the disk. */
    record Flush() implements Step {}

    record RemoveEngine() implements Step {}

    record RemoveSource() implements Step {}

    record Logout() implements Step {}

    record RemoveMetadata(String lvUuid) implements Step {}

    record RemoveData(String lvUuid) implements Step {}
}
