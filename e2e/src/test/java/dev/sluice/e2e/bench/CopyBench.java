package dev.sluice.e2e.bench;

import dev.sluice.e2e.cluster.Node;
import dev.sluice.names.Names;

/**
 * Copies a clone's origin over and over, on the clone's node, as dm-clone's kernel thread or dd does it: the same disk behind the same iSCSI
 * session, into a thin volume of the same pool. The clone itself is paused meanwhile.
 *
 * @param bytes of the origin
 */
record CopyBench(Node node, String volumeId, long bytes) implements AutoCloseable {
    private static final int SECTOR = 512;
    private static final int MEBIBYTE = 1 << 20;

    /** A way that is slow is stopped then: its rate is known. */
    static final int LONGEST_SECONDS = 5;

    private static final String DEVICE = "bench-clone";

    /** Makes what it copies into. */
    static CopyBench open(Node node, String volumeId, long bytes) {
        CopyBench bench = new CopyBench(node, volumeId, bytes);
        bench.close();
        node.sh("""
                set -e
                pool=$(lvs --noheadings -o vg_name,lv_name -S 'segtype=thin-pool' | awk '{ print $1 "/" $2; exit }')
                lvcreate -qq -y -n bench-data -V %db --thinpool $pool
                lvcreate -qq -y -n bench-meta -L 8m ${pool%%/*}""".formatted(bytes));
        return bench;
    }

    /** MiB a second. */
    double measure(CopySetting setting) {
        String seconds = node.sh(devices() + (setting.byEngine() ? engine(setting) : dd(setting)));
        String[] words = seconds.strip().split("\\s+", -1);
        return Long.parseLong(words[0]) / (Double.parseDouble(words[1]) / 1e9) / MEBIBYTE;
    }

    @Override
    public void close() {
        node.sh("""
                dmsetup remove --retry %s 2>/dev/null
                group=$(lvs --noheadings -o vg_name -S 'lv_name=bench-data||lv_name=bench-meta' | awk '{ print $1; exit }')
                [ -z "$group" ] || lvremove -qq -f -S 'lv_name=bench-data||lv_name=bench-meta' $group""".formatted(DEVICE));
    }

    /** Says where everything is, and has the thin volume hold nothing. */
    private String devices() {
        return """
                set -e
                at() { echo /dev/$(dmsetup info -c --noheadings -o blkdevname $1); }
                name=%s
                source=$(at $name)
                group=$(lvs --noheadings -o vg_name -S lv_name=bench-data | awk '{ print $1 }')
                data=/dev/$group/bench-data
                meta=/dev/$group/bench-meta
                blkdiscard $data
                sync
                echo 3 >/proc/sys/vm/drop_caches
                """.formatted(Names.sourceDevice(Names.copy(volumeId, 1)));
    }

    private String dd(CopySetting setting) {
        long blocks = bytes / MEBIBYTE / setting.batch();
        return Engine.FUNCTIONS + """
                begin=$(now)
                for n in $(seq 0 %1$d); do
                  dd if=$source of=$data bs=1M count=%2$d skip=$((n * %2$d)) seek=$((n * %2$d)) \\
                    iflag=direct oflag=direct conv=notrunc status=none &
                done
                wait
                sync $data
                echo %3$d $(($(now) - begin))
                """.formatted(setting.batch() - 1, blocks, blocks * setting.batch() * MEBIBYTE);
    }

    /**
     * The disk's own counter tells when everything was read, without a process that would take the only processor; then the engine is asked.
     */
    private String engine(CopySetting setting) {
        long region = (long) setting.regionKibibytes() * 1024;
        return Engine.FUNCTIONS
                + """
                disk=$(disk $name)
                dmsetup remove --retry %1$s 2>/dev/null || :
                dd if=/dev/zero of=$meta bs=4k count=1 oflag=direct conv=notrunc status=none
                dmsetup create %1$s --noudevsync --table \\
                  "0 %2$d clone $meta $data $source %3$d 1 no_hydration 4 hydration_threshold %4$d hydration_batch_size %5$d"
                base=$(sectors $disk)
                begin=$(now)
                dmsetup message %1$s 0 enable_hydration
                await_hydrated %1$s $disk $((base + %2$d)) $((begin + %6$d000000000))
                end=$(now)
                echo $(($(hydrated %1$s) * %7$d)) $((end - begin))
                dmsetup remove --retry %1$s
                """.formatted(
                                DEVICE,
                                bytes / SECTOR,
                                region / SECTOR,
                                setting.threshold(),
                                setting.batch(),
                                LONGEST_SECONDS,
                                region);
    }
}
