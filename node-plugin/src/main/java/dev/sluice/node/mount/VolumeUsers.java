package dev.sluice.node.mount;

import dev.sluice.node.host.Host;
import dev.sluice.node.stack.PodDevices;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Who sees a volume on this node, by the mount table: the kubelet has the uid of a pod in the path of each mount it makes for one. */
public final class VolumeUsers {
    private static final Pattern UID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    private static final String STAGING = "globalmount";

    private final Host host;
    private final Path kubeletDir;

    public VolumeUsers(Host host, Path kubeletDir) {
        this.host = host;
        this.kubeletDir = kubeletDir;
    }

    /**
     * @param pods uids
     * @param others whether anyone else has it mounted
     */
    public record Users(Set<String> pods, boolean others) {}

    public Users of(String volume) {
        Set<String> pods = new HashSet<>();
        boolean others = false;
        for (Path path : paths(volume)) {
            boolean isKubelets = path.startsWith(kubeletDir);
            Set<String> found = isKubelets ? uids(path) : Set.of();
            pods.addAll(found);
            others |= found.isEmpty() && !(isKubelets && path.endsWith(STAGING));
        }
        return new Users(pods, others);
    }

    private List<Path> paths(String volume) {
        return PodDevices.find(host, volume).stream()
                .flatMap(device -> MountTable.paths(host.mounts(), device.number()))
                .map(Path::of)
                .toList();
    }

    private static Set<String> uids(Path path) {
        Set<String> uids = new HashSet<>();
        for (Path segment : path) {
            if (UID.matcher(segment.toString()).matches()) {
                uids.add(segment.toString());
            }
        }
        return uids;
    }
}
