package io.elbo4j.train.schedule;

import static io.elbo4j.ArgumentException.require;

/**
 * Multiplied by a factor after every so many steps, or after stairs each of which is longer than the one before: with
 * factor 10^(-1/7) and growth 3 it is the schedule of Burda et al. 2016, Importance weighted autoencoders, section 5.
 *
 * @param initially at step 0
 * @param factor finite
 * @param every steps of the first stair, at least 1
 * @param growth of each stair against the one before, at least 1; their ends are rounded to steps
 */
public record Staircase(double initially, double factor, long every, double growth) implements Schedule {
    public Staircase {
        require(Double.isFinite(initially), "initially", "finite", initially);
        require(Double.isFinite(factor), "factor", "finite", factor);
        require(every >= 1, "every", "at least 1 step", every);
        require(growth >= 1 && Double.isFinite(growth), "growth", "finite, and at least 1", growth);
    }

    /** Stairs of one length. */
    public Staircase(double initially, double factor, long every) {
        this(initially, factor, every, 1);
    }

    @Override
    public double at(long step) {
        return initially * StrictMath.pow(factor, growth == 1 ? step / every : stair(step));
    }

    private long stair(long step) {
        long stair = 0;
        double length = every;
        for (double end = every; step >= Math.rint(end); end += length) {
            length *= growth;
            stair++;
        }
        return stair;
    }
}
