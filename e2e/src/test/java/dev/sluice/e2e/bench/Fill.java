package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.PodRequest;
import dev.sluice.e2e.fixture.Sandbox;
import dev.sluice.e2e.fixture.Workload;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is in a volume that is cloned. */
enum Fill {
    FULL("raw, every byte written", 256, dd(256)),
    HALF("raw, the first half written", 256, dd(128)),
    TWENTIETH("raw, a twentieth written", 256, dd(13)),
    FRAGMENTED(
            "raw, 4 KiB written and 4 KiB not, by turns",
            256,
            "fio --name=fill --filename=$device --rw=write:4k --bs=4k --io_size=128m --size=256m --direct=1 --iodepth=16"
                    + " --ioengine=libaio --end_fsync=1"),
    FILES("ext4 of 1 GiB, a file of 200 MiB", 1024, null),
    SPARSE("ext4 of 20 GiB, a file of 200 MiB", 20 * 1024, null);

    /** Pods see a raw volume there. */
    private static final String DEVICE = "/dev/data";

    private final String text;
    private final int mebibytes;
    private final @Nullable String script;

    Fill(String text, int mebibytes, @Nullable String script) {
        this.text = text;
        this.mebibytes = mebibytes;
        this.script = script;
    }

    private static String dd(int mebibytes) {
        return "dd if=/dev/urandom of=$device bs=1M count=%d oflag=direct conv=fsync status=none".formatted(mebibytes);
    }

    /** Name of the claim that has it. */
    private String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    private ClaimRequest request(String name) {
        ClaimRequest request = ClaimRequest.named(name).ofSize(mebibytes + "Mi");
        return script != null ? request.block() : request;
    }

    private PodRequest use(PodRequest pod, String claim) {
        return script != null ? pod.withDevice(claim, DEVICE) : pod.mounting(claim, "/data");
    }

    /** Makes the claim on the first node, fills it and ends the pod that had it: no file system goes on writing to it. */
    void make(Sandbox sandbox, String storageClass) {
        Node node = sandbox.node(0);
        sandbox.claim(request(claim()).ofClass(storageClass));
        Workload pod = sandbox.start(use(PodRequest.named(claim()).on(node.name()), claim()));
        if (script == null) {
            pod.exec("dd if=/dev/urandom of=/data/file bs=1M count=200 conv=fsync");
        } else {
            node.sh("device=" + node.device(sandbox.volumeId(claim())) + "; " + script);
        }
        pod.stop();
    }

    /** A clone on the second node, with a pod that does nothing. */
    Workload clone(Sandbox sandbox, String storageClass, String name) {
        return submitClone(sandbox, storageClass, name).awaitReady();
    }

    /** Does not wait for the pod, which has the claim's name. */
    Workload submitClone(Sandbox sandbox, String storageClass, String name) {
        sandbox.claim(request(name).ofClass(storageClass).cloneOf(claim()));
        return sandbox.submit(use(PodRequest.named(name).on(sandbox.node(1).name()), name));
    }

    long bytes() {
        return (long) mebibytes << 20;
    }

    @Override
    public String toString() {
        return text;
    }
}
