package io.elbo4j.control.dynamics;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;
import static io.elbo4j.control.network.Counts.requireCount;
import static io.elbo4j.control.network.Counts.requireWidths;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.control.network.Counts;
import io.elbo4j.control.network.Network;
import io.elbo4j.control.replay.Replay;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.layer.Multiply;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.objective.WeightedSum;
import io.elbo4j.train.optimiser.Adam;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * Dynamics without chance, learned through K steps of its own predictions (Abbeel et al. 2005, Learning vehicular
 * dynamics; Nagabandi et al. 2018 for what the network predicts, the difference). With all of it normalised,
 *
 * <pre>
 *   x_0 = s_0,   x_t+1 = x_t + mean + deviation f(x_t, a_t),   mean and deviation those of s_t+1 - s_t
 *   loss = mean over t = 1 .. K and the columns of (x_t - s_t)^2
 * </pre>
 *
 * <p>the gradient passing through the chain. K = 1 is the usual regression. Where observations are noisy its slopes are
 * too small, as noise of what it starts from is taken for the state (errors in variables); through more steps less so.
 */
public final class KStep implements AutoCloseable {
    private static final String OBSERVATIONS = "observations";
    private static final String ACTIONS = "actions";

    /**
     * How it learns.
     *
     * @param widths of the hidden layers, SiLU, at most 100 of at most 100,000 units
     * @param steps K, at least 1
     * @param batch windows of K steps in an update, inside of an episode each; at most 1,000,000
     * @param updates at least 1
     * @param learningRate of Adam, from 1e-30 to 1e30, which falls linearly to 0 at the end of the updates
     * @param maximumNorm of the gradient, to which it is clipped
     */
    public record Settings(List<Integer> widths, int steps, int batch, int updates, double learningRate,
            double maximumNorm) {
        public Settings {
            widths = requireWidths(widths);
            require(steps >= 1, "steps", "at least 1", steps);
            requireCount("batch", batch, Counts.ROWS);
            require(updates >= 1, "updates", "at least 1", updates);
            require(learningRate >= 1e-30 && learningRate <= 1e30, "learningRate", "from 1e-30 to 1e30", learningRate);
            require((float) maximumNorm > 0, "maximumNorm", "above 0, also as a float32", maximumNorm);
        }

        /** Two layers of 32, batches of 128, 1,200 updates, 3e-3, a norm of 1. */
        public static Settings small(int steps) {
            return new Settings(List.of(32, 32), steps, 128, 1200, 3e-3, 1);
        }
    }

    private final Graph graph = new Graph();
    private final Backend backend;
    private final int columns;
    private final int actionColumns;
    private final Moments ofObservations;
    private final Moments ofActions;
    private final Value observation;
    private final Value action;
    private final Value next;
    private final Parameters parameters;

