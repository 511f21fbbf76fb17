package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Representation learning for control: a VAE of what is seen, and {@link Sac} on its codes,
 *
 * <pre>
 *   z = the mean of q(z | observation),  what the agent sees = (z, z of the observation before)
 * </pre>
 *
 * <p>The mean, as a draw would be noise in what the critics read (Yarats et al. 2021, Improving sample efficiency in
 * model-free reinforcement learning from images, section 4.2). Two codes, as one observation does not show how fast
 * things move; a VAE of both observations at once would spend its code on two pictures and hide their difference. The
 * VAE is trained once, on what was seen in the random steps, and then stays: an encoder that moves makes what the
 * critics have learned worthless. Observations are a box with bounds, scaled to [0, 1], with a Bernoulli likelihood.
 */
public final class RepresentationSac implements Agent {
    private static final String SEEN = "x";

    /**
     * How it learns.
     *
     * @param sac on the codes; its own random steps are 0
     * @param latent dimensions of a code
     * @param width units of the hidden layer of encoder and decoder
     * @param klWeight of the KL in the VAE's objective, at least 0
     * @param batch observations of an update of the VAE
     * @param learningRate of its Adam
     * @param updates of the VAE, after the random steps
     * @param randomSteps first decisions, which are uniform in the box, at least 1
     */
    public record Settings(Sac.Settings sac, int latent, int width, double klWeight, int batch, double learningRate,
            int updates, int randomSteps) {
        public Settings {
            requireGiven("sac", sac);
            require(sac.learning().randomSteps() == 0, "sac", "without random steps of its own", sac.learning()
                    .randomSteps());
            require(latent >= 1, "latent", "at least 1", latent);
            require(width >= 1, "width", "at least 1", width);
            require(klWeight >= 0 && Double.isFinite(klWeight), "klWeight", "at least 0", klWeight);
            require(batch >= 1, "batch", "at least 1", batch);
            require(learningRate > 0, "learningRate", "above 0", learningRate);
            require(updates >= 1, "updates", "at least 1", updates);
            require(randomSteps >= 1, "randomSteps", "at least 1", randomSteps);
        }

        /** {@link Sac.Settings#small}; codes of 4, 128 units, batches of 64, 3,000 updates after 1,000 steps. */
        public static Settings small() {
            Learning l = Sac.Settings.small().learning();
            return new Settings(new Sac.Settings(new Learning(l.widths(), l.batch(), l.learningRate(), l.decay(), l
                    .discount(), l.capacity(), 0, l.every(), l.updates()), 0.005), 4, 128, 1, 64, 1e-3, 3000, 1000);
        }
    }

    /** What was seen before there are codes. */
    private record Past(float[] before, float[] seen, float[] action, float reward, boolean terminated, float[] next) {}

    private final Settings settings;
    private final Space.Box observations;
    private final Space actions;
    private final Backend backend;
    private final Draws random;
    private final Graph graph = new Graph();
    private final Value x;
    private final DiagonalGaussian posterior;
    private final Parameters parameters;
    private final Replay seen;
    private final Step training;
    private final Step coding;
    private final Sac sac;
    private final List<Past> past = new ArrayList<>();
    private float[] before;
    private long decisions;

    /** @throws io.elbo4j.ArgumentException if observations are no box with bounds, or actions no box */
    public RepresentationSac(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        this.settings = requireGiven("settings", settings);
        require(requireGiven("observations", observations) instanceof Space.Box, "observations", "a box", observations);
        this.observations = (Space.Box) observations;
        for (int c = 0; c < observations.columns(); c++) {
            float range = this.observations.high(c) - this.observations.low(c);
            require(range > 0 && Float.isFinite(range), "observations", "a box with bounds", observations);
        }
        this.actions = actions;
        this.backend = requireGiven("backend", backend);
        this.random = new Draws(seed);
        this.sac = new Sac(settings.sac(), Space.Box.of(2 * settings.latent(), Float.NEGATIVE_INFINITY,
                Float.POSITIVE_INFINITY), actions, backend, seed);
        int columns = observations.columns();
        this.x = graph.input(SEEN, columns);
        this.posterior = DiagonalGaussian.of("posterior", Dense.of("encoder", x, settings.width(), Activation.RELU),
                settings.latent());
        Value z = graph.latent("z", posterior);
        graph.observe("reconstruction", new Bernoulli(Dense.of("logits", Dense.of("decoder", z, settings.width(),
                Activation.RELU), columns, Activation.IDENTITY)), x);
        this.parameters = new Parameters(backend, graph.parameters(), seed);
        this.seen = new Replay(backend, settings.randomSteps(), Map.of(SEEN, columns), seed);
        this.training = Step.of(graph, parameters, backend).rows(settings.batch()).seed(seed).read(seen.source())
                .minimise(new Elbo(settings.klWeight()), new Adam(settings.learningRate())).compile();
        this.coding = coding(1);
    }

