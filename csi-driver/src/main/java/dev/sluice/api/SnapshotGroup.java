package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import java.util.List;

/**
 * The group snapshot a snapshot belongs to. Each member names all of them, so that each alone tells whether the group is complete.
 *
 * @param members in order of their ids
 */
public record SnapshotGroup(@Required String id, @Required List<Member> members) {
    public SnapshotGroup {
        members = List.copyOf(members);
    }

    /** One snapshot of the group, and the volume it is of. */
    public record Member(
            @Required String snapshot, @Required String sourceVolume) {}
}
