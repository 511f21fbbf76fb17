package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.network.Network;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.StepBuilder;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.Subtract;
import io.elbo4j.train.layer.SumOver;
import io.elbo4j.train.layer.Unflatten;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of the next k actions from one observation (Zhao et al. 2023, Learning fine-grained bimanual manipulation
 * with low-cost hardware), by a network, or by a conditional VAE of chunks:
 *
 * <pre>
 *   loss = mean over the decisions of  (mean of |a_t+i - f(s_t, z)_i| over those i &lt; k and columns that are there)
 *          + klWeight KL(q(z | s_t, a_t .. a_t+k-1) || N(0, I))
 * </pre>
 *
 * <p>What lies after the end of an episode is neither in the sum nor in what it is divided by; what is there is known
 * by the episode's length, as a true action may be 0. Who pauses does mostly nothing at the place where he pauses, and
 * who predicts the median of one action stays there; a chunk reaches beyond the pause.
 */
public final class ActionChunks implements AutoCloseable {
    private static final String Z = "z";
    private static final String ERROR = "error";

    /**
     * How it learns.
     *
     * @param length k, at least 1
     * @param latent dimensions of z; 0 for none
     * @param klWeight at least 0; 0 without z
     */
    public record Settings(int length, int latent, double klWeight, Imitation.Settings learning) {
        public Settings {
            require(length >= 1, "length", "at least 1", length);
            require(latent >= 0, "latent", "at least 0", latent);
            require(klWeight >= 0 && klWeight <= 1e30, "klWeight", "from 0 to 1e30", klWeight);
            require(latent > 0 || klWeight == 0, "klWeight", "0 where there is no z", klWeight);
            requireGiven("learning", learning);
        }

        /** Chunks of 16 without z, as {@link Imitation.Settings#small} learns. */
        public static Settings small() {
            return new Settings(16, 0, 0, Imitation.Settings.small());
        }
    }

    /** Which z, the style of what is done, a policy acts by. */
    public enum Style {
        /** 0, the mean of the prior. */
        MEAN,
        /** A draw for each chunk. */
        OF_CHUNK,
        /** A draw for each episode. */
        OF_EPISODE
    }

    private final Settings settings;
    private final Backend backend;
    private final int done;
    private final Graph graph = new Graph();
    private final Value observation;
    private final @Nullable Value z;
    private final Value chunk;
    private final WeightedSum loss;
    private final Parameters parameters;
    private final Windows windows;
    private final Step training;
    private final int[] sampled;
    private long updates;

    /** @param seed of the first parameters, of batches and of noise */
    public ActionChunks(Settings settings, Demonstrations demonstrations, Backend backend, long seed) {
        this.settings = requireGiven("settings", settings);
        this.backend = requireGiven("backend", backend);
        int k = settings.length();
        int seen = requireGiven("demonstrations", demonstrations).seen();
        this.done = demonstrations.done();
        this.sampled = new int[settings.learning().batch()];
        this.observation = Slice.of("first of the window", graph.input(Windows.OBSERVATION, (long) k * seen), 0, seen);
        Value actions = graph.input(Windows.ACTION, (long) k * done);
        Value there = graph.input(Windows.THERE, k);
        Value share = Slice.of("share of each", graph.input(Windows.SHARE, k), 0, 1);

        Normalisation normalisation = new Normalisation(graph, settings.learning(), seen);
        Value now = normalisation.of(observation);
        WeightedSum sum = new WeightedSum().with(ERROR, Term.Role.LOSS, 1);
        Value known = now;
        if (settings.latent() == 0) {
            this.z = null;
        } else {
            Network encoder = new Network("encoder", seen + k * (done + 1L), settings.learning().widths(), 2L * settings
                    .latent());
            this.z = graph.latent(Z, DiagonalGaussian.halves(encoder.apply(Concatenate.of("now and the chunk",
                    now, actions, there))));
            known = Concatenate.of("now and z", now, z);
            sum = sum.with(Z, Term.Role.KL, settings.klWeight());
        }
        this.loss = sum;
        this.chunk = new Network("decoder", known.columns(), settings.learning().widths(), (long) k * done).apply(
                known);
        Value error = Subtract.of(Unflatten.of(chunk, Axis.TIME, k), Unflatten.of(actions, Axis.TIME, k));
        Value weight = Multiply.of(Unflatten.of(there, Axis.TIME, k), share);
        ValueTerm.of(ERROR, Term.Role.LOSS, Scale.of(SumOver.of(Multiply.of(RowSum.of(absolute(error)), weight),
                Axis.TIME), 1f / done, 0));

        this.parameters = new Parameters(backend, graph.parameters(), seed);
        normalisation.fit(parameters, demonstrations);
        this.windows = new Windows(demonstrations, k, true, backend, seed);
        this.training = Step.of(graph, parameters, backend).rows(sampled.length).seed(seed).read(windows.source())
                .minimise(Training.of(loss, new Adam(settings.learning().learningRate())).withParameters(normalisation
                        .trained(graph))).compile();
    }

