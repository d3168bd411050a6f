package dev.sluice.node.mount;

import dev.sluice.node.host.Host;
import dev.sluice.node.host.MountPoint;
import dev.sluice.node.stack.PodDevices;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

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

    private Set<Path> paths(String volume) {
        Set<Path> paths = new HashSet<>();
        PodDevices.find(host, volume)
                .ifPresent(device -> host.mounts().list().stream()
                        .filter(mount -> mount.deviceNumber().equals(device.number()))
                        .map(MountPoint::path)
                        .map(Path::of)
                        .forEach(paths::add));
        return paths;
    }

    private static Set<String> uids(Path path) {
        Set<String> uids = new HashSet<>();
        StreamSupport.stream(path.spliterator(), false)
                .map(Path::toString)
                .filter(segment -> UID.matcher(segment).matches())
                .forEach(uids::add);
        return uids;
    }
}
