package dev.sluice.node.budget;

import dev.sluice.api.Urgency;

/**
 * What one copy asks of a budget; all in bytes a second.
 *
 * @param priority as its user set it; higher goes first
 * @param wanted what it could use now, as far as can be seen; infinite for one that was held back
 * @param most what it may have at most, for other reasons than this budget; infinite for none
 * @param least what it must not fall below; 0 for none of its own
 */
public record Claim(String id, int priority, Urgency urgency, double wanted, double most, double least) {
    double wish() {
        return Math.min(wanted, most);
    }
}
