package dev.sluice.node.api;

import dev.sluice.api.Allocation;
import dev.sluice.api.LostCopy;
import dev.sluice.api.VolumeSpec;
import dev.sluice.names.Names;
import dev.sluice.node.host.IscsiLogin;
import dev.sluice.node.stack.Arrivals;
import dev.sluice.node.stack.ClosedCopies;
import dev.sluice.node.stack.Hydrations;
import dev.sluice.node.stack.VolumeOrder;
import dev.sluice.node.stack.VolumeOutcome;
import dev.sluice.node.stack.VolumeStacks;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What reconciling a volume asks of the devices. */
public interface VolumeWork {
    /** @param allocated told as soon as the logical volume exists */
    VolumeOutcome bring(VolumeOrder order, Consumer<VolumeOutcome> allocated);

    void follow(VolumeOrder order, VolumeOutcome outcome);

    void remove(String id, VolumeSpec spec, @Nullable Allocation allocated);

    /**
     * Makes the way for a volume that is to come here.
     *
     * @param wanted whether it still is, asked later
     */
    void expect(String id, long epoch, IscsiLogin login, BooleanSupplier wanted);

    /** It does not come. */
    void expectNoMore(String id, long epoch);

    /** Of volumes that were expected before this process started, only what these exports serve may still come. */
    void expectOnly(Set<String> exports);

    /** Whether there is a copy of this epoch here, in whatever state. */
    boolean isHere(String id, long epoch);

    /** Closes a copy that the volume goes on without, for good. */
    void shut(String id, LostCopy lost);

    /** Removes such a copy. */
    void discard(String id, LostCopy lost, String pool, String lvUuid);

    static VolumeWork of(VolumeStacks stacks, Arrivals arrivals, ClosedCopies copies, Hydrations hydrations) {
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
            public void expect(String id, long epoch, IscsiLogin login, BooleanSupplier wanted) {
                arrivals.begin(id, epoch, login, wanted);
            }

            @Override
            public void expectNoMore(String id, long epoch) {
                arrivals.end(id, epoch);
            }

            @Override
            public void expectOnly(Set<String> exports) {
                arrivals.sweep(exports.stream().map(Names::targetIqn).collect(Collectors.toSet()));
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
