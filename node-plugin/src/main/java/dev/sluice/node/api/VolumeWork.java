package dev.sluice.node.api;

import dev.sluice.api.Allocation;
import dev.sluice.api.LostCopy;
import dev.sluice.api.VolumeSpec;
import dev.sluice.node.stack.ClosedCopies;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeOutcome;
import dev.sluice.node.stack.VolumeStacks;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What reconciling a volume asks of the devices. */
public interface VolumeWork {
    /** @param allocated told as soon as the logical volume exists */
    VolumeOutcome bring(VolumeOrder order, Consumer<VolumeOutcome> allocated);

    void follow(VolumeOrder order, VolumeOutcome outcome);

    void remove(String id, VolumeSpec spec, @Nullable Allocation allocated);

    /** Whether there is a copy of this epoch here, in whatever state. */
    boolean isHere(String id, long epoch);

    /** Closes a copy that the volume goes on without, for good. */
    void shut(String id, LostCopy lost);

    /** Removes such a copy. */
    void discard(String id, LostCopy lost, String pool, String lvUuid);

    static VolumeWork of(VolumeStacks stacks, ClosedCopies copies, Hydrations hydrations) {
        return new VolumeWork() {
            @Override
            public VolumeOutcome bring(VolumeOrder order, Consumer<VolumeOutcome> allocated) {
                return stacks.bring(order, allocated);
            }

            @Override
            public void follow(VolumeOrder order, VolumeOutcome outcome) {
                hydrations.follow(order, outcome);
            }

            @Override
            public void remove(String id, VolumeSpec spec, @Nullable Allocation allocated) {
                hydrations.forget(id);
                stacks.remove(id, spec, allocated);
            }

            @Override
            public boolean isHere(String id, long epoch) {
                return stacks.isHere(id, epoch);
            }

            @Override
            public void shut(String id, LostCopy lost) {
                hydrations.forget(id);
                copies.shut(id, lost.epoch(), lost.closedFor());
            }

            @Override
            public void discard(String id, LostCopy lost, String pool, String lvUuid) {
                copies.discard(id, lost.epoch(), pool, lvUuid);
            }
        };
    }
}
