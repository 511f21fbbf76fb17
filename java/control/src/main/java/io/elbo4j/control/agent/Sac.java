package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Term;
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
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.objective.WeightedSum;
import java.util.List;
import java.util.function.BiFunction;

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
public sealed class Sac extends Learner permits Mbpo {
    /**
     * How it learns.
     *
     * @param rate at which the critics' copies follow them, above 0 and below 1
     */
    public record Settings(Learning learning,
            @Setting("at which the critics' copies follow them, above 0 and below 1") double rate)
            implements
                Learner.Settings {
        public Settings {
            requireGiven("learning", learning);
            require(rate > 0 && rate < 1, "rate", "above 0 and below 1", rate);
        }

        @Override
        public void check(Surroundings surroundings) {
            box(surroundings.actions());
        }

        @Override
        public Sac create(Surroundings s, Backend backend, long seed) {
            return new Sac(this, s.observations(), s.actions(), backend, seed);
        }

        /**
         * Two layers of 64, batches of 256, 1e-3, 0, 0.99, 0.01, a million, 100, an update a decision: of the pendulum,
         * 8,000 steps. With batches of 128 and 0.005 a seed of eight was elsewhere for some hundred updates then.
         */
        public static Settings small() {
            return new Settings(new Learning(List.of(64, 64), 256, 1e-3, 0, 0.99, 1_000_000, 100, 1, 1), 0.01);
        }
    }

    private final Space.Box box;

    /** @throws io.elbo4j.ArgumentException if the actions are no box */
    public Sac(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        this(requireGiven("settings", settings), observations, actions, 0, backend, seed, (graph,
                transition) -> describe(
                        graph, transition, settings.learning(), settings.rate(), backend));
    }

    /** @param room rows of the memory for what has not happened */
    Sac(Learner.Settings settings, Space observations, Space actions, int room, Backend backend, long seed,
            BiFunction<Graph, Transition, Described> description) {
        super(settings, observations, box(actions), actions.columns(), room, backend, seed, description);
        this.box = box(actions);
    }

    static Space.Box box(Space actions) {
        return Space.Box.bounded("actions", actions);
    }

    static Described describe(Graph graph, Transition t, Learning learning, double rate, Backend backend) {
        long seen = t.observation().columns();
        long acts = t.action().columns();
        Network actor = new Network("actor", seen, learning.widths(), 2 * acts);
        Network[] critics = new Network[2];
        Network[] targets = new Network[2];
        for (int j = 0; j < 2; j++) {
            critics[j] = new Network("critic." + j, seen + acts, learning.widths(), 1);
            targets[j] = new Network("target." + j, seen + acts, learning.widths(), 1);
        }
        TanhGaussian policy = TanhGaussian.of("policy", actor.apply(t.observation()));
        TanhGaussian after = TanhGaussian.of("policy after", actor.apply(t.next()));
        Value logAlpha = LearnedRow.of(graph, "temperature.log", 1, 0);
        Value alpha = StopGradient.of(Activate.of(logAlpha, Activation.EXP));

        Value ahead = Subtract.of(least(targets, t.next(), after.action()), Multiply.of(alpha, after
                .logProbability()));
        Value y = StopGradient.of(Add.of(t.reward(), Scale.of(Multiply.of(t.continues(), ahead), (float) learning
                .discount(), 0)));
        Value done = Concatenate.of("observation and action", t.observation(), t.action());
        for (int j = 0; j < 2; j++) {
            Loss.squaredError("critic " + j, critics[j].apply(done), y);
        }
        ValueTerm.of("actor", Term.Role.LOSS, Subtract.of(Multiply.of(alpha, policy.logProbability()), least(critics,
                t.observation(), policy.action())));
        ValueTerm.of("temperature", Term.Role.LOSS, Multiply.of(Scale.of(logAlpha, -1, 0), StopGradient.of(Scale.of(
                policy.logProbability(), 1, -acts))));

        return new Described(List.of(training(graph, "critic", sum("critic 0", "critic 1"), learning), training(graph,
                "actor", sum("actor"), learning), training(graph, "temperature", sum("temperature"), learning)),
                parameters -> List.of(Copy.following(backend, parameters, "critic.0", "target.0", rate), Copy
                        .following(backend, parameters, "critic.1", "target.1", rate)), 1, policy.action(),
                policy.greedy());
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

    @Override
    float[] inside(float[] action) {
        float[] inside = new float[action.length];
        for (int i = 0; i < action.length; i++) {
            inside[i] = (action[i] - middle(i)) / half(i);
        }
        return inside;
    }

    private float middle(int column) {
        return (box.low(column) + box.high(column)) / 2;
    }

    private float half(int column) {
        return (box.high(column) - box.low(column)) / 2;
    }

    @Override
    void explore(float[] computed, long number, Draws draws, float[] action) {
        best(computed, action);
    }

    @Override
    void best(float[] computed, float[] chosen) {
        for (int i = 0; i < computed.length; i++) {
            int column = i % box.columns();
            chosen[i] = middle(column) + half(column) * computed[i];
        }
    }
}
