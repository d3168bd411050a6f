package dev.sluice.controller.domain;

import dev.sluice.api.ClaimReference;
import java.util.List;
import java.util.Optional;

/**
 * A StatefulSet as its claims show it: each member's claims are named after a template, the set and the member's number.
 *
 * @param templates names of its volumeClaimTemplates
 */
public record ClaimSet(String namespace, String name, List<String> templates) {
    public ClaimSet {
        templates = List.copyOf(templates);
    }

    /** The number of the member that a claim belongs to. */
    Optional<String> member(ClaimReference claim) {
        if (!claim.namespace().equals(namespace)) {
            return Optional.empty();
        }
        return templates.stream()
                .map(template -> template + "-" + name + "-")
                .filter(claim.name()::startsWith)
                .map(prefix -> claim.name().substring(prefix.length()))
                .filter(number -> !number.isEmpty() && number.chars().allMatch(Character::isDigit))
                .findFirst();
    }
}
