package dev.sluice.node.stack;

import dev.sluice.node.host.Pool;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps background copying from taking the last room of a pool. What is left then is for what pods write: a pool that is full has their
 * writes wait, and then fail.
 */
final class PoolGuard {
    /** One part in so many of a pool is not copied into, */
    private static final int PART = 20;
    /** but no more than this. */
    private static final long MOST = 8L << 30;
    /** A pool whose metadata is full goes read-only. */
    private static final int MOST_METADATA_PERCENT = 90;

    private static final int CALM_METADATA_PERCENT = 85;
    private static final Duration LOOK = Duration.ofSeconds(2);

    private final Function<String, Optional<Pool>> pools;
    private final Map<String, Seen> seen = new HashMap<>();

    private record Seen(Instant at, @Nullable HydrationLimit missing) {}

    /** @param pools a fresh look at a pool, by the name users know */
    PoolGuard(Function<String, Optional<Pool>> pools) {
        this.pools = pools;
    }

    /** Why nothing may be copied into it; null when it may. Where copying was stopped, it goes on when there is a quarter more room. */
    synchronized @Nullable HydrationLimit missing(String pool, Instant now) {
        Seen last = seen.get(pool);
        if (last == null || !now.isBefore(last.at().plus(LOOK)) || now.isBefore(last.at())) {
            boolean stopped = last != null && last.missing() != null;
            HydrationLimit missing =
                    pools.apply(pool).map(found -> judge(found, stopped)).orElse(null);
            last = new Seen(now, missing);
            seen.put(pool, last);
        }
        return last.missing();
    }

    private static @Nullable HydrationLimit judge(Pool pool, boolean stopped) {
        String name = pool.settings().name();
        long reserve = reserve(pool.sizeBytes());
        long free = pool.sizeBytes() - pool.usedBytes();
        if (free < (stopped ? reserve + reserve / 4 : reserve) || free <= 0) {
            return HydrationLimit.poolFull(name, Math.max(0, free), reserve);
        }
        return pool.metadataPercent() >= (stopped ? CALM_METADATA_PERCENT : MOST_METADATA_PERCENT)
                ? HydrationLimit.poolMetadataFull(name, pool.metadataPercent())
                : null;
    }

    static long reserve(long poolBytes) {
        return Math.min(poolBytes / PART, MOST);
    }
}
