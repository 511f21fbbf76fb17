package io.elbo4j.control.planning;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.control.network.Counts;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.NormalNoise;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.SoftmaxOver;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.model.Setting;

/**
 * Model predictive path integral control, MPPI (Williams et al. 2017, Information theoretic MPC, algorithm 2): the mean
 * of all plans, each weighted by what its return is worth:
 *
 * <pre>
 *   plan = clip(mean + deviation noise, -1, 1),  e = plan - mean
 *   S = return / temperature - effort sum of mean e / deviation^2
 *   mean' = mean + sum over the population of softmax(S) e
 * </pre>
 *
 * @param population plans of an iteration, from 1 to 1,000,000
 * @param iterations of a decision, at least 1
 * @param temperature lambda, above 0, in the unit of the returns as the model says them: those of a world model are
 *     divided by its scale
 * @param deviation of the noise, from 1e-30 to 1e30: 0.5 is a quarter of the box
 * @param effort what of the cost of control counts beside the returns, 0 to 1: 1 - alpha of Williams et al.
 */
public record PathIntegral(
        @Setting("plans that are drawn at a time") int population,
        @Setting("times that they are drawn for a decision") int iterations,
        @Setting("in the unit of what a plan is worth, above 0: of the rewards, of planet those divided by"
                + " --reward-scale, of e2c of squared distances of codes; the lower, the more the best plan counts") //
        double temperature,
        @Setting("standard deviation of plans at first, of half the box, above 0") double deviation,
        @Setting("what of the cost of control counts beside the returns, from 0 to 1") double effort)
        implements
            Search {
    public PathIntegral {
        requireCount("population", population, Counts.ROWS);
        require(iterations >= 1, "iterations", "at least 1", iterations);
        require(temperature > 0 && Float.isFinite((float) (1 / temperature)), "temperature",
                "above 0, and not too small"
                        + " for float32", temperature);
        require(deviation >= 1e-30 && deviation <= 1e30, "deviation", "from 1e-30 to 1e30", deviation);
        require(effort >= 0 && effort <= 1, "effort", "from 0 to 1", effort);
    }

    /** One iteration, a temperature of 0.3, a deviation of 0.5, no cost but what the returns have. */
    public static PathIntegral of(int population) {
        return new PathIntegral(population, 1, 0.3, 0.5, 0);
    }

    @Override
    public Value plans(Value mean, Value noiseDeviation) {
        Value noise = NormalNoise.of(mean.graph(), "plans", PLANS, mean.columns());
        return Search.clip(Add.of(mean, Multiply.of(noiseDeviation, noise)));
    }

    @Override
    public Next next(Value mean, Value noiseDeviation, Value plans, Value returns) {
        Value e = Subtract.of(plans, mean);
        Value worth = Scale.of(Search.numberOrWorst(returns), (float) (1 / temperature), 0);
        Value score = effort == 0 ? worth : Subtract.of(worth, cost(mean, e));
        return new Next(Add.of(mean, Search.sum(SoftmaxOver.of(score, Axis.SAMPLE), e)), noiseDeviation);
    }

    private Value cost(Value mean, Value e) {
        return RowSum.of(Multiply.of(Scale.of(mean, (float) (effort / (deviation * deviation)), 0), e));
    }
}
