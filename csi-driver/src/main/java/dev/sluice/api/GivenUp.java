package dev.sluice.api;

import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * What was written to one copy of a volume was given up, by order.
 *
 * @param time RFC 3339, when
 * @param copy node@epoch
 * @param used what the volume went on with
 * @param since RFC 3339: what was written after this is given up; absent when the copy that was used has no time
 * @param by who ordered it
 * @param epoch of the volume since
 */
public record GivenUp(
        @Required String time,
        @Required String copy,
        @Required String used,
        @Nullable String since,
        @Required String by,
        @Required long epoch) {}
