package dev.sluice.e2e;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.Workload;

/** The ways a pod ends. */
enum Ending {
    DELETED {
        @Override
        void end(Workload pod, Node node) {
            pod.delete();
        }
    },
    /** Its object is gone while its processes still run. */
    DELETED_BY_FORCE {
        @Override
        void end(Workload pod, Node node) {
            pod.deleteByForce();
        }
    },
    EVICTED {
        @Override
        void end(Workload pod, Node node) {
            pod.evict();
        }
    },
    /** In the middle of whatever it wrote; the kubelet may start its container again before the pod is deleted. */
    KILLED {
        @Override
        void end(Workload pod, Node node) {
            String container = pod.containerId().replaceFirst("^.*://", "");
            node.sh("ctr -n k8s.io tasks kill --signal SIGKILL " + container);
            pod.delete();
        }
    };

    abstract void end(Workload pod, Node node);
}
