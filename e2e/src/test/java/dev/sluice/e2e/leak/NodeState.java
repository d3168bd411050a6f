package dev.sluice.e2e.leak;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** What exists on a node that a volume could leave behind, by kind. */
record NodeState(Map<String, SortedSet<String>> found) {
    private static final String SECTION = "## ";

    /**
     * One command for a node, because a process is dear in user-mode Linux: whatever is a file is read by the shell itself. Only
     * names that derive from ours are told, so that a pool which is active from its first use is no leak.
     */
    static final String SCRIPT = """
            words() { for file in "$@"; do [ -e "$file" ] && read -r word <"$file" && echo "$word"; done; }
            echo '## logical volume'; { timeout 20 lvs --noheadings -o lv_name || echo lvs-failed; } | grep -E '^ *(v|s)-[0-9a-f]{32}|failed'
            echo '## device'; words /sys/block/dm-*/dm/name | grep -E '^sluice-|-(v|s)--[0-9a-f]{32}'
            echo '## target'; cd /sys/kernel/config/target/iscsi 2>/dev/null && echo iqn.*sluice:e-*
            echo '## backstore'; cd /sys/kernel/config/target/core 2>/dev/null && echo iblock_*/*e-*
            echo '## session'; words /sys/class/iscsi_session/*/targetname | grep sluice:e-
            echo '## node record'; for all in /etc/iscsi/nodes /var/lib/iscsi/nodes; do cd $all 2>/dev/null && echo iqn.*sluice:e-*; done
            echo '## loop device'; words /sys/block/loop*/loop/backing_file | grep kubernetes.io
            echo '## mount'; while read -r device path type rest; do
              case "$device $path" in */mapper/sluice-*|*kubernetes.io?csi*|*volumeDevices*) echo "$path" ;; esac
            done </proc/1/mounts
            :""";

    static NodeState parse(String output) {
        Map<String, SortedSet<String>> found = new LinkedHashMap<>();
        SortedSet<String> section = new TreeSet<>();
        for (String line : output.lines().map(String::strip).toList()) {
            if (line.startsWith(SECTION)) {
                section = found.computeIfAbsent(line.substring(SECTION.length()), name -> new TreeSet<>());
            } else if (!line.isEmpty()) {
                section.addAll(List.of(line.split("\\s+", -1)));
            }
        }
        // A pattern that matched nothing is echoed as it stands.
        found.values().forEach(names -> names.removeIf(name -> name.contains("*")));
        return new NodeState(found);
    }

    /** What this state has more or less than the one before, as sentences; empty when they are the same. */
    List<String> differencesFrom(NodeState before) {
        List<String> differences = new ArrayList<>();
        found.forEach((kind, names) ->
                differences.addAll(Differences.of(kind, before.found.getOrDefault(kind, new TreeSet<>()), names)));
        return differences;
    }
}
