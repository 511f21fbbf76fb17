package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.agent.ObservedSteps.ObservedStep;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Counts;
import io.elbo4j.train.checkpoint.MatrixFile;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * critics have learned worthless. Observations are a box with bounds.
 */
public final class RepresentationSac extends SavableAgent {
    /**
     * How it learns.
     *
     * @param sac on the codes; in its random steps, from 1 to 1,000,000, there are none yet
     * @param latent dimensions of a code, at most 100,000
     * @param width units of the hidden layer of encoder and decoder, at most 100,000
     * @param klWeight of the KL in the VAE's objective, from 0 to 1e30
     * @param vaeBatch observations of an update of the VAE, at most 1,000,000
     * @param vaeLearningRate of its Adam, from 1e-30 to 1e30
     * @param vaeUpdates after the random steps
     */
    public record Settings(Sac.Settings sac,
            @Setting("dimensions of a code") int latent,
            @Setting("units of the hidden layer of encoder and decoder") int width,
            @Setting("of the KL in the VAE's objective, at least 0") double klWeight,
            @Setting("observations of an update of the VAE") int vaeBatch,
            @Setting("of the VAE's Adam") double vaeLearningRate,
            @Setting("of the VAE, after the random steps") int vaeUpdates) implements SavableAgent.Settings {
        public Settings {
            requireGiven("sac", sac);
            requireCount("randomSteps", sac.learning().randomSteps(), Counts.ROWS);
            requireCount("latent", latent, Counts.UNITS);
            requireCount("width", width, Counts.UNITS);
            require(klWeight >= 0 && klWeight <= 1e30, "klWeight", "from 0 to 1e30", klWeight);
            requireCount("vaeBatch", vaeBatch, Counts.ROWS);
            require(vaeLearningRate >= 1e-30 && vaeLearningRate <= 1e30, "vaeLearningRate", "from 1e-30 to 1e30",
                    vaeLearningRate);
            require(vaeUpdates >= 1, "vaeUpdates", "at least 1", vaeUpdates);
        }

        /**
         * {@link Sac.Settings#small}, but batches of 128 and 0.005; codes of 4, 128 units, batches of 64, 3,000 updates
         * after 1,000 steps.
         */
        public static Settings small() {
            return new Settings(AgentSettings.with(Sac.Settings.small(), Map.of("randomSteps", 1000, "batch", 128,
                    "rate", 0.005)), 4, 128, 1, 64,
                    1e-3, 3000);
        }

        @Override
        public void check(Surroundings surroundings) {
            sac.check(surroundings);
            Space.Box.bounded("observations", surroundings.observations());
        }

        @Override
        public RepresentationSac create(Surroundings s, Backend backend, long seed) {
            return new RepresentationSac(this, s.observations(), s.actions(), backend, seed);
        }
    }

    private final Settings settings;
    private final int randomSteps;
    private final Draws random;
    private final ObservedSteps past;
    private final ObservationCodes codes;
    private final Step coding;
    private final Sac sac;
    /** What was seen before, scaled, to be saved; NaN where an episode has begun. */
    private final Matrix saved;
    private float @Nullable [] before;
    private long remembered;

    /** @throws io.elbo4j.ArgumentException if observations are no box with bounds, or actions no box */
    public RepresentationSac(Settings settings, Space observations, Space actions, Backend backend, long seed) {
        super(settings, observations, actions, seed);
        this.settings = settings;
        this.randomSteps = settings.sac().learning().randomSteps();
        Space.Box box = Space.Box.bounded("observations", observations);
        this.random = new Draws(seed, "exploration");
        this.sac = new Sac(AgentSettings.with(settings.sac(), Map.of("randomSteps", 0)), Space.Box.of(2 * settings
                .latent(), Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY), actions, backend, Draws.seed(seed,
                        "sac"));
        int columns = box.columns();
        this.past = new ObservedSteps(backend, randomSteps, columns, actions.columns(), seed);
        this.codes = new ObservationCodes(settings, box, past.replay, ObservedSteps.SEEN, backend, seed);
        this.coding = codes.step(1);
        this.saved = backend.matrix(1, columns);
    }

