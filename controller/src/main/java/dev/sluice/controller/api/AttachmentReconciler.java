package dev.sluice.controller.api;

import dev.sluice.api.Attachment;
import dev.sluice.api.AttachmentSpec;
import dev.sluice.api.AttachmentState;
import dev.sluice.api.AttachmentStatus;
import dev.sluice.api.Volume;
import dev.sluice.api.VolumeStatus;
import dev.sluice.controller.domain.ClaimEvent;
import dev.sluice.controller.domain.Moves;
import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
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
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Answers a node that wants to use a volume. */
@ControllerConfiguration(name = "attachment")
public final class AttachmentReconciler implements Reconciler<Attachment> {
    // What a node waits for may end without an event here: room in a pool, a node that comes back.
    private static final Duration WAIT_CHECK = Duration.ofSeconds(5);

    private static final String MOVING = "Moving";

    private final Moves moves;
    private final ClaimEvents events;

    public AttachmentReconciler(Moves moves, ClaimEvents events) {
        this.moves = moves;
        this.events = events;
    }

    @Override
    public UpdateControl<Attachment> reconcile(Attachment attachment, Context<Attachment> context) {
        AttachmentSpec spec = attachment.getSpec();
        if (spec == null) {
            return UpdateControl.noUpdate();
        }
        AttachmentStatus answer = moves.answer(spec.volume(), spec.node());
        if (!answer.equals(attachment.getStatus())) {
            write(attachment, spec, answer, context);
            tell(spec, answer, context);
        }
        return answer.state() == AttachmentState.WAITING
                ? UpdateControl.<Attachment>noUpdate().rescheduleAfter(WAIT_CHECK)
                : UpdateControl.noUpdate();
    }

    /** A move that is on its way tells of itself when the volume hydrates. */
    private void tell(AttachmentSpec spec, AttachmentStatus answer, Context<Attachment> context) {
        boolean held = answer.state() == AttachmentState.WAITING && !MOVING.equals(answer.reason());
        Volume volume = held
                ? context.getClient()
                        .resources(Volume.class)
                        .withName(spec.volume())
                        .get()
                : null;
        if (volume != null) {
            events.tell(
                    volume,
                    new ClaimEvent(
                            true,
                            "MoveWaits" + answer.reason(),
                            "a pod on node " + spec.node() + " waits: " + answer.message()));
        }
    }

    private static void write(
            Attachment attachment, AttachmentSpec spec, AttachmentStatus answer, Context<Attachment> context) {
        Attachment patch = new Attachment();
        patch.setMetadata(new ObjectMetaBuilder()
                .withName(attachment.getMetadata().getName())
                .withResourceVersion(attachment.getMetadata().getResourceVersion())
                .build());
        patch.setSpec(spec);
        patch.setStatus(answer);
        context.getClient().resource(patch).updateStatus();
    }

    @Override
    public List<EventSource<?, Attachment>> prepareEventSources(EventSourceContext<Attachment> context) {
        var configuration = InformerEventSourceConfiguration.from(Volume.class, Attachment.class)
                .withSecondaryToPrimaryMapper(AttachmentReconciler::attachmentsOf)
                .withWatchAllNamespaces()
                .withOnUpdateFilter(AttachmentReconciler::changesAnswers)
                .build();
        return List.of(new InformerEventSource<>(configuration, context));
    }

    // Of a status only whether there is something that could move.
    private static boolean changesAnswers(Volume now, Volume before) {
        return !Objects.equals(now.getSpec(), before.getSpec()) || isMade(now) != isMade(before);
    }

    private static boolean isMade(Volume volume) {
        VolumeStatus status = volume.getStatus();
        return status != null
                && status.allocated() != null
                && status.epoch() == volume.getSpec().epoch();
    }

    // The nodes that may be concerned by a change of the volume: its home, the target of a move, and those it left.
    private static Set<ResourceID> attachmentsOf(Volume volume) {
        Set<ResourceID> attachments = new HashSet<>();
        for (String label : volume.getMetadata().getLabels().keySet()) {
            if (label.startsWith(Names.LABEL_CONCERNS_PREFIX)) {
                String node = label.substring(Names.LABEL_CONCERNS_PREFIX.length());
                attachments.add(
                        new ResourceID(Names.attachment(volume.getMetadata().getName(), node)));
            }
        }
        return attachments;
    }
}