    /** Learns. */
    public KStep(Settings settings, Trajectories data, Backend backend, long seed) {
        requireGiven("settings", settings);
        requireGiven("data", data);
        this.backend = requireGiven("backend", backend);
        int k = settings.steps();
        require(k <= data.length(), "steps", "at most the length of the episodes, " + data.length(), k);
        this.columns = data.columns();
        this.actionColumns = data.actionColumns();
        this.ofObservations = Moments.of(data.observations(), columns);
        this.ofActions = Moments.of(data.actions(), actionColumns);
        float[] s = ofObservations.normalised(data.observations());
        float[] a = ofActions.normalised(data.actions());

        Moments ofDifferences = Moments.of(differences(s, data), columns);
        Value mean = ConstantRow.of(graph, "mean difference", row(ofDifferences::mean));
        Value deviation = ConstantRow.of(graph, "deviation of the difference", row(ofDifferences::deviation));
        Network f = new Network("dynamics", columns + actionColumns, settings.widths(), columns, Activation.SILU);
        this.observation = graph.input("observation", columns);
        this.action = graph.input("action", actionColumns);
        this.next = next(f, mean, deviation, observation, action);

        Value window = graph.input(OBSERVATIONS, (k + 1L) * columns);
        Value done = graph.input(ACTIONS, (long) k * actionColumns);
        Value x = Slice.of("start", window, 0, columns);
        WeightedSum loss = new WeightedSum();
        for (int t = 0; t < k; t++) {
            String name = "step " + (t + 1);
            x = next(f, mean, deviation, x, Slice.of("action of " + name, done, (long) t * actionColumns, (t + 1L)
                    * actionColumns));
            Loss.squaredError(name, x, Slice.of("target of " + name, window, (t + 1L) * columns, (t + 2L) * columns));
            loss = loss.with(name, Term.Role.LOSS, 1.0 / (k * columns));
        }
        this.parameters = new Parameters(backend, graph.parameters(), seed);
        try (Replay windows = windows(s, a, data, k, seed)) {
            learn(settings, loss, windows);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    private Value next(Network f, Value mean, Value deviation, Value x, Value a) {
        Value difference = f.apply(Concatenate.of(x.graph().freeName("state and action"), x, a));
        return Add.of(x, Add.of(Multiply.of(difference, deviation), mean));
    }

    private float[] row(IntToDoubleFunction of) {
        float[] row = new float[columns];
        for (int c = 0; c < columns; c++) {
            row[c] = (float) of.applyAsDouble(c);
        }
        return row;
    }

    /** None from the end of an episode to the next one's start. */
    private float[] differences(float[] s, Trajectories data) {
        float[] all = new float[data.episodes() * data.length() * columns];
        int ofEpisode = data.length() * columns;
        for (int i = 0; i < all.length; i++) {
            int from = i + i / ofEpisode * columns;
            all[i] = s[from + columns] - s[from];
        }
        return all;
    }

    private Replay windows(float[] s, float[] a, Trajectories data, int k, long seed) {
        int perEpisode = data.length() - k + 1;
        Replay windows = new Replay(backend, data.episodes() * perEpisode, Map.of(OBSERVATIONS, (k + 1) * columns,
                ACTIONS, k * actionColumns), seed);
        for (int e = 0; e < data.episodes(); e++) {
            for (int t = 0; t < perEpisode; t++) {
                int seen = (e * (data.length() + 1) + t) * columns;
                int done = (e * data.length() + t) * actionColumns;
                windows.add(Map.of(OBSERVATIONS, Arrays.copyOfRange(s, seen, seen + (k + 1) * columns), ACTIONS, Arrays
                        .copyOfRange(a, done, done + k * actionColumns)));
            }
        }
        return windows;
    }

    private void learn(Settings settings, WeightedSum loss, Replay windows) {
        double updates = settings.updates();
        Adam adam = new Adam(n -> settings.learningRate() * (1 - n / updates));
        int[] sampled = new int[settings.batch()];
        try (Step training = Step.of(graph, parameters, backend).rows(settings.batch()).read(windows.source()).minimise(
                Training.of(loss, adam).withMaximumGradientNorm(settings.maximumNorm())).compile()) {
            for (int n = 0; n < settings.updates(); n++) {
                windows.sample(n, sampled);
                training.rows(sampled, 0).run(n);
            }
        }
    }

    /**
     * Follows its own predictions from each start.
     *
     * @param starts rows x columns of an observation
     * @param actions of each row, steps x columns of an action
     * @param steps at least 1
     * @return of each row, steps x columns: what is predicted after each of the actions
     */
    public float[] predict(float[] starts, float[] actions, int steps) {
        require(starts.length >= 1 && starts.length % columns == 0, "starts", "rows of " + columns + " numbers",
                starts.length);
        require(steps >= 1, "steps", "at least 1", steps);
        int rows = starts.length / columns;
        require(actions.length == rows * steps * actionColumns, "actions", rows * steps * actionColumns + " numbers",
                actions.length);
        float[] a = ofActions.normalised(actions);
        float[] x = ofObservations.normalised(starts);
        float[] now = new float[rows * actionColumns];
        float[] all = new float[rows * steps * columns];
        try (Step step = Step.of(graph, parameters, backend).rows(rows).want(next).compile()) {
            for (int t = 0; t < steps; t++) {
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(a, (r * steps + t) * actionColumns, now, r * actionColumns, actionColumns);
                }
                step.value(observation).set(x);
                step.value(action).set(now);
                step.run(0);
                x = step.value(next).toArray();
                for (int r = 0; r < rows; r++) {
                    System.arraycopy(x, r * columns, all, (r * steps + t) * columns, columns);
                }
            }
        }
        return ofObservations.restored(all);
    }

    public Parameters parameters() {
        return parameters;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
