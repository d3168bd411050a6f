package dev.sluice.node.api;

import dev.sluice.api.Condition;
import dev.sluice.api.CopyTurn;
import dev.sluice.api.DesiredState;
import dev.sluice.api.Export;
import dev.sluice.api.ExportStatus;
import dev.sluice.api.StorageNode;
import dev.sluice.api.StorageNodeSpec;
import dev.sluice.node.budget.BudgetBoard;
import dev.sluice.node.budget.CopyTerms;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/** Keeps what limits this node's copies as the cluster has it. */
final class BudgetWatch {
    private final BudgetBoard board;

    BudgetWatch(BudgetBoard board) {
        this.board = board;
    }

    /** Of all nodes: this one's own limits, and who is being emptied. */
    ResourceEventHandler<StorageNode> nodes() {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(StorageNode node) {
                learn(node);
            }

            @Override
            public void onUpdate(StorageNode before, StorageNode after) {
                learn(after);
            }

            @Override
            public void onDelete(StorageNode node, boolean unknownFinalState) {
                board.emptied(node.getMetadata().getName(), false);
            }
        };
    }

    /** Of those that feed this node. */
    ResourceEventHandler<Export> exports() {
        return new ResourceEventHandler<>() {
            @Override
            public void onAdd(Export export) {
                learn(export);
            }

            @Override
            public void onUpdate(Export before, Export after) {
                learn(after);
            }

            @Override
            public void onDelete(Export export, boolean unknownFinalState) {
                board.remove(export.getMetadata().getName());
            }
        };
    }

    private void learn(StorageNode node) {
        String name = node.getMetadata().getName();
        StorageNodeSpec spec = node.getSpec() == null ? StorageNodeSpec.DEFAULT : node.getSpec();
        if (name.equals(board.node())) {
            board.limit(spec.maxBytesPerSecondIn(), spec.maxBytesPerSecondOut(), spec.maxBytesPerSecondPerSource());
        }
        board.emptied(name, spec.evacuate() || hasCondition(node));
    }

    /** An evacuation may be asked for by an annotation of the Kubernetes node too; the condition tells of either. */
    private static boolean hasCondition(StorageNode node) {
        return node.getStatus() != null
                && node.getStatus().foreignConditions().stream()
                        .anyMatch(each -> each.type().equals(Condition.EVACUATED));
    }

    private void learn(Export export) {
        if (export.getSpec() == null || export.getSpec().state() != DesiredState.PRESENT) {
            board.remove(export.getMetadata().getName());
            return;
        }
        ExportStatus status = export.getStatus();
        CopyTurn turn = export.getSpec().turn();
        board.put(
                export.getMetadata().getName(),
                new CopyTerms(
                        export.getSpec().originNode(),
                        status == null ? null : status.allowedBytesPerSecond(),
                        turn == null ? null : turn.before()));
    }
}
