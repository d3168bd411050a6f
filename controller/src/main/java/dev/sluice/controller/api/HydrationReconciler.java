package dev.sluice.controller.api;

import dev.sluice.api.CloneHydration;
import dev.sluice.controller.domain.HydrationStory;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import java.time.Clock;

/** Tells the PVC's owner how its hydration goes. What a user asks of it is the volume's plan's business. */
@ControllerConfiguration(name = "hydration", generationAwareEventProcessing = false)
public final class HydrationReconciler implements Reconciler<CloneHydration> {
    private final ClaimEvents events;
    private final Clock clock;

    public HydrationReconciler(ClaimEvents events, Clock clock) {
        this.events = events;
        this.clock = clock;
    }

    @Override
    public UpdateControl<CloneHydration> reconcile(CloneHydration hydration, Context<CloneHydration> context) {
        if (hydration.getSpec() == null
                || hydration.getStatus() == null
                || hydration.getStatus().epoch() != hydration.getSpec().epoch()) {
            return UpdateControl.noUpdate();
        }
        HydrationStory.of(hydration.getStatus(), clock.instant()).forEach(event -> events.tell(hydration, event));
        return UpdateControl.noUpdate();
    }
}
