package io.elbo4j.control.planning;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Activation;
import io.elbo4j.control.network.Counts;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Largest;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.model.Setting;

/**
 * The cross-entropy method (Rubinstein 1999; for planning Chua et al. 2018, PETS, section 5): plans from a Gaussian,
 * which then moves towards the best of them, the elites:
 *
 * <pre>
 *   plan = clip(mean + deviation noise, -1, 1)
 *   mean' = keep mean + (1 - keep) m        m, v the elites' mean and variance, over the number of elites
 *   deviation'^2 = keep deviation^2 + (1 - keep) v
 * </pre>
 *
 * <p>What lies outside the box is taken at its bounds, as PlaNet does (Hafner et al. 2019); PETS truncates.
 *
 * @param population plans of an iteration, from 1 to 1,000,000
 * @param elites how many of them, 1 to population
 * @param iterations of a decision, at least 1
 * @param keep the share of the old mean and variance that stays, in [0, 1)
 * @param deviation in the first iteration of a decision, from 1e-30 to 1e30: 0.5 is a quarter of the box
 */
public record CrossEntropy(
        @Setting("plans that are drawn at a time") int population,
        @Setting("the best plans, from which the next are drawn; a tenth of the population where it alone is given") //
        int elites,
        @Setting("times that they are drawn for a decision") int iterations,
        @Setting("the share of the old mean and variance that stays, at least 0 and below 1") double keep,
        @Setting("standard deviation of plans at first, of half the box, above 0") double deviation)
        implements
            Search {
    public CrossEntropy {
        requireCount("population", population, Counts.ROWS);
        require(elites >= 1 && elites <= population, "elites", "from 1 to the population, " + population, elites);
        require(iterations >= 1, "iterations", "at least 1", iterations);
        require(keep >= 0 && keep < 1, "keep", "at least 0 and below 1", keep);
        require(deviation >= 1e-30 && deviation <= 1e30, "deviation", "from 1e-30 to 1e30", deviation);
    }

    /** A tenth of them elites, 0.1 of what was stays, a deviation of 0.5. */
    public static CrossEntropy of(int population, int iterations) {
        return new CrossEntropy(population, Math.max(1, population / 10), iterations, 0.1, 0.5);
    }

    @Override
    public Value plans(Value mean, Value deviation) {
        Value noise = NormalNoise.of(mean.graph(), "plans", PLANS, mean.columns());
        return Search.clip(Add.of(mean, Multiply.of(deviation, noise)));
    }

    @Override
    public Next next(Value mean, Value deviation, Value plans, Value returns) {
        Value shares = Scale.of(Largest.of(returns, Axis.SAMPLE, elites), 1f / elites, 0);
        Value m = Search.sum(shares, plans);
        Value v = Search.sum(shares, Activate.of(Subtract.of(plans, m), Activation.SQUARE));
        Value variance = mix(Activate.of(deviation, Activation.SQUARE), v);
        return new Next(mix(mean, m), Activate.of(variance, Activation.SQRT));
    }

    private Value mix(Value old, Value found) {
        return Add.of(Scale.of(old, (float) keep, 0), Scale.of(found, (float) (1 - keep), 0));
    }
}
