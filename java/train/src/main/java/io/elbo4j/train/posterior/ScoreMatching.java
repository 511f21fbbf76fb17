package io.elbo4j.train.posterior;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.Loss;
import io.elbo4j.train.objective.Regression;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Cosine;
import java.util.Arrays;

/**
 * Draws without a density, from data alone: a network learns the score of the data with noise, s(x) = d log p(x) / dx,
 * by denoising (Vincent 2011), for noise of several deviations; Langevin dynamics follows it from the most noise to the
 * least (Song and Ermon 2019, algorithm 1).
 *
 * <p>The network predicts eps in x = z + deviation eps by squared error, so that its score is minus that over the
 * deviation: of the paper's loss, with its weights deviation^2.
 */
public final class ScoreMatching implements AutoCloseable {
    private static final int ROWS = 0;
    private static final int LEVELS = 1;
    private static final int DENOISED = 2;
    private static final int START = 3;
    private static final int STEPS = 4;

    private final ScoreSettings settings;
    private final Backend backend;
    private final int dimensions;
    private final Graph graph = new Graph();
    private final Value x;
    private final Value prediction;
    private final Value noise;
    private final Parameters parameters;

    /** Learns the score of data, a point a row. */
    public ScoreMatching(double[][] data, ScoreSettings settings, Backend backend) {
        require(data.length > 0, "data", "of at least one point", "empty");
        for (double[] z : data) {
            require(z.length == data[0].length, "data", "of points of one length", Arrays.toString(z));
        }
        this.settings = settings;
        this.backend = backend;
        dimensions = data[0].length;
        x = graph.input("x and log deviation", dimensions + 1);
        noise = graph.input("noise", dimensions);
        Value first = Dense.of("first", x, settings.hidden(), Activation.SILU);
        Value second = Dense.of("second", first, settings.hidden(), Activation.SILU);
        prediction = Dense.of("prediction", second, dimensions, Activation.IDENTITY);
        Loss.squaredError("loss", prediction, noise);
        parameters = new Parameters(backend, graph.parameters(), settings.seed());
        try {
            learn(data);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    private void learn(double[][] data) {
        ChainNoise rows = new ChainNoise(settings.seed(), ROWS);
        ChainNoise levels = new ChainNoise(settings.seed(), LEVELS);
        ChainNoise normals = new ChainNoise(settings.seed(), DENOISED);
        float[] inputs = new float[settings.batch() * (dimensions + 1)];
        float[] targets = new float[settings.batch() * dimensions];
        double[] eps = new double[dimensions];
        double[] noisy = new double[dimensions];
        try (Step step = Step.of(graph, parameters, backend).rows(settings.batch()).minimise(new Regression(), new Adam(
                new Cosine(settings.learningRate(), 0, settings.updates()))).compile()) {
            for (int t = 0; t < settings.updates(); t++) {
                for (int r = 0; r < settings.batch(); r++) {
                    double[] z = data[(int) (rows.uniform(r, t) * data.length)];
                    double deviation = settings.deviation((int) (levels.uniform(r, t) * settings.levels()));
                    normals.normals(r, t, eps);
                    for (int d = 0; d < dimensions; d++) {
                        noisy[d] = z[d] + deviation * eps[d];
                        targets[r * dimensions + d] = (float) eps[d];
                    }
                    input(noisy, deviation, inputs, r);
                }
                step.value(x).set(inputs);
                step.value(noise).set(targets);
                step.run(t);
            }
        }
    }

    private void input(double[] point, double deviation, float[] inputs, int row) {
        for (int d = 0; d < dimensions; d++) {
            inputs[row * (dimensions + 1) + d] = (float) point[d];
        }
        inputs[row * (dimensions + 1) + dimensions] = (float) StrictMath.log(deviation);
    }

    /** The scores of points with noise of a deviation. */
    public double[][] scores(double[][] points, double deviation) {
        try (Step step = scoring(points.length)) {
            return scores(step, points, deviation);
        }
    }

    private Step scoring(int rows) {
        return Step.of(graph, parameters, backend).rows(rows).want(prediction).compile();
    }

    private double[][] scores(Step step, double[][] points, double deviation) {
        float[] inputs = new float[points.length * (dimensions + 1)];
        for (int r = 0; r < points.length; r++) {
            input(points[r], deviation, inputs, r);
        }
        step.value(x).set(inputs);
        step.run(0);
        float[] eps = step.value(prediction).toArray();
        double[][] scores = new double[points.length][dimensions];
        for (int i = 0; i < eps.length; i++) {
            scores[i / dimensions][i % dimensions] = -eps[i] / deviation;
        }
        return scores;
    }

    /** So many draws, independent of each other. */
    public double[][] draw(int count) {
        require(count >= 1, "count", "at least 1", count);
        double[][] points = new double[count][dimensions];
        ChainNoise start = new ChainNoise(settings.seed(), START);
        ChainNoise noises = new ChainNoise(settings.seed(), STEPS);
        double[] eps = new double[dimensions];
        for (int r = 0; r < count; r++) {
            start.normals(r, 0, points[r]);
            for (int d = 0; d < dimensions; d++) {
                points[r][d] *= settings.largest();
            }
        }
        try (Step step = scoring(count)) {
            for (int t = 0; t < settings.levels() * settings.steps(); t++) {
                double deviation = settings.deviation(t / settings.steps());
                double size = settings.stepSize() * deviation * deviation;
                double[][] scores = scores(step, points, deviation);
                for (int r = 0; r < count; r++) {
                    noises.normals(r, t, eps);
                    for (int d = 0; d < dimensions; d++) {
                        points[r][d] += size / 2 * scores[r][d] + StrictMath.sqrt(size) * eps[d];
                    }
                }
            }
        }
        return points;
    }

    @Override
    public void close() {
        parameters.close();
    }
}
