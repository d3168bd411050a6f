package dev.sluice.controller.domain;

import java.util.List;
import java.util.Optional;

/**
 * A StatefulSet with its pods as they are now.
 *
 * @param first the number of its first member
 * @param replicas how many members it should have
 */
public record MemberSet(ClaimSet claims, int first, int replicas, List<SetPod> pods) {
    public MemberSet {
        pods = List.copyOf(pods);
    }

    Optional<SetPod> pod(String member) {
        return pods.stream().filter(each -> each.member().equals(member)).findFirst();
    }

    /** Whether there is to be such a member: one that was scaled away has no successor. */
    boolean wants(String member) {
        try {
            int number = Integer.parseInt(member);
            return number >= first && number < first + replicas;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    /** The name of a member's pod. */
    String podName(String member) {
        return claims.name() + "-" + member;
    }
}
