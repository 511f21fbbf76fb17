package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.model.Setting;
import java.util.List;

/**
 * Soft Q-learning (Haarnoja et al. 2017, Reinforcement learning with deep energy-based policies, equations 2 to 6), of
 * several actions: {@link QLearning} with
 *
 * <pre>
 *   V'(s) = alpha log of the sum over a of exp(Q'(s, a) / alpha)
 * </pre>
 *
 * <p>It acts by pi(a | s) = exp((Q(s, a) - V(s)) / alpha): what maximises the rewards and alpha times the entropy of
 * the actions.
 */
public final class SoftQ extends QLearning {
    /**
     * How it learns.
     *
     * @param copyEvery updates after which the copy is set
     * @param averageRate at which the average moves to the network then, above 0 and below 1
     * @param temperature alpha, in the unit of the rewards; from 1e-30 to 1e30
     */
    public record Settings(Learning learning,
            @Setting("updates after which the network's copy is set to it") int copyEvery,
            @Setting("at which the average of the network's parameters, by which it acts later, moves then, above 0 and"
                    + " below 1") double averageRate,
            @Setting("what a nat of its actions' entropy is worth, in the unit of the rewards, above 0") //
            double temperature)
            implements
                Learner.Settings {
        public Settings {
            requireGiven("learning", learning);
            require(copyEvery >= 1, "copyEvery", "at least 1", copyEvery);
            require(averageRate > 0 && averageRate < 1, "averageRate", "above 0 and below 1", averageRate);
            require(temperature >= 1e-30 && temperature <= 1e30, "temperature", "from 1e-30 to 1e30", temperature);
        }

        @Override
        public void check(Surroundings surroundings) {
            count(surroundings.actions());
        }

        @Override
        public SoftQ create(Surroundings s, Backend backend, long seed) {
            return new SoftQ(this, s.observations(), s.actions(), backend, seed);
        }

        /** For the cart-pole and the like. */
        public static Settings small() {
            return new Settings(new Learning(List.of(64, 64), 64, 2.3e-3, 49_000, 0.99, 100_000, 1000, 1, 1), 200, 0.04,
                    0.1);
        }
    }

    private final double temperature;

    /** @throws io.elbo4j.ArgumentException if the actions are not discrete */
    public SoftQ(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        super(requireGiven("settings", settings), settings.copyEvery(), settings.averageRate(), observations, actions,
                backend, seed,
                q -> value(q, settings.temperature()));
        this.temperature = settings.temperature();
    }

    /** alpha log sum exp(x) = alpha (x_0 - log softmax(x)_0), x = q / alpha */
    private static Value value(Value q, double temperature) {
        Value x = Scale.of(q, (float) (1 / temperature), 0);
        return Scale.of(Subtract.of(Slice.of("first", x, 0, 1), Slice.of("first, of all", LogSoftmax.of(x), 0, 1)),
                (float) temperature, 0);
    }

    @Override
    int choose(float[] q, long decision, Draws draws) {
        float most = q[largest(q, 0, q.length)];
        double[] weights = new double[q.length];
        double sum = 0;
        for (int a = 0; a < q.length; a++) {
            weights[a] = StrictMath.exp((q[a] - most) / temperature);
            sum += weights[a];
        }
        double left = draws.uniform() * sum;
        int chosen = 0;
        while (chosen + 1 < q.length && left >= weights[chosen]) {
            left -= weights[chosen++];
        }
        return chosen;
    }
}
