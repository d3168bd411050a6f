package dev.sluice.e2e.cluster;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

final class NeedsLabCondition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (Clusters.labCommand().isPresent()) {
            return ConditionEvaluationResult.enabled("this is the lab");
        }
        return AnnotationSupport.findAnnotation(context.getElement(), NeedsLab.class)
                .map(needs -> skipped(context.getDisplayName(), needs.value()))
                .orElseGet(() -> ConditionEvaluationResult.enabled("needs no lab"));
    }

    private static ConditionEvaluationResult skipped(String test, String need) {
        String reason = "needs the lab: " + need;
        System.err.printf("SKIPPED %s: %s%n", test, reason);
        return ConditionEvaluationResult.disabled(reason);
    }
}
