package io.elbo4j.train.graph;

import static io.elbo4j.train.graph.Reference.beside;
import static io.elbo4j.train.graph.Reference.columns;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.ImportanceWeighted;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * log (1/K) sum p(x, z1, z2) / q(z1, z2 | x) of two levels (Burda et al. 2016, section 4), with observations of all
 * rows there are: per sample, per row of the batch, and one that all share.
 */
class ImportanceTest {
    private static final long SEED = 5;
    private static final int X = 4;

    /** log N(x | mean, exp(logVariance)) of a row. */
    private static double normal(double[] mean, double[] logVariance, double[] x) {
        return Reference.gaussian(new double[][] {mean}, new double[][] {logVariance}, new double[][] {x});
    }

    private static double bernoulli(double[] logits, double[] x) {
        return Reference.bernoulli(new double[][] {logits}, new double[][] {x});
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1, 7", "5, 1", "5, 7"})
    void weightsOfTwoLevels(int rows, int samples) {
        Graph g = new Graph();
        Value x = g.input("x", X);
        Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, 2));
        Value row = LearnedRow.of(g, "row", 3, 0.3f);
        g.observe("per row", new Bernoulli(Dense.of("of x", x, X, Activation.IDENTITY)), x);
        g.observe("shared", new DiagonalGaussian(row, ConstantRow.of(g, "lv", 3, 0.5f)), ConstantRow.of(g, "one", 3,
                1));
        Value z1 = g.latent("z1", DiagonalGaussian.of("q1", Concatenate.of("x, z2", x, z2), 3), DiagonalGaussian.of(
                "p1", z2, 3));
        g.observe("per sample", new Bernoulli(Dense.of("logits", z1, X, Activation.IDENTITY)), x);
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                Step step = Step.of(g, parameters, backend).rows(rows).samples(samples).seed(SEED).sameData().evaluate(
                        new ImportanceWeighted()).compile()) {
            SplittableRandom random = new SplittableRandom(SEED);
            float[] values = new float[rows * X];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) random.nextDouble();
            }
            double[][] in = Reference.each(Doubles.of(step.value(x).set(values)), samples);
            step.run(2);

            double[][] q2 = linear(parameters, "q2", in);
            double[][] drawn2 = draw(backend, q2, "z2");
            double[][] q1 = linear(parameters, "q1", beside(in, drawn2));
            double[][] p1 = linear(parameters, "p1", drawn2);
            double[][] drawn1 = draw(backend, q1, "z1");
            double[][] logits = linear(parameters, "logits", drawn1);
            double[][] ofX = linear(parameters, "of x", in);
            float[] found = step.bound().toArray();
            assertEquals(rows, found.length);
            for (int r = 0; r < rows; r++) {
                double sum = 0;
                for (int i = r * samples; i < (r + 1) * samples; i++) {
                    sum += Math.exp(bernoulli(logits[i], in[i]) + bernoulli(ofX[i], in[i])
                            + normal(filled(3, 0.3f), filled(3, 0.5f), filled(3, 1))
                            + normal(filled(2, 0), filled(2, 0), drawn2[i]) - of(q2[i], drawn2[i])
                            + of(p1[i], drawn1[i]) - of(q1[i], drawn1[i]));
                }
                assertEquals(Math.log(sum / samples), found[r], 1e-5 * Math.abs(Math.log(sum / samples)));
            }
        }
    }

    private static double[][] linear(Parameters parameters, String name, double[][] in) {
        return Doubles.dense(parameters, name, in, Activation.IDENTITY);
    }

    private static double[] filled(int columns, float value) {
        double[] row = new double[columns];
        Arrays.fill(row, value);
        return row;
    }

    /** The log-density under a layer's halves. */
    private static double of(double[] both, double[] z) {
        return normal(Arrays.copyOf(both, z.length), Arrays.copyOfRange(both, z.length, both.length), z);
    }

    /** A sample of a latent variable, whose mean and log-variance are a layer's halves. */
    private static double[][] draw(Backend backend, double[][] both, String name) {
        int n = both[0].length / 2;
        try (Matrix eps = backend.matrix(both.length, n)) {
            RandomFill.normal(Streams.named(SEED, name, Streams.EVALUATION).step(2), eps).run();
            return Reference.sample(columns(both, 0, n), columns(both, n, 2 * n), Doubles.of(eps));
        }
    }
}
