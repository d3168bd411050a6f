package dev.sluice.controller.api;

import dev.sluice.api.StorageNode;
import dev.sluice.controller.domain.Evacuation;
import dev.sluice.controller.domain.Evacuations;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Empties the nodes that are to be emptied, and says how far they are. */
@ControllerConfiguration(name = "evacuation")
public final class EvacuationReconciler implements Reconciler<StorageNode> {
    // What a node waits for is spread over many objects, and some of it is no event: time, room, a node that is back.
    private static final Duration CHECK = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration RARELY = Duration.ofSeconds(30);

    private final Evacuations evacuations;
    private final StorageNodes nodes;

    EvacuationReconciler(Evacuations evacuations, StorageNodes nodes) {
        this.evacuations = evacuations;
        this.nodes = nodes;
    }

    @Override
    public UpdateControl<StorageNode> reconcile(StorageNode node, Context<StorageNode> context) {
        String name = node.getMetadata().getName();
        boolean asked = node.getSpec() != null && node.getSpec().evacuate()
                || context.getSecondaryResource(Node.class)
                        .filter(EvacuationReconciler::isMarked)
                        .isPresent();
        if (!asked) {
            nodes.forget(name);
            evacuations.end(name);
            return UpdateControl.noUpdate();
        }
        // Everyone who places volumes must see the condition before anything is moved or found empty.
        if (nodes.find(name).filter(StorageNodes::isTold).isEmpty()) {
            evacuations.end(name);
            nodes.tell(name, Evacuation.begun());
            return UpdateControl.<StorageNode>noUpdate().rescheduleAfter(SOON);
        }
        Evacuation evacuation = evacuations.advance(name);
        nodes.tell(name, evacuation);
        return UpdateControl.<StorageNode>noUpdate().rescheduleAfter(evacuation.done() ? RARELY : CHECK);
    }

    /** Cordoned alone is no reason: its pods, and so their volumes, stay. */
    private static boolean isMarked(Node node) {
        boolean cordoned =
                node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        return cordoned && "true".equals(node.getMetadata().getAnnotations().get(Names.ANNOTATION_EVACUATE));
    }

    @Override
    public List<EventSource<?, StorageNode>> prepareEventSources(EventSourceContext<StorageNode> context) {
        var configuration = InformerEventSourceConfiguration.from(Node.class, StorageNode.class)
                .withSecondaryToPrimaryMapper(
                        node -> Set.of(new ResourceID(node.getMetadata().getName())))
                .withOnUpdateFilter((now, before) -> isMarked(now) != isMarked(before))
                .build();
        return List.of(new InformerEventSource<>(configuration, context));
    }
}