    private static Value absolute(Value x) {
        return Add.of(Activate.of(x, Activation.RELU), Activate.of(Scale.of(x, -1, 0), Activation.RELU));
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

    /** The mean over decisions of |a - f(s, z)|, padding left out, with z of q. */
    public double error(Demonstrations test) {
        return mean(test, Term.Role.LOSS);
    }

    /** KL(q(z | s, chunk) || N(0, I)) in nats, a mean over decisions: 0 where z is of no use, or is not there. */
    public double kl(Demonstrations test) {
        return z == null ? 0 : mean(test, Term.Role.KL);
    }

    private double mean(Demonstrations test, Term.Role role) {
        try (Windows all = new Windows(requireGiven("test", test), settings.length(), true, backend, 0)) {
            int[] rows = all.all();
            try (Step step = Step.of(graph, parameters, backend).rows(rows.length).read(all.source()).evaluate(loss)
                    .compile()) {
                step.rows(rows, 0).run(0);
                return step.total(role) / rows.length;
            }
        }
    }

    /**
     * The policy, of so many rows at a time, which begin together. It sees what is learned later, too. Its z are a
     * function of the seed, the row, the episode and the step.
     *
     * @param style {@link Style#MEAN} where there is no z
     */
    public Imitation.ActingPolicy policy(Reading reading, Style style, int rows, long seed) {
        requireGiven("reading", reading).requireWithin(settings.length());
        require(requireGiven("style", style) == Style.MEAN || z != null, "style", "MEAN where there is no z", style);
        StepBuilder step = Step.of(graph, parameters, backend).rows(rows).given(observation).want(chunk);
        return new ChunkPolicy(reading, settings.length() * done, new Chunks(z == null ? step.compile() : step.given(z)
                .compile(), style, rows, new Draws(seed, "chunks")));
    }

    /** Predicts. */
    private final class Chunks implements ChunkPolicy.Predictor {
        private final Step step;
        private final Style style;
        private final int rows;
        private final Draws draws;

        Chunks(Step step, Style style, int rows, Draws draws) {
            this.step = step;
            this.style = style;
            this.rows = rows;
            this.draws = draws;
        }

        @Override
        public float[] predict(float[] observations, long episode, long number) {
            step.value(observation).set(observations);
            if (z != null) {
                step.value(z).set(code(episode, style == Style.OF_CHUNK ? number : 0));
            }
            step.run(0);
            return Imitation.finite(step.value(chunk).toArray(), updates);
        }

        private float[] code(long episode, long number) {
            float[] code = new float[rows * settings.latent()];
            for (int i = 0; style != Style.MEAN && i < code.length; i++) {
                if (i % settings.latent() == 0) {
                    draws.at(i / settings.latent(), episode, number);
                }
                code[i] = (float) draws.normal();
            }
            return code;
        }

        @Override
        public void close() {
            step.close();
        }
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
