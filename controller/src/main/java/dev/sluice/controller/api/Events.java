package dev.sluice.controller.api;

import dev.sluice.names.Names;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.time.Instant;
import java.util.Map;

/** Events as the driver writes them: beside what they are about, once each. */
final class Events {
    static final String NORMAL = "Normal";
    static final String WARNING = "Warning";

    private Events() {}

    static Event about(
            ObjectReference subject,
            String name,
            Map<String, String> labels,
            String type,
            String reason,
            String message,
            Instant now) {
        return new EventBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(subject.getNamespace())
                .addToLabels(labels)
                .endMetadata()
                .withInvolvedObject(subject)
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withFirstTimestamp(now.toString())
                .withLastTimestamp(now.toString())
                .withCount(1)
                .withNewSource()
                .withComponent(Names.DRIVER)
                .endSource()
                .build();
    }
}
