package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Network;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Soft actor-critic (Haarnoja et al. 2018, Soft actor-critic algorithms and applications, algorithm 1) for actions in a
 * box: a {@link TanhGaussian} policy pi, two critics Q and copies Q' that follow them, a temperature alpha that is
 * learned. With sg(.) a constant, a' ~ pi(s') and a_pi ~ pi(s), it minimises
 *
 * <pre>
 *   critic       sum over j of (Q_j(s, a) - sg(y))^2                                           equation 5
 *                y = r + discount (1 - terminated) (min over j of Q'_j(s', a') - alpha log pi(a' | s'))
 *   actor        sg(alpha) log pi(a_pi | s) - min over j of Q_j(s, a_pi), by the actor alone    equation 7
 *   temperature  -log(alpha) sg(log pi(a_pi | s) + target),  target = -columns of the action    equation 18, of the log
 * </pre>
 *
 * <p>All three in one step, from the parameters before it; then the copies follow. What was truncated has a value after
 * it, what has terminated has none. Actions are in (-1, 1) inside; the box's bounds are those of the environment.
 */
public final class Sac implements Agent {
    private static final String OBSERVATION = "observation";
    private static final String ACTION = "action";
    private static final String REWARD = "reward";
    private static final String CONTINUES = "continues";
    private static final String NEXT = "next observation";

    /**
     * How it learns.
     *
     * @param widths of the hidden layers of all networks
     * @param batch transitions of a step
     * @param learningRate of Adam, for all three
     * @param discount in [0, 1)
     * @param rate at which the critics' copies follow, above 0 and below 1
     * @param capacity transitions that are remembered
     * @param randomSteps first decisions, which are uniform in the box, and after which nothing is learned yet
     */
    public record Settings(List<Integer> widths, int batch, double learningRate, double discount, double rate,
            int capacity, int randomSteps) {
        public Settings {
            widths = List.copyOf(widths);
            require(widths.stream().allMatch(w -> w >= 1), "widths", "at least 1 each", widths);
            require(batch >= 1, "batch", "at least 1", batch);
            require(learningRate > 0, "learningRate", "above 0", learningRate);
            require(discount >= 0 && discount < 1, "discount", "at least 0 and below 1", discount);
            require(rate > 0 && rate < 1, "rate", "above 0 and below 1", rate);
            require(capacity >= 1, "capacity", "at least 1", capacity);
            require(randomSteps >= 0, "randomSteps", "at least 0", randomSteps);
        }

        /** Two layers of 64, batches of 128, 1e-3, 0.99, 0.005, a million, 100. */
        public static Settings small() {
            return new Settings(List.of(64, 64), 128, 1e-3, 0.99, 0.005, 1_000_000, 100);
        }
    }

    private final Settings settings;
    private final Space.Box actions;
    private final Backend backend;
    private final Draws random;
    private final Graph graph = new Graph();
    private final Value observation;
    private final TanhGaussian policy;
    private final Parameters parameters;
    private final Replay replay;
    private final Copy[] copies = new Copy[2];
    private final Step training;
    private final Step acting;
    private final int[] sampled;
    private long updates;
    private long decisions;

    /** @throws io.elbo4j.ArgumentException if the actions are no box */
    public Sac(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        requireGiven("settings", settings);
        requireGiven("backend", backend);
        require(actions instanceof Space.Box, "actions", "a box with sac", actions);
        this.settings = settings;
        this.actions = (Space.Box) actions;
        this.backend = backend;
        this.random = new Draws(seed);
        this.sampled = new int[settings.batch()];
        long seen = observations.columns();
        long acts = actions.columns();

        this.observation = graph.input(OBSERVATION, seen);
        Value next = graph.input(NEXT, seen);
        Network actor = new Network("actor", seen, settings.widths(), 2 * acts);
        Network[] critics = new Network[2];
        Network[] targets = new Network[2];
        for (int j = 0; j < 2; j++) {
            critics[j] = new Network("critic." + j, seen + acts, settings.widths(), 1);
            targets[j] = new Network("target." + j, seen + acts, settings.widths(), 1);
        }
        this.policy = TanhGaussian.of("policy", actor.apply(observation));
        TanhGaussian after = TanhGaussian.of("policy after", actor.apply(next));
        Value logAlpha = LearnedRow.of(graph, "temperature.log", 1, 0);
        Value alpha = StopGradient.of(Activate.of(logAlpha, Activation.EXP));

        Value ahead = Subtract.of(least(targets, next, after.action()), Multiply.of(alpha, after.logProbability()));
        Value y = StopGradient.of(Add.of(graph.input(REWARD, 1), Scale.of(Multiply.of(graph.input(CONTINUES, 1), ahead),
                (float) settings.discount(), 0)));
        Value done = Concatenate.of("observation and action", observation, graph.input(ACTION, acts));
        for (int j = 0; j < 2; j++) {
            Loss.squaredError("critic " + j, critics[j].apply(done), y);
        }
        ValueTerm.of("actor", Term.Role.LOSS, Subtract.of(Multiply.of(alpha, policy.logProbability()), least(critics,
                observation, policy.action())));
        ValueTerm.of("temperature", Term.Role.LOSS, Multiply.of(Scale.of(logAlpha, -1, 0), StopGradient.of(Scale.of(
                policy.logProbability(), 1, -acts))));

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.replay = new Replay(backend, settings.capacity(), Map.of(OBSERVATION, (int) seen, ACTION, (int) acts,
                REWARD, 1, CONTINUES, 1, NEXT, (int) seen), seed);
        for (int j = 0; j < 2; j++) {
            copies[j] = Copy.following(backend, parameters, "critic." + j, "target." + j, settings.rate());
        }
        this.training = Step.of(graph, parameters, backend).rows(settings.batch()).seed(seed).read(replay.source())
                .minimise(training("critic", sum("critic 0", "critic 1"))).minimise(training("actor", sum("actor")))
                .minimise(training("temperature", sum("temperature"))).compile();
        this.acting = Step.of(graph, parameters, backend).seed(~seed).want(policy.action()).compile();
    }

    /** min(Q_0, Q_1) = Q_0 - max(Q_0 - Q_1, 0) */
    private static Value least(Network[] critics, Value observation, Value action) {
        Value both = Concatenate.of(observation.name() + " and " + action.name(), observation, action);
        Value first = critics[0].apply(both);
        return Subtract.of(first, Activate.of(Subtract.of(first, critics[1].apply(both)), Activation.RELU));
    }

    private static Objective sum(String... terms) {
        WeightedSum sum = new WeightedSum();
        for (String term : terms) {
            sum = sum.with(term, Term.Role.LOSS, 1);
        }
        return sum;
    }

    private Training training(String name, Objective objective) {
        Set<Parameter> own = graph.parameters().stream().filter(p -> p.name().startsWith(name + ".")).collect(Collectors
                .toSet());
        return Training.of(objective, new Adam(settings.learningRate())).withName(name).withParameters(own);
    }

    @Override
    public void remember(float[] seen, float[] taken, float reward, boolean terminated, float[] next) {
        float[] inside = new float[taken.length];
        for (int i = 0; i < taken.length; i++) {
            inside[i] = (taken[i] - middle(i)) / half(i);
        }
        replay.add(Map.of(OBSERVATION, seen, ACTION, inside, REWARD, new float[] {reward}, CONTINUES,
                new float[] {terminated ? 0 : 1}, NEXT, next));
    }

    private float middle(int column) {
        return (actions.low(column) + actions.high(column)) / 2;
    }

    private float half(int column) {
        return (actions.high(column) - actions.low(column)) / 2;
    }

    /** One batch of what is remembered. */
    @Override
    public void learn() {
        if (decisions <= settings.randomSteps()) {
            return;
        }
        replay.sample(updates, sampled);
        training.rows(sampled, 0).run(updates++);
        for (Copy copy : copies) {
            copy.set();
        }
    }

    @Override
    public long updates() {
        return updates;
    }

    @Override
    public void explore(float[] seen, float[] action) {
        if (decisions < settings.randomSteps()) {
            actions.sample(random.at(0, 0, decisions++), action);
            return;
        }
        acting.value(observation).set(seen);
        acting.run(decisions++);
        outside(acting.value(policy.action()), action);
    }

    private void outside(Matrix inside, float[] action) {
        float[] values = inside.toArray();
        for (int i = 0; i < values.length; i++) {
            int column = i % actions.columns();
            action[i] = middle(column) + half(column) * values[i];
        }
    }

    @Override
    public GreedyPolicy greedy(int rows) {
        Step step = Step.of(graph, parameters, backend).rows(rows).want(policy.greedy()).compile();
        return new GreedyPolicy() {
            @Override
            public void act(float[] observations, float[] chosen) {
                step.value(observation).set(observations);
                step.run(0);
                outside(step.value(policy.greedy()), chosen);
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
        for (Copy copy : copies) {
            copy.close();
        }
        replay.close();
        parameters.close();
    }
}
