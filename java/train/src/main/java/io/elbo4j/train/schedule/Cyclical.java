package io.elbo4j.train.schedule;

import static io.elbo4j.ArgumentException.require;

/**
 * Grows linearly from 0 to a number in the first part of each period and stays there for the rest (Fu et al. 2019,
 * equations 6 and 7).
 *
 * @param value what it grows to
 * @param period steps, at least 1
 * @param growing the share of a period in which it grows, above 0 and at most 1
 */
public record Cyclical(double value, long period, double growing) implements Schedule {
    public Cyclical {
        require(Double.isFinite(value), "value", "finite", value);
        require(period >= 1, "period", "at least 1 step", period);
        require(growing > 0 && growing <= 1, "growing", "above 0 and at most 1", growing);
    }

    @Override
    public double at(long step) {
        return value * Math.min(1, (double) (step % period) / period / growing);
    }
}
