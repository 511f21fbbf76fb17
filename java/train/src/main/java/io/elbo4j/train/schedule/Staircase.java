package io.elbo4j.train.schedule;

import static io.elbo4j.ArgumentException.require;

/**
 * Multiplied by a factor after every so many steps.
 *
 * @param initially at step 0
 * @param factor finite
 * @param every steps, at least 1
 */
public record Staircase(double initially, double factor, long every) implements Schedule {
    public Staircase {
        require(Double.isFinite(initially), "initially", "finite", initially);
        require(Double.isFinite(factor), "factor", "finite", factor);
        require(every >= 1, "every", "at least 1 step", every);
    }

    @Override
    public double at(long step) {
        return initially * StrictMath.pow(factor, step / every);
    }
}
