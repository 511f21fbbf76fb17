package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.world.WorldModel;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.model.Setting;
import java.util.List;
import java.util.Map;

/**
 * Dreamer (Hafner et al. 2020, Dream to control, algorithm 1): an actor and a value that learn in the imagination of a
 * {@link WorldModel}. From states of what has happened the actor walks on by the model's prior, and what rewards and
 * values it is expected to meet there moves it, through the model. Beside the published agent, the policy's entropy is
 * worth something, as in the second and third version; rewards are divided by the model's scale.
 */
public final class Dreamer extends WorldAgent {
    /**
     * How it learns.
     *
     * @param horizon steps that are imagined, from 1 to 1,000
     * @param discount of later rewards, at least 0 and below 1
     * @param lambda of the returns, from 0 to 1: {@link io.elbo4j.train.layer.LambdaReturns}
     * @param entropy what the entropy of an action is worth, in nats, beside the scaled rewards; 0 to 1e30
     * @param actorLearningRate of its Adam, from 1e-30 to 1e30
     * @param valueLearningRate of its Adam, from 1e-30 to 1e30
     * @param startEvery which states of the windows are walked on from: every one, every second and so on
     */
    public record Settings(WorldModel.Settings model, WorldLearning learning,
            @Setting("steps that are imagined, at most 1000") int horizon,
            @Setting("of later rewards, at least 0 and below 1") double discount,
            @Setting("of the lambda returns, from 0, a step and the value, to 1, all steps") double lambda,
            @Setting("what a nat of an action's entropy is worth, beside the scaled rewards, at least 0") //
            double entropy,
            @Setting("of the actor's Adam") double actorLearningRate,
            @Setting("of the value's Adam") double valueLearningRate,
            @Setting("which states of the windows are walked on from: 1, every one; 2, every second; and so on") //
            int startEvery)
            implements
                WorldAgent.Settings {
        public Settings {
            requireGiven("model", model);
            requireGiven("learning", learning);
            requireCount("horizon", horizon, Counts.PARTS);
            require(discount >= 0 && discount < 1, "discount", "at least 0 and below 1", discount);
            require(lambda >= 0 && lambda <= 1, "lambda", "from 0 to 1", lambda);
            require(entropy >= 0 && entropy <= 1e30, "entropy", "from 0 to 1e30", entropy);
            require(actorLearningRate >= 1e-30 && actorLearningRate <= 1e30, "actorLearningRate", "from 1e-30 to 1e30",
                    actorLearningRate);
            require(valueLearningRate >= 1e-30 && valueLearningRate <= 1e30, "valueLearningRate", "from 1e-30 to 1e30",
                    valueLearningRate);
            require(startEvery >= 1, "startEvery", "at least 1", startEvery);
        }

        /**
         * 15 steps, 0.99, 0.95, 0.1, 5e-4 and 1e-3, from every second state; {@link WorldLearning#small} with gradients
         * of norm 10 at most: with 1,000, two of twelve seeds had not learned to stand after 3,000 updates.
         */
        public static Settings small() {
            return new Settings(WorldModel.Settings.small(), new WorldLearning(16, 25, 1e-3, 10, 100_000, false, 500,
                    300, 100, 60, 0.3), 15, 0.99, 0.95, 0.1, 5e-4, 1e-3, 2);
        }

        @Override
        public Dreamer create(Surroundings s, Backend backend, long seed) {
            return new Dreamer(this, s.observations(), s.actions(), backend, seed);
        }
    }

    private final Behaviour behaviour;

    /** @throws io.elbo4j.ArgumentException if observations or actions are no box */
    public Dreamer(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        this(settings, new Behaviour(settings, observations.columns(), actions.columns()), observations, actions,
                backend, seed);
    }

    private Dreamer(Settings settings, Behaviour behaviour, Space observations, Space actions, Backend backend,
            long seed) {
        super(settings, behaviour.model, behaviour.filtering, List.of(behaviour.policy.action()), List.of(
                behaviour.graph), observations, actions, backend, seed);
        this.behaviour = behaviour;
        behaviour.compile(parameters, backend, seed);
    }

    @Override
    Chooser exploring() {
        return (filter, number) -> filter.value(behaviour.policy.action()).toArray();
    }

    @Override
    Chooser greedyChooser(int rows) {
        return (filter, number) -> filter.value(behaviour.policy.greedy()).toArray();
    }

    @Override
    List<Value> wantedWhenGreedy() {
        return List.of(behaviour.policy.greedy());
    }

    @Override
    void improve(Step seen, long update) {
        behaviour.learn(seen.value(states), update);
    }

    @Override
    Map<String, Double> lossesOfActing() {
        return behaviour.losses();
    }

    @Override
    public void close() {
        behaviour.close();
        super.close();
    }
}
