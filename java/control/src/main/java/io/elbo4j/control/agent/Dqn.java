package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
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
     * @param epsilon that is left
     * @param epsilonSteps decisions until then
     */
    public record Settings(Learning learning, int copyEvery, double epsilon, int epsilonSteps)
            implements
                Learner.Settings {
        public Settings {
            requireGiven("learning", learning);
            require(copyEvery >= 1, "copyEvery", "at least 1", copyEvery);
            require(epsilon >= 0 && epsilon <= 1, "epsilon", "from 0 to 1", epsilon);
            require(epsilonSteps >= 1, "epsilonSteps", "at least 1", epsilonSteps);
        }

        /** For 50,000 steps of the cart-pole, which are 24,500 updates: seven of eleven seeds ended above 475. */
        public static Settings small() {
            return new Settings(new Learning(List.of(64, 64), 64, 2.3e-3, 24_500, 0.99, 100_000, 1000, 2, 1), 10, 0.04,
                    8000);
        }
    }

    private final Settings settings;
    private final int count;

    /** @throws io.elbo4j.ArgumentException if the actions are not discrete */
    public Dqn(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        super(requireGiven("settings", settings), settings.copyEvery(), observations, actions, backend, seed,
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
