package dev.sluice.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.LedgerWriter;
import dev.sluice.e2e.fixture.Replica;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.StatefulSetRequest;
import dev.sluice.e2e.fixture.VolumeView;
import java.time.Duration;
import java.util.List;

/**
 * A StatefulSet whose pod writes on and on to a volume that follows it.
 *
 * @param checksum of /data/file, written once
 */
record WriterScene(Sandbox sandbox, Replica replica, LedgerWriter writer, VolumeView volume, String checksum) {
    private static final int MEBIBYTES = 32;
    private static final Duration HYDRATION = Duration.ofSeconds(120);

    static WriterScene on(Sandbox sandbox, Node node) {
        return of(sandbox, StatefulSetRequest.named("db").on(node.name()));
    }

    static WriterScene of(Sandbox sandbox, StatefulSetRequest request) {
        String follow = sandbox.followClass();
        LedgerWriter writer = new LedgerWriter(sandbox);
        Replica replica = sandbox.submit(request.ofClass(follow).running(writer.program()));
        String checksum = replica.awaitReady().writeRandom(Scene.FILE, MEBIBYTES);
        writer.awaitMore(replica.pod());
        return new WriterScene(sandbox, replica, writer, sandbox.volume(replica.claim()), checksum);
    }

    /** Ends the pod and lets its successor run on another node; returns when that writes. */
    void move(Node from, Node to, Ending ending, Duration patience) {
        replica.sendTo(to);
        awaitSuccessorOf(patience, () -> ending.end(replica.pod(), from));
        assertThat(replica.pod().node()).isEqualTo(to.name());
    }

    void awaitSuccessorOf(Duration patience, Runnable end) {
        String uid = replica.pod().uid();
        writer.awaitMore(replica.pod());
        end.run();
        replica.pod().awaitSuccessor(uid, patience);
        writer.awaitMore(replica.pod());
        requireOneWriterAndNothingLost();
    }

    void requireOneWriterAndNothingLost() {
        assertThat(writer.read(replica.pod()).faults()).isEmpty();
        assertThat(replica.pod().checksum(Scene.FILE)).isEqualTo(checksum);
    }

    /** Everything is here, and nothing is left where the pods were. */
    void finish(Node home, List<Node> left) {
        volume.awaitAtRest(HYDRATION);
        home.dropCaches();
        requireOneWriterAndNothingLost();
        assertThat(home.targets(volume.id())).containsOnly("linear");
        MoveIT.assertGone(volume.id(), left.toArray(Node[]::new));
        writer.forget();
    }
}
