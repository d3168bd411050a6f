package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.e2e.fixture.ClaimRequest;
import dev.sluice.e2e.fixture.PodRequest;
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
    FILES("ext4 of 1 GiB, a file of 200 MiB", 1024, null);

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
    String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    ClaimRequest request(String name) {
        ClaimRequest request = ClaimRequest.named(name).ofSize(mebibytes + "Mi");
        return script != null ? request.block() : request;
    }

    PodRequest use(PodRequest pod, String claim) {
        return script != null ? pod.withDevice(claim, DEVICE) : pod.mounting(claim, "/data");
    }

    long bytes() {
        return (long) mebibytes << 20;
    }

    /** @param pod that has the volume of this id, on this node */
    void write(Workload pod, Node node, String volumeId) {
        if (script == null) {
            pod.exec("dd if=/dev/urandom of=/data/file bs=1M count=200 conv=fsync");
        } else {
            node.sh("device=" + node.device(volumeId) + "; " + script);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