    /** Rows of two codes, side by side. */
    private float[] both(float[] now, float[] earlier) {
        int n = settings.latent();
        float[] both = new float[2 * now.length];
        for (int r = 0; r < now.length / n; r++) {
            System.arraycopy(now, r * n, both, 2 * r * n, n);
            System.arraycopy(earlier, r * n, both, (2 * r + 1) * n, n);
        }
        return both;
    }

    /** What soft actor-critic sees. */
    private float[] state(float[] scaled, float[] earlier) {
        return both(codes.of(scaled, coding), codes.of(earlier, coding));
    }

    /** Where an episode begins, what is seen is taken for what was. */
    private float[] earlier(float[] scaled) {
        return before == null ? scaled : before;
    }

    @Override
    public void begin() {
        before = null;
    }

    @Override
    void decide(float[] observation, float[] action) {
        if (decisions++ < randomSteps) {
            actions.sample(random.at(0, 0, decisions), action);
        } else {
            float[] scaled = codes.scaled(observation);
            sac.decide(state(scaled, earlier(scaled)), action);
        }
    }

    /** The VAE learns here, when the last of the random steps is remembered. */
    @Override
    void keep(float[] observation, float[] action, float reward, boolean terminated, float[] next) {
        float[] scaled = codes.scaled(observation);
        ObservedStep step = new ObservedStep(earlier(scaled), scaled, action, reward, terminated, codes.scaled(next));
        before = scaled;
        if (remembered++ >= randomSteps) {
            pass(step);
            return;
        }
        past.add(step);
        if (remembered == randomSteps) {
            codes.learn();
            past.all().forEach(this::pass);
        }
    }

    private void pass(ObservedStep step) {
        sac.keep(state(step.seen(), step.before()), step.action(), step.reward(), step.terminated(), state(step
                .next(), step.seen()));
    }

    @Override
    public void learn() {
        if (decisions > randomSteps) {
            sac.learn();
            updates = sac.updates();
        }
    }

    /** For episodes that begin together. */
    @Override
    GreedyPolicy policy(int rows) {
        Step step = codes.step(rows);
        GreedyPolicy inner = sac.policy(rows);
        return new GreedyPolicy() {
            private float @Nullable [] earlier;

            @Override
            public void begin() {
                earlier = null;
            }

            @Override
            public void act(float[] observed, float[] chosen) {
                float[] now = codes.of(codes.scaled(observed), step);
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

    @Override
    public Map<String, Double> losses() {
        return sac.losses();
    }

    @Override
    AgentState.Counters counters() {
        return new AgentState.Counters(decisions, updates, remembered, 0);
    }

    private AgentState.Counters ofSac(AgentState.Counters at) {
        return new AgentState.Counters(Math.max(0, at.decisions() - randomSteps), at.updates(), at
                .remembered() < randomSteps ? 0 : at.remembered(), 0);
    }

    @Override
    Map<String, Matrix> matrices(AgentState.Counters at) {
        Map<String, Matrix> all = new HashMap<>(sac.matrices(ofSac(at)));
        MatrixFile.of(codes.parameters).forEach((name, matrix) -> all.put("vae." + name, matrix));
        if (at.remembered() < randomSteps) {
            past.replay.rows(at.remembered()).forEach((name, matrix) -> all.put("past." + name, matrix));
        }
        float[] none = new float[observations.columns()];
        Arrays.fill(none, Float.NaN);
        saved.set(before == null ? none : before);
        all.put("before", saved);
        return all;
    }

    @Override
    void restored(AgentState.Counters at) {
        sac.goOn(ofSac(at));
        remembered = at.remembered();
        past.replay.restored(Math.min(remembered, randomSteps));
        float[] seen = saved.toArray();
        before = Float.isNaN(seen[0]) ? null : seen;
    }

    /** Those of soft actor-critic. */
    @Override
    public Parameters parameters() {
        return sac.parameters();
    }

    /** Those of the VAE. */
    public Parameters encoder() {
        return codes.parameters;
    }

    @Override
    public void close() {
        super.close();
        saved.close();
        sac.close();
        coding.close();
        codes.close();
        past.close();
    }
}
