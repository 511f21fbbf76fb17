package io.elbo4j.control.agent;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.control.network.Counts.requireCount;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.control.environment.Draws;
import io.elbo4j.control.environment.Space;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.control.world.LocallyLinear;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.model.Setting;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * How {@link E2c} learns its model from what it has seen: all of it at once, then the transition on codes that stay.
 * Pictures are remembered as bytes, from the lower bound of each number to the upper one.
 */
public final class ModelLearning implements AutoCloseable {
    private static final String SEEN = "seen";
    private static final String ACTION = "action";
    private static final String NEXT = "next";
    private static final String CODE = "code";
    private static final String NEXT_CODE = "next code";
    private static final int WHITE = 255;

    /**
     * How it learns.
     *
     * @param batch transitions of an update
     * @param learningRate of Adam, from 1e-30 to 1e30
     * @param updates of all of the model
     * @param refitBatch transitions of an update of the transition alone
     * @param refitLearningRate of its Adam at first, from 1e-30 to 1e30, which falls linearly to 0
     * @param refitUpdates of the transition alone, at least 0
     */
    public record Settings(@Setting("transitions of an update, at most 1000000") int batch,
            @Setting("of Adam") double learningRate,
            @Setting("that are made when the random steps are over") int updates,
            @Setting("transitions of an update of the dynamics alone, on codes that stay") int refitBatch,
            @Setting("of its Adam at first, falling to 0, linearly") double refitLearningRate,
            @Setting("of the dynamics alone, after all others") int refitUpdates) {
        public Settings {
            requireCount("batch", batch, Counts.ROWS);
            require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
            require(updates >= 1, "updates", "at least 1", updates);
            requireCount("refitBatch", refitBatch, Counts.ROWS);
            require(refitLearningRate >= 1e-30 && refitLearningRate <= 1e30, "refitLearningRate", "from 1e-30 to 1e30",
                    refitLearningRate);
            require(refitUpdates >= 0, "refitUpdates", "at least 0", refitUpdates);
        }

        /** Batches of 64, 2e-3, 3,000 updates; then of 256, 1e-2, 12,000. */
        public static Settings small() {
            return new Settings(64, 2e-3, 3000, 256, 1e-2, 12_000);
        }
    }

    private final Settings settings;
    private final LocallyLinear model;
    private final Graph graph;
    private final Space.Box box;
    private final int actionColumns;
    private final int transitions;
    private final Backend backend;
    private final long seed;
    private final Value input;
    private final Value seen;
    private final Value mean;
    private final Value nextMean;
    private final int latent;
    private final Replay past;
    private long remembered;

    ModelLearning(Settings settings, LocallyLinear model, Graph graph, Space.Box box, int actionColumns,
            int transitions, Backend backend, long seed) {
        this.settings = settings;
        this.model = model;
        this.graph = graph;
        this.box = box;
        this.actionColumns = actionColumns;
        this.transitions = transitions;
        this.backend = backend;
        this.seed = seed;
        this.input = graph.input(SEEN, box.columns());
        this.seen = picture(input);
        Value next = picture(graph.input(NEXT, box.columns()));
        Value action = graph.input(ACTION, actionColumns);
        model.observe(seen, action, next);
        this.mean = model.encode(seen).mean();
        this.nextMean = model.encode(next).mean();
        this.latent = Math.toIntExact(mean.columns());
        model.refit(graph.input(CODE, latent), action, graph.input(NEXT_CODE, latent));
        this.past = new Replay(backend, transitions, 0, Map.of(SEEN, box.columns(), ACTION, actionColumns, NEXT, box
                .columns()), Set.of(SEEN, NEXT), seed);
    }

    /** Bytes as the model sees them, in [0, 1]. */
    Value picture(Value bytes) {
        return Scale.of(bytes, 1f / WHITE, 0);
    }

    Value input() {
        return input;
    }

    Value seen() {
        return seen;
    }

    /** Rows of observations in bytes. */
    float[] bytes(float[] observations) {
        float[] bytes = new float[observations.length];
        for (int i = 0; i < bytes.length; i++) {
            int c = i % box.columns();
            double share = ((double) observations[i] - box.low(c)) / ((double) box.high(c) - box.low(c));
            bytes[i] = (float) Math.floor(WHITE * Math.min(1, Math.max(0, share)) + 0.5);
        }
        return bytes;
    }

