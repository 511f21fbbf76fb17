package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.model.Setting;
import java.util.List;

/**
 * Deep Q-learning (Mnih et al. 2015, algorithm 1): {@link QLearning} with
 *
 * <pre>
 *   V'(s) = max over a of Q'(s, a)
 * </pre>
 *
 * <p>It acts by the largest Q, or with probability epsilon by any action; epsilon falls linearly from 1.
 */
public final class Dqn extends QLearning {
    /**
     * How it learns.
     *
     * @param copyEvery updates after which the copy is set
     * @param averageRate at which the average moves to the network then, above 0 and below 1
     * @param epsilon that is left
     * @param epsilonSteps decisions until then
     */
    public record Settings(Learning learning,
            @Setting("updates after which the network's copy is set to it") int copyEvery,
            @Setting("at which the average of the network's parameters, by which it acts later, moves then, above 0 and"
                    + " below 1") double averageRate,
            @Setting("probability of any action that is left at last, from 0 to 1") double epsilon,
            @Setting("steps in which it falls from 1 to that") int epsilonSteps)
            implements
                Learner.Settings {
        public Settings {
            requireGiven("learning", learning);
            require(copyEvery >= 1, "copyEvery", "at least 1", copyEvery);
            require(averageRate > 0 && averageRate < 1, "averageRate", "above 0 and below 1", averageRate);
            require(epsilon >= 0 && epsilon <= 1, "epsilon", "from 0 to 1", epsilon);
            require(epsilonSteps >= 1, "epsilonSteps", "at least 1", epsilonSteps);
        }

        @Override
        public void check(Surroundings surroundings) {
            count(surroundings.actions());
        }

        @Override
        public Dqn create(Surroundings s, Backend backend, long seed) {
            return new Dqn(this, s.observations(), s.actions(), backend, seed);
        }

        /** For 50,000 steps of the cart-pole, which are 49,000 updates. */
        public static Settings small() {
            return new Settings(new Learning(List.of(64, 64), 64, 2.3e-3, 49_000, 0.99, 100_000, 1000, 1, 1), 200, 0.04,
                    0.04,
                    8000);
        }
    }

    private final Settings settings;
    private final int count;

    /** @throws io.elbo4j.ArgumentException if the actions are not discrete */
    public Dqn(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        super(requireGiven("settings", settings), settings.copyEvery(), settings.averageRate(), observations, actions,
                backend, seed,
                q -> RowSum.of(Multiply.of(q, OneHot.of(q))));
        this.settings = settings;
        this.count = ((Space.Discrete) actions).count();
    }

    @Override
    int choose(float[] q, long decision, Draws draws) {
        double epsilon = Math.max(settings.epsilon(), 1 - (1 - settings.epsilon()) * decision / settings
                .epsilonSteps());
        return draws.uniform() < epsilon ? draws.below(count) : largest(q, 0, count);
    }
}
