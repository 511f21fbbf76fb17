package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Network;
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
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What agents that learn the value of each of several actions have in common: a network Q of all of them, a copy Q'
 * that is set to it now and then, and, with sg(.) a constant, the loss
 *
 * <pre>
 *   (Q(s, a) - sg(y))^2,  y = r + discount (1 - terminated) V'(s')
 * </pre>
 *
 * <p>It is the square, whose minimum is the mean of y: a clipped error, as in Mnih et al. 2015, has another one where
 * what follows is by chance.
 *
 * <p>They differ in V' and in how they explore. What was truncated has a value after it, what has terminated has none.
 * An observation that is one of several is a column for each.
 */
public abstract class QLearning implements Agent {
    private static final String OBSERVATION = "observation";
    private static final String ACTION = "action";
    private static final String REWARD = "reward";
    private static final String CONTINUES = "continues";
    private static final String NEXT = "next observation";

    /**
     * How the values are learned.
     *
     * @param widths of the hidden layers
     * @param batch transitions of an update
     * @param learningRate of Adam
     * @param discount in [0, 1)
     * @param capacity transitions that are remembered
     * @param randomSteps first decisions, by any action, after which nothing is learned yet, at least 1
     * @param every decisions between updates
     * @param copyEvery updates after which the copy is set
     */
    public record Learning(List<Integer> widths, int batch, double learningRate, double discount, int capacity,
            int randomSteps, int every, int copyEvery) {
        public Learning {
            widths = List.copyOf(widths);
            require(widths.stream().allMatch(w -> w >= 1), "widths", "at least 1 each", widths);
            require(batch >= 1, "batch", "at least 1", batch);
            require(learningRate > 0, "learningRate", "above 0", learningRate);
            require(discount >= 0 && discount < 1, "discount", "at least 0 and below 1", discount);
            require(capacity >= 1, "capacity", "at least 1", capacity);
            require(randomSteps >= 1, "randomSteps", "at least 1", randomSteps);
            require(every >= 1, "every", "at least 1", every);
            require(copyEvery >= 1, "copyEvery", "at least 1", copyEvery);
        }
    }

    private final Learning learning;
    private final Space observations;
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

    /**
     * @param value V of the values of all actions, a number a row
     * @throws io.elbo4j.ArgumentException if the actions are not discrete
     */
    QLearning(Learning learning, Space observations, Space actions, Backend backend, long seed,
            UnaryOperator<Value> value) {
        requireGiven("settings", learning);
        requireGiven("backend", backend);
        require(actions instanceof Space.Discrete, "actions", "one of several", actions);
        this.learning = learning;
        this.observations = observations;
        this.actions = ((Space.Discrete) actions).count();
        this.backend = backend;
        this.draws = new Draws(seed);
        this.sampled = new int[learning.batch()];
        long seen = observations instanceof Space.Discrete d ? d.count() : observations.columns();

        this.observation = graph.input(OBSERVATION, seen);
        this.values = new Network("q", seen, learning.widths(), this.actions).apply(observation);
        Value after = new Network("target", seen, learning.widths(), this.actions).apply(graph.input(NEXT, seen));
        Value y = Add.of(graph.input(REWARD, 1), Scale.of(Multiply.of(graph.input(CONTINUES, 1), value.apply(after)),
                (float) learning.discount(), 0));
        Value taken = RowSum.of(Multiply.of(values, graph.input(ACTION, this.actions)));
        Loss.squaredError("error", taken, StopGradient.of(y));

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.replay = new Replay(backend, learning.capacity(), Map.of(OBSERVATION, (int) seen, ACTION, this.actions,
                REWARD, 1, CONTINUES, 1, NEXT, (int) seen), seed);
        this.copy = new Copy(backend, parameters, "q", "target");
        Set<Parameter> own = graph.parameters().stream().filter(p -> p.name().startsWith("q.")).collect(Collectors
                .toSet());
        this.training = Step.of(graph, parameters, backend).rows(learning.batch()).read(replay.source()).minimise(
                Training.of(new WeightedSum().with("error", Term.Role.LOSS, 1), new Adam(learning.learningRate()))
                        .withParameters(own)).compile();
        this.acting = Step.of(graph, parameters, backend).want(values).compile();
    }

    /**
     * Chooses an action.
     *
     * @param q values of all actions
     * @param decision the number of this decision
     */
    abstract int choose(float[] q, long decision, Draws draws);

    @Override
    public final void explore(float[] seen, float[] action) {
        draws.at(0, 0, decisions);
        if (decisions++ < learning.randomSteps()) {
            action[0] = draws.below(actions);
            return;
        }
        acting.value(observation).set(inside(seen));
        acting.run(0);
        action[0] = choose(acting.value(values).toArray(), decisions - 1, draws);
    }

    /** Rows of the observations as the network has them. */
    private float[] inside(float[] seen) {
        if (!(observations instanceof Space.Discrete several)) {
            return seen;
        }
        float[] columns = new float[seen.length * several.count()];
        for (int r = 0; r < seen.length; r++) {
            columns[r * several.count() + (int) seen[r]] = 1;
        }
        return columns;
    }

    static int largest(float[] q, int begin, int count) {
        int best = 0;
        for (int a = 1; a < count; a++) {
            if (q[begin + a] > q[begin + best]) {
                best = a;
            }
        }
        return best;
    }

    @Override
    public final void remember(float[] seen, float[] action, float reward, boolean terminated, float[] next) {
        float[] chosen = new float[actions];
        chosen[(int) action[0]] = 1;
        replay.add(Map.of(OBSERVATION, inside(seen), ACTION, chosen, REWARD, new float[] {reward}, CONTINUES,
                new float[] {terminated ? 0 : 1}, NEXT, inside(next)));
    }

    @Override
    public final void learn() {
        if (decisions <= learning.randomSteps() || decisions % learning.every() != 0) {
            return;
        }
        replay.sample(updates, sampled);
        training.rows(sampled, 0).run(updates++);
        if (updates % learning.copyEvery() == 0) {
            copy.set();
        }
    }

    @Override
    public final long updates() {
        return updates;
    }

    /** By the largest Q. */
    @Override
    public final GreedyPolicy greedy(int rows) {
        Step step = Step.of(graph, parameters, backend).rows(rows).want(values).compile();
        return new GreedyPolicy() {
            @Override
            public void act(float[] seen, float[] chosen) {
                step.value(observation).set(inside(seen));
                step.run(0);
                float[] q = step.value(values).toArray();
                for (int r = 0; r < rows; r++) {
                    chosen[r] = largest(q, r * actions, actions);
                }
            }

            @Override
            public void close() {
                step.close();
            }
        };
    }

    @Override
    public final Parameters parameters() {
        return parameters;
    }

    @Override
    public final void close() {
        acting.close();
        training.close();
        copy.close();
        replay.close();
        parameters.close();
    }
}
