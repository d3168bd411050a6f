package dev.sluice.e2e.bench;

/** What scripts on a node ask of dm-clone and its disk. */
final class Engine {
    /** For bash: nothing here starts a process while something is measured, but to look whether it has ended. */
    static final String FUNCTIONS = """
            # SECONDS: without a process of its own, which on a node with one processor a load would feel
            exec 9<> <(:)
            pause() { read -rt $1 -u 9 || :; }
            now() { echo ${EPOCHREALTIME/./}000; }
            disk() { dmsetup deps -o blkdevname $1 | sed 's/.*(\\(.*\\)).*/\\1/'; }
            # DISK: what was read of it, in $sectors
            read_sectors() { read -r _ _ sectors _ </sys/block/$1/stat; }
            sectors() { read_sectors $1; echo $sectors; }
            hydrated() { set -- $(dmsetup status --noflush $1); echo ${7%/*}; }
            # 0 when there is no engine any more
            missing() { set -- $(dmsetup status --noflush $1 2>/dev/null); [ -z "$7" ] && echo 0 || echo $((${7#*/} - ${7%/*})); }
            missing_bytes() { set -- $(dmsetup status --noflush $1); echo $(((${7#*/} - ${7%/*}) * $6 * 512)); }
            # DEVICE DISK SECTORS-READ-BY-THEN LATEST: leaves in $sectors what was read of the disk in the end, which goes with the engine
            await_hydrated() {
              while read_sectors $2
                [ $sectors -lt $3 ] && [ ${EPOCHREALTIME/./}000 -lt $4 ]; do
                pause 0.02
              done
              while [ ${EPOCHREALTIME/./}000 -lt $4 ] && [ "$(missing $1)" != 0 ]; do
                read_sectors $2 2>/dev/null || :
                pause 0.02
              done
              read_sectors $2 2>/dev/null || :
            }
            """;

    private Engine() {}
}
