package io.elbo4j.control.planning;

import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.control.network.Counts;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Largest;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.UniformNoise;
import io.elbo4j.train.model.Setting;

/**
 * Random shooting (Rao 2009, as in Nagabandi et al. 2018, section IV B): plans uniform in the box, the best is taken.
 * It knows nothing of the decision before.
 *
 * @param population plans of a decision, from 1 to 1,000,000
 */
public record RandomShooting(@Setting("plans that are drawn at a time") int population) implements Search {
    public RandomShooting {
        requireCount("population", population, Counts.ROWS);
    }

    @Override
    public int iterations() {
        return 1;
    }

    /** None is used. */
    @Override
    public double deviation() {
        return 0;
    }

    @Override
    public Value plans(Value mean, Value deviation) {
        return Scale.of(UniformNoise.of(mean.graph(), "plans", PLANS, mean.columns()), 2, -1);
    }

    @Override
    public Next next(Value mean, Value deviation, Value plans, Value returns) {
        return new Next(Search.sum(Largest.of(returns, Axis.SAMPLE, 1), plans), deviation);
    }
}
