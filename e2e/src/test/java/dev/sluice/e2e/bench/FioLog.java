package dev.sluice.e2e.bench;

/** For scripts on a node: a load by fio that goes on while something happens, and what its I/Os saw at which time. */
final class FioLog {
    /** After {@link Engine#FUNCTIONS}, for bash. Times are nanoseconds, as now() tells them; latencies microseconds. */
    static final String FUNCTIONS = """
            # FIO-ARGUMENT...
            load_begin() {
              rm -f /tmp/bench-load*
              fio --name=load --direct=1 --ioengine=libaio --bs=4k --time_based --runtime=600 --write_lat_log=/tmp/bench-load \\
                --log_unix_epoch=1 --output-format=json --output=/tmp/bench-load.json "$@" </dev/null >&2 &
              load=$!
            }
            # Fails when one I/O failed. That it was ended by a signal is no failure.
            load_end() {
              kill -INT $load
              wait $load || :
              # It says first, in the same file, that a signal ended it.
              sed -n '/^{/,$p' /tmp/bench-load.json | jq -e '.jobs | all(.error == 0)' >/dev/null
            }
            # FROM TO: how many began and ended then, and of their latencies the median, the 99th percentile and the longest
            load_seen() {
              awk -F, -v from=$(($1 / 1000000)) -v to=$(($2 / 1000000)) '$1 - $2 / 1000000 >= from && $1 + 0 <= to { print $2 }' /tmp/bench-load_lat.1.log |
                sort -n -S 8M -o /tmp/bench-latencies
              awk -v n=$(wc -l </tmp/bench-latencies) 'NR == int((n + 1) / 2) { half = $1 } NR == int(n * .99 + .99) { most = $1 }
                END { print n, half / 1000, most / 1000, $1 / 1000 }' /tmp/bench-latencies
            }
            # VOLUME-DEVICE ENGINE-DEVICE, as the kernel names them: whether the one is above the other
            is_above() { [ -e /sys/block/$1/slaves/$2 ]; }
            kernel_name() { dmsetup info -c --noheadings -o blkdevname $1; }
            """;

    /**
     * I/Os that began and ended in a time.
     *
     * @param perSecond of them
     * @param median microseconds, as what follows
     */
    record Seen(double perSecond, double median, double p99, double longest) {
        /** @param words what load_seen prints */
        static Seen parse(String words, double seconds) {
            String[] numbers = words.strip().split("\\s+", -1);
            return new Seen(
                    Double.parseDouble(numbers[0]) / seconds,
                    Double.parseDouble(numbers[1]),
                    Double.parseDouble(numbers[2]),
                    Double.parseDouble(numbers[3]));
        }
    }

    private FioLog() {}
}
