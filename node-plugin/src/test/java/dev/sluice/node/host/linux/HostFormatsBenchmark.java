package dev.sluice.node.host.linux;

import dev.sluice.node.host.TableLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What goes to and comes from the kernel and the tools: for one device, and for a node with 500 volumes. */
@State(Scope.Thread)
public class HostFormatsBenchmark {
    private static final int VOLUMES = 500;

    private final byte[] cloneStatus = answer(
            "clone",
            "8 30/1024 128 12345/32768 16 1 no_discard_passdown 4 hydration_threshold 256 hydration_batch_size 64 rw");
    private final List<TableLine> table = List.of(
            new TableLine(0, 2097152, "linear", "254:7 0"), new TableLine(2097152, 8, "linear", "254:4 2097152"));
    private final String lvs = repeated(Recorded.read("lvs.json"));
    private final String mounts = mounts();

    /** A status ioctl without the ioctl: what is sent, and what came back, read. */
    @Benchmark
    public Object dmStatus() {
        byte[] request = new DmRequest()
                .name("sluice-v-613862ddc74360dcff8e7101dadb6466-clone")
                .flags(DmRequest.NOFLUSH)
                .encode(0);
        return request.length == 0 ? request : new DmReply(cloneStatus).lines();
    }

    @Benchmark
    public Object dmRequest() {
        return new DmRequest()
                .name("sluice-v-613862ddc74360dcff8e7101dadb6466-clone")
                .flags(DmRequest.NOFLUSH)
                .encode(0);
    }

    @Benchmark
    public Object dmReply() {
        return new DmReply(cloneStatus).lines();
    }

    @Benchmark
    public Object dmTableLoad() {
        return new DmRequest().name("sluice-v-1").table(table).encode(0);
    }

    @Benchmark
    public Object lvmInventoryOf500() {
        return LvmInventory.parse(lvs);
    }

    @Benchmark
    public Object mountTableOf500() {
        return MountTable.parse(mounts, node -> Optional.empty());
    }

    /** As large as the kernel's answer is: the buffer of the request. */
    private static byte[] answer(String type, String arguments) {
        byte[] bytes = new DmRequest().encode(0);
        ByteBuffer buffer = DmRequest.over(bytes);
        int data = DmRequest.HEADER;
        buffer.putInt(16, data).putInt(20, 1).putInt(24, 1).putInt(28, DmRequest.ACTIVE_PRESENT);
        buffer.putLong(data, 0).putLong(data + 8, 4194304).putInt(data + 20, 160);
        buffer.put(data + 24, type.getBytes(StandardCharsets.US_ASCII));
        buffer.put(data + 40, arguments.getBytes(StandardCharsets.US_ASCII));
        return bytes;
    }

    /** The recorded report with the rows of many volumes. */
    private static String repeated(String json) {
        int from = json.indexOf('[', json.indexOf("\"lv\"")) + 1;
        String rows = json.substring(from, json.indexOf(']', from));
        int each = LvmReport.parse(json, "lv").size();
        return json.substring(0, from)
                + IntStream.range(0, Math.ceilDiv(VOLUMES, each))
                        .mapToObj(copy -> rows.replace("v-0a-1", "v-" + copy))
                        .collect(Collectors.joining(","))
                + json.substring(from + rows.length());
    }

    private static String mounts() {
        return IntStream.range(0, VOLUMES)
                .mapToObj(volume ->
                        "%d 117 254:%d / /var/lib/kubelet/pods/%d/volumes/mount rw,relatime - ext4 /dev/dm-%d rw"
                                .formatted(200 + volume, volume, volume, volume))
                .collect(Collectors.joining("\n", Recorded.read("mountinfo.txt").stripTrailing() + "\n", "\n"));
    }
}
