package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.List;

/**
 * Latent plans from play (Lynch et al. 2019). A window of W decisions of play shows a way from its first state to where
 * it ends, the goal g; z says which:
 *
 * <pre>
 *   loss = -mean over the W decisions of  log p(a_t | s_t, g, z)  + klWeight KL(q(z | window) || p(z | s_1, g))
 * </pre>
 *
 * <p>z is drawn from q; p(z | s_1, g), which learns what ways there are, is what a policy draws its plan from, anew
 * every so many steps. All are Gaussians, by dense networks. The last columns of an observation are the goal, of play
 * where it already is, as {@link ReacherPlay} has it; those before them are the state.
 */
public final class LatentPlans implements AutoCloseable {
    private static final String PLAN = "plan";

    /**
     * How it learns.
     *
     * @param goal columns of a goal, at least 1
     * @param window W, at least 2
     * @param latent dimensions of z, at least 1
     * @param klWeight from 0 to 1e30
     * @param learning a batch is one of windows
     */
    public record Settings(int goal, int window, int latent, double klWeight, Imitation.Settings learning) {
        public Settings {
            require(goal >= 1, "goal", "at least 1", goal);
            require(window >= 2, "window", "at least 2", window);
            require(latent >= 1, "latent", "at least 1", latent);
            require(klWeight >= 0 && klWeight <= 1e30, "klWeight", "from 0 to 1e30", klWeight);
            requireGiven("learning", learning);
        }

        /** Windows of 16, z of 8, 0.02; two layers of 128, batches of 256, 3e-3, normalised. */
        public static Settings small(int goal) {
            return new Settings(goal, 16, 8, 0.02, new Imitation.Settings(List.of(128, 128), 256, 3e-3, true));
        }
    }

    private final Settings settings;
    private final Backend backend;
    private final Graph graph = new Graph();
    private final Value seen;
    private final Value plan;
    private final Value planned;
    private final Value acting;
    private final Parameters parameters;
    private final Windows windows;
    private final Step training;
    private final int[] sampled;
    private long updates;

    /**
     * @param play with an episode of at least W decisions
     * @param seed of the first parameters, of batches and of noise
     */
    public LatentPlans(Settings settings, Demonstrations play, Backend backend, long seed) {
        this.settings = requireGiven("settings", settings);
        this.backend = requireGiven("backend", backend);
        requireWindow(play, settings.window());
        int columns = play.seen();
        int w = settings.window();
        int state = columns - settings.goal();
        require(state >= 1, "goal", "fewer columns than the " + columns + " that are seen", settings.goal());
        this.sampled = new int[settings.learning().batch()];
        Network q = new Network("posterior", (long) w * (columns + play.done()), settings.learning().widths(), 2L
                * settings.latent());
        Network p = new Network("prior", columns, settings.learning().widths(), 2L * settings.latent());
        Network decoder = new Network("decoder", columns + settings.latent(), settings.learning().widths(), 2L * play
                .done());

        Normalisation normalisation = new Normalisation(graph, settings.learning(), columns);
        Value each = normalisation.of(Unflatten.of(graph.input(Windows.OBSERVATION, (long) w * columns), Axis.TIME, w));
        Value observations = Flatten.of(each, Axis.TIME);
        Value actions = graph.input(Windows.ACTION, (long) w * play.done());
        Value goal = Slice.of("goal", observations, (w - 1L) * columns + state, (long) w * columns);
        Value first = Concatenate.of("first state and goal", Slice.of("first state", observations, 0, state), goal);
        Value z = graph.latent(PLAN, DiagonalGaussian.halves(q.apply(Concatenate.of("window", observations, actions))),
                DiagonalGaussian.halves(p.apply(first)));
        Value states = Slice.of("states", each, 0, state);
        DiagonalGaussian action = action(decoder.apply(Concatenate.of("state, goal and plan", states, goal, z)));
        graph.observe("action | state, goal, plan", action, Unflatten.of(actions, Axis.TIME, w));

        this.seen = graph.input("seen", columns);
        Value now = normalisation.of(seen);
        this.plan = graph.input("plan that is followed", settings.latent());
        DiagonalGaussian prior = DiagonalGaussian.halves(p.apply(now));
        this.planned = GaussianPolicy.draw(prior.mean(), Scale.of(prior.logVariance(), 0.5f, 0));
        DiagonalGaussian done = action(decoder.apply(Concatenate.of("seen and plan", now, plan)));
        this.acting = GaussianPolicy.draw(done.mean(), Scale.of(done.logVariance(), 0.5f, 0));

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        normalisation.fit(parameters, play);
        this.windows = new Windows(play, w, false, backend, seed);
        // the objective sums over the decisions of a window, so that W times the weight is that of their mean
        this.training = Step.of(graph, parameters, backend).rows(sampled.length).seed(seed).read(windows.source())
                .minimise(Training.of(new Elbo(w * settings.klWeight()), new Adam(settings.learning().learningRate()))
                        .withParameters(normalisation.trained(graph))).compile();
    }

