package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

/**
 * How chains run.
 *
 * @param chains at least 2
 * @param warmUp first steps of each, which are thrown away; at least 0
 * @param steps that are kept of each, from 8 to 100,000,000
 * @param spread standard deviation of where they start, around 0; at least 0. A Langevin step flies off from where the
 *     density is steep, which a wide start may find
 * @param seed of all that is random
 */
public record ChainSettings(int chains, int warmUp, int steps, double spread, long seed) {
    private static final int MOST = 100_000_000;

    public ChainSettings {
        require(chains >= 2, "chains", "at least 2", chains);
        require(warmUp >= 0, "warmUp", "at least 0", warmUp);
        require(steps >= 8 && steps <= MOST, "steps", "from 8 to 100000000", steps);
        require(spread >= 0 && Double.isFinite(spread), "spread", "a finite number of at least 0", spread);
    }

    /** 256 chains that keep 4,000 steps after 500. */
    public static ChainSettings of(long seed) {
        return new ChainSettings(256, 500, 4000, 0.5, seed);
    }
}