    void add(float[] observation, float[] action, float[] next) {
        past.add(Map.of(SEEN, bytes(observation), ACTION, action, NEXT, bytes(next)));
        remembered++;
    }

    /** Whether it has all that it learns from. */
    boolean complete() {
        return remembered >= transitions;
    }

    long remembered() {
        return remembered;
    }

    /** Makes all updates, and says how many. */
    long learn(Parameters parameters) {
        begin(parameters);
        try (Step training = Step.of(graph, parameters, backend).rows(settings.batch()).seed(seed).read(past.source())
                .minimise(Training.of(model.objective(), new Adam(settings.learningRate())).withParameters(model
                        .trained())).compile()) {
            train(training, past, settings.batch(), settings.updates());
        }
        Finite.require(parameters, settings.updates(), "the model", "learning rate");
        if (settings.refitUpdates() > 0) {
            refit(parameters);
            Finite.require(parameters, settings.refitUpdates(), "the transition", "learning rate of the refits");
        }
        return (long) settings.updates() + settings.refitUpdates();
    }

    private static void train(Step training, Replay from, int batch, int updates) {
        int[] sampled = new int[batch];
        for (int i = 0; i < updates; i++) {
            from.sample(i, sampled);
            training.rows(sampled, 0).run(i);
        }
    }

    private void refit(Parameters parameters) {
        model.ofTransition().forEach(p -> parameters.get(p).slots().values().forEach(slot -> Rows.fill(0, slot)
                .run()));
        double count = settings.refitUpdates();
        Adam adam = new Adam(n -> settings.refitLearningRate() * (1 - n / count));
        try (Replay codes = codes(parameters);
                Step training = Step.of(graph, parameters, backend).rows(settings.refitBatch()).seed(seed).read(codes
                        .source()).minimise(Training.of(model.refitObjective(), adam).withParameters(model
                                .ofTransition())).compile()) {
            train(training, codes, settings.refitBatch(), settings.refitUpdates());
        }
    }

    private void begin(Parameters parameters) {
        double[] sum = new double[box.columns()];
        double squares = 0;
        Matrix all = past.rows(transitions).get(SEEN);
        for (long r = 0; r < transitions; r++) {
            float[] row = all.rows(r, r + 1).toArray();
            for (int i = 0; i < sum.length; i++) {
                double x = (double) row[i] / WHITE;
                sum[i] += x;
                squares += x * x;
            }
        }
        double[] mean = Arrays.stream(sum).map(s -> s / transitions).toArray();
        double variance = squares / transitions - Arrays.stream(mean).map(m -> m * m).sum();
        // where all are the same by rounding
        model.begin(parameters, mean, variance > 1e-9 ? Math.sqrt(variance / mean.length) : 1);
    }

    /** The transitions in codes. */
    private Replay codes(Parameters parameters) {
        Replay codes = new Replay(backend, transitions, Map.of(CODE, latent, ACTION, actionColumns, NEXT_CODE, latent),
                Draws.seed(seed, "refit"));
        int[] rows = new int[settings.batch()];
        float[] actions = past.rows(transitions).get(ACTION).toArray();
        try (Step encoding = Step.of(graph, parameters, backend).rows(rows.length).read(past.source()).want(mean,
                nextMean).compile()) {
            for (int from = 0; from < transitions; from += rows.length) {
                for (int i = 0; i < rows.length; i++) {
                    rows[i] = Math.min(from + i, transitions - 1);
                }
                encoding.rows(rows, 0).run(0);
                float[] now = encoding.value(mean).toArray();
                float[] after = encoding.value(nextMean).toArray();
                for (int i = 0; i < Math.min(rows.length, transitions - from); i++) {
                    codes.add(Map.of(CODE, row(now, i, latent), ACTION, row(actions, from + i, actionColumns),
                            NEXT_CODE, row(after, i, latent)));
                }
            }
        }
        return codes;
    }

    private static float[] row(float[] all, int r, int columns) {
        return Arrays.copyOfRange(all, r * columns, (r + 1) * columns);
    }

    /** What it has seen and not yet learned from. */
    Map<String, Matrix> rows(long number) {
        return number < transitions ? past.rows(number) : Map.of();
    }

    void restored(long number) {
        remembered = number;
        past.restored(number);
    }

    @Override
    public void close() {
        past.close();
    }
}
