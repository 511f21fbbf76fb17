package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.OneHot;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Deep Q-learning (Mnih et al. 2015, algorithm 1) for one of several actions: a network Q of all actions' values and a
 * copy Q' that is set to it now and then. With sg(.) a constant and h the Huber loss of delta 1, it minimises
 *
 * <pre>
 *   h(Q(s, a) - sg(y)),  y = r + discount (1 - terminated) max over a' of Q'(s', a')
 * </pre>
 *
 * <p>It acts by the largest Q, or with probability epsilon by any action; epsilon falls linearly from 1. What was
 * truncated has a value after it, what has terminated has none.
 */
public final class Dqn implements Agent {
    private static final String OBSERVATION = "observation";
    private static final String ACTION = "action";
    private static final String REWARD = "reward";
    private static final String CONTINUES = "continues";
    private static final String NEXT = "next observation";

    /**
     * How it learns.
     *
     * @param widths of the hidden layers
     * @param batch transitions of an update
     * @param learningRate of Adam
     * @param discount in [0, 1)
     * @param capacity transitions that are remembered
     * @param randomSteps first decisions, after which nothing is learned yet, at least 1
     * @param every decisions between updates
     * @param copyEvery updates after which the copy is set
     * @param epsilon that is left
     * @param epsilonSteps decisions until then
     */
    public record Settings(List<Integer> widths, int batch, double learningRate, double discount, int capacity,
            int randomSteps, int every, int copyEvery, double epsilon, int epsilonSteps) {
        public Settings {
            widths = List.copyOf(widths);
            require(widths.stream().allMatch(w -> w >= 1), "widths", "at least 1 each", widths);
            require(batch >= 1, "batch", "at least 1", batch);
            require(learningRate > 0, "learningRate", "above 0", learningRate);
            require(discount >= 0 && discount < 1, "discount", "at least 0 and below 1", discount);
            require(capacity >= 1, "capacity", "at least 1", capacity);
            require(randomSteps >= 1, "randomSteps", "at least 1", randomSteps);
            require(every >= 1, "every", "at least 1", every);
            require(copyEvery >= 1, "copyEvery", "at least 1", copyEvery);
            require(epsilon >= 0 && epsilon <= 1, "epsilon", "from 0 to 1", epsilon);
            require(epsilonSteps >= 1, "epsilonSteps", "at least 1", epsilonSteps);
        }
    }

    private final Settings settings;
    private final int actions;
    private final Backend backend;
    private final Draws draws;
    private final Graph graph = new Graph();
    private final Value observation;
    private final Value values;
    private final Parameters parameters;
    private final Replay replay;
    private final Copy copy;
    private final Step training;
    private final Step acting;
    private final int[] sampled;
    private long updates;
    private long decisions;

    /** @throws io.elbo4j.ArgumentException if the actions are not discrete */
    public Dqn(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        requireGiven("settings", settings);
        requireGiven("backend", backend);
        require(actions instanceof Space.Discrete, "actions", "one of several with dqn", actions);
        this.settings = settings;
        this.actions = ((Space.Discrete) actions).count();
        this.backend = backend;
        this.draws = new Draws(seed);
        this.sampled = new int[settings.batch()];
        long seen = observations.columns();

        this.observation = graph.input(OBSERVATION, seen);
        Network q = new Network("q", seen, settings.widths(), this.actions);
        this.values = q.apply(observation);
        Value after = new Network("target", seen, settings.widths(), this.actions).apply(graph.input(NEXT, seen));
        Value largest = RowSum.of(Multiply.of(after, OneHot.of(after)));
        Value y = Add.of(graph.input(REWARD, 1), Scale.of(Multiply.of(graph.input(CONTINUES, 1), largest),
                (float) settings.discount(), 0));
        Value taken = RowSum.of(Multiply.of(values, graph.input(ACTION, this.actions)));
        Loss.huber("error", taken, StopGradient.of(y), 1);

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.replay = new Replay(backend, settings.capacity(), Map.of(OBSERVATION, (int) seen, ACTION, this.actions,
                REWARD, 1, CONTINUES, 1, NEXT, (int) seen), seed);
        this.copy = new Copy(backend, parameters, "q", "target");
        Set<Parameter> own = graph.parameters().stream().filter(p -> p.name().startsWith("q.")).collect(Collectors
                .toSet());
        this.training = Step.of(graph, parameters, backend).rows(settings.batch()).read(replay.source()).minimise(
                Training.of(new WeightedSum().with("error", Term.Role.LOSS, 1), new Adam(settings.learningRate()))
                        .withParameters(own)).compile();
        this.acting = Step.of(graph, parameters, backend).want(values).compile();
    }

    @Override
    public void explore(float[] seen, float[] action) {
        draws.at(0, 0, decisions);
        double epsilon = Math.max(settings.epsilon(), 1 - (1 - settings.epsilon()) * decisions / settings
                .epsilonSteps());
        boolean random = draws.uniform() < epsilon || decisions < settings.randomSteps();
        decisions++;
        if (random) {
            action[0] = draws.below(actions);
            return;
        }
        acting.value(observation).set(seen);
        acting.run(0);
        action[0] = largest(acting.value(values).toArray(), 0);
    }

    private int largest(float[] q, int row) {
        int best = 0;
        for (int a = 1; a < actions; a++) {
            if (q[row * actions + a] > q[row * actions + best]) {
                best = a;
            }
        }
        return best;
    }

    @Override
    public void remember(float[] seen, float[] action, float reward, boolean terminated, float[] next) {
        float[] chosen = new float[actions];
        chosen[(int) action[0]] = 1;
        replay.add(Map.of(OBSERVATION, seen, ACTION, chosen, REWARD, new float[] {reward}, CONTINUES, new float[] {
                terminated ? 0 : 1}, NEXT, next));
    }

    @Override
    public void learn() {
        if (decisions <= settings.randomSteps() || decisions % settings.every() != 0) {
            return;
        }
        replay.sample(updates, sampled);
        training.rows(sampled, 0).run(updates++);
        if (updates % settings.copyEvery() == 0) {
            copy.set();
        }
    }

    @Override
    public long updates() {
        return updates;
    }

    @Override
    public GreedyPolicy greedy(int rows) {
        Step step = Step.of(graph, parameters, backend).rows(rows).want(values).compile();
        return new GreedyPolicy() {
            @Override
            public void act(float[] observations, float[] chosen) {
                step.value(observation).set(observations);
                step.run(0);
                float[] q = step.value(values).toArray();
                for (int r = 0; r < rows; r++) {
                    chosen[r] = largest(q, r);
                }
            }

            @Override
            public void close() {
                step.close();
            }
        };
    }

    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        acting.close();
        training.close();
        copy.close();
        replay.close();
        parameters.close();
    }
}