    private static void requireWindow(Demonstrations play, int window) {
        int longest = Arrays.stream(requireGiven("play", play).lengths()).max().orElseThrow();
        require(longest >= window, "play", "an episode of at least " + window + " decisions, a window", longest);
    }

    private static DiagonalGaussian action(Value both) {
        long columns = both.columns() / 2;
        Value logSigma = GaussianPolicy.logSigma(Slice.of(both.name() + ".spread", both, columns, 2 * columns));
        return new DiagonalGaussian(Slice.of(both.name() + ".mean", both, 0, columns), Scale.of(logSigma, 2, 0));
    }

    /** Makes updates, of a batch each: at least 0. */
    public void learn(int count) {
        require(count >= 0, "count", "at least 0", count);
        for (int i = 0; i < count; i++) {
            windows.sample(updates, sampled);
            training.rows(sampled, 0).run(updates++);
        }
    }

    /** Updates that were made. */
    public long updates() {
        return updates;
    }

    /** KL(q(z | window) || p(z | s_1, g)) in nats, a mean over the windows. */
    public double kl(Demonstrations test) {
        requireWindow(test, settings.window());
        try (Windows all = new Windows(test, settings.window(), false, backend, 0)) {
            int[] rows = all.all();
            try (Step step = Step.of(graph, parameters, backend).rows(rows.length).read(all.source()).evaluate(
                    new WeightedSum().with(PLAN, Term.Role.KL, 1)).compile()) {
                step.rows(rows, 0).run(0);
                return step.total(Term.Role.KL) / rows.length;
            }
        }
    }

    /**
     * The policy, of so many rows at a time, which begin together. It sees what is learned later, too. What it draws is
     * a function of the seed, the row, and the number of the plan or the call.
     *
     * @param every steps for which a plan is followed, at least 1
     */
    public Imitation.ActingPolicy policy(int every, int rows, long seed) {
        require(every >= 1, "every", "at least 1", every);
        Step planning = Step.of(graph, parameters, backend).rows(rows).seed(Draws.seed(seed, "plans")).want(planned)
                .compile();
        Step following = Step.of(graph, parameters, backend).rows(rows).seed(Draws.seed(seed, "policy")).want(acting)
                .compile();
        return new Imitation.ActingPolicy() {
            private long plans;
            private long calls;
            private long step;

            @Override
            public void begin() {
                step = 0;
            }

            @Override
            public void act(float[] observations, float[] actions) {
                if (step++ % every == 0) {
                    planning.value(seen).set(observations);
                    planning.run(plans++);
                    following.value(plan).set(planning.value(planned).toArray());
                }
                following.value(seen).set(observations);
                following.run(calls++);
                System.arraycopy(Imitation.finite(following.value(acting).toArray(), updates), 0, actions, 0,
                        actions.length);
            }

            @Override
            public void close() {
                planning.close();
                following.close();
            }
        };
    }

    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        training.close();
        windows.close();
        parameters.close();
    }
}