    private Step coding(int rows) {
        return Step.of(graph, parameters, backend).rows(rows).want(posterior.mean()).compile();
    }

    /** To [0, 1]. */
    private float[] scaled(float[] rows) {
        float[] scaled = new float[rows.length];
        for (int i = 0; i < rows.length; i++) {
            int c = i % observations.columns();
            scaled[i] = (rows[i] - observations.low(c)) / (observations.high(c) - observations.low(c));
        }
        return scaled;
    }

    private float[] codes(Step step, float[] rows) {
        step.value(x).set(scaled(rows));
        step.run(0);
        return step.value(posterior.mean()).toArray();
    }

    /** Rows of two codes, side by side. */
    private float[] both(float[] codes, float[] earlier) {
        int n = settings.latent();
        float[] both = new float[2 * codes.length];
        for (int r = 0; r < codes.length / n; r++) {
            System.arraycopy(codes, r * n, both, 2 * r * n, n);
            System.arraycopy(earlier, r * n, both, (2 * r + 1) * n, n);
        }
        return both;
    }

    private float[] state(float[] observation, float[] earlier) {
        float[] code = codes(coding, observation);
        return both(code, earlier == null ? code : codes(coding, earlier));
    }

    private boolean isCoded() {
        return decisions > settings.randomSteps();
    }

    @Override
    public void begin() {
        before = null;
    }

    @Override
    public void explore(float[] observation, float[] action) {
        decisions++;
        if (isCoded()) {
            sac.explore(state(observation, before), action);
        } else {
            actions.sample(random.at(0, 0, decisions), action);
        }
    }

    @Override
    public void remember(float[] observation, float[] action, float reward, boolean terminated, float[] next) {
        Past one = new Past(before, observation.clone(), action.clone(), reward, terminated, next.clone());
        before = one.seen();
        if (isCoded()) {
            pass(one);
        } else {
            seen.add(Map.of(SEEN, scaled(observation)));
            past.add(one);
        }
    }

    private void pass(Past one) {
        sac.remember(state(one.seen(), one.before()), one.action(), one.reward(), one.terminated(), state(one.next(),
                one
                        .seen()));
    }

    @Override
    public void learn() {
        if (isCoded()) {
            sac.learn();
        } else if (decisions == settings.randomSteps()) {
            int[] batch = new int[settings.batch()];
            for (int i = 0; i < settings.updates(); i++) {
                seen.sample(i, batch);
                training.rows(batch, 0).run(i);
            }
            past.forEach(this::pass);
            past.clear();
        }
    }

    /** Within an episode of {@link #explore}: it goes on from what was seen there last. */
    @Override
    public float[] act(float[] observation) {
        return sac.act(state(observation, before));
    }

    /** Updates of soft actor-critic. */
    @Override
    public long updates() {
        return sac.updates();
    }

    /** For episodes that begin together at its first action. */
    @Override
    public GreedyPolicy greedy(int rows) {
        Step step = coding(rows);
        GreedyPolicy inner = sac.greedy(rows);
        return new GreedyPolicy() {
            private float[] earlier;

            @Override
            public void act(float[] observed, float[] chosen) {
                float[] now = codes(step, observed);
                inner.act(both(now, earlier == null ? now : earlier), chosen);
                earlier = now;
            }

            @Override
            public void close() {
                inner.close();
                step.close();
            }
        };
    }

    /** Those of soft actor-critic. */
    @Override
    public Parameters parameters() {
        return sac.parameters();
    }

    /** Those of the VAE. */
    public Parameters encoder() {
        return parameters;
    }

    @Override
    public void close() {
        sac.close();
        coding.close();
        training.close();
        seen.close();
        parameters.close();
    }
}
