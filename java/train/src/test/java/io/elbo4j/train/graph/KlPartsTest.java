package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.FullGaussian;
import io.elbo4j.train.distribution.KlParts;
import io.elbo4j.train.distribution.TotalCorrelation;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.Elbo;
import io.elbo4j.train.objective.Penalised;
import io.elbo4j.train.objective.Regression;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.optimiser.Adam;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parts of the KL against plain loops in double precision, and their gradients by {@link FiniteDifferences}. */
class KlPartsTest {
    private static final int X = 5;
    private static final int Z = 3;
    private static final double LOG_2_PI = Math.log(2 * Math.PI);

    private final Graph g = new Graph();
    private final Value x = g.input("x", X);
    private final DiagonalGaussian q = DiagonalGaussian.of("q", Dense.of("encoder", x, 4, Activation.TANH), Z);
    private final Latent z = (Latent) g.latent("z", q);

    KlPartsTest() {
        g.observe("o", new Bernoulli(Dense.of("logits", z, X, Activation.IDENTITY)), x);
    }

    private static double logNormal(double x, double mean, double logVariance) {
        return -0.5 * (LOG_2_PI + logVariance + (x - mean) * (x - mean) / Math.exp(logVariance));
    }

    /** log 1/(N B) sum exp. */
    private static double mixture(double[] logs, long dataRows) {
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log);
        }
        return Math.log(sum / (dataRows * (double) logs.length));
    }

    /** Mutual information, total correlation, KL of the dimensions, log q(z | x) - log p(z). */
    private static double[] parts(double[] z, int row, double[][] mean, double[][] logVariance, long dataRows) {
        int batch = mean.length;
        double marginals = 0;
        double prior = 0;
        double[] joint = new double[batch];
        for (int d = 0; d < z.length; d++) {
            double[] each = new double[batch];
            for (int j = 0; j < batch; j++) {
                each[j] = logNormal(z[d], mean[j][d], logVariance[j][d]);
                joint[j] += each[j];
            }
            marginals += mixture(each, dataRows);
            prior += logNormal(z[d], 0, 0);
        }
        double all = mixture(joint, dataRows);
        return new double[] {joint[row] - all, all - marginals, marginals - prior, joint[row] - prior};
    }

    @ParameterizedTest
    @CsvSource({"7, 1, 1", "7, 3, 1", "64, 1, 18432", "5, 2, 60000", "1, 1, 1", "1, 4, 100"})
    void agreesWithPlainLoops(int rows, int samples, long dataRows) {
        KlParts parts = KlParts.of(z, dataRows);
        List<Value> values = List.of(parts.mutualInformation(), parts.totalCorrelation(), parts.ofDimensions());
        try (Backend backend = new JavaBackend(1); Parameters parameters = new Parameters(backend, g.parameters(), 5)) {
            StepBuilder builder = Step.of(g, parameters, backend).rows(rows).samples(samples).seed(8);
            List.of(q.mean(), q.logVariance(), z).forEach(builder::want);
            values.forEach(builder::want);
            try (Step step = builder.compile()) {
                SplittableRandom random = new SplittableRandom(3);
                float[] data = new float[rows * X];
                for (int i = 0; i < data.length; i++) {
                    data[i] = (float) (4 * random.nextDouble() - 2);
                }
                step.value(x).set(data);
                step.run(0);
                double[][] mean = Doubles.of(step.value(q.mean()));
                double[][] logVariance = Doubles.of(step.value(q.logVariance()));
                double[][] draws = Doubles.of(step.value(z));
                double worst = 0;
                for (int r = 0; r < rows * samples; r++) {
                    double[] expected = parts(draws[r], r / samples, mean, logVariance, dataRows);
                    double sum = 0;
                    for (int i = 0; i < 3; i++) {
                        double found = Doubles.of(step.value(values.get(i)))[r][0];
                        worst = Math.max(worst, Math.abs(found - expected[i]));
                        sum += found;
                    }
                    assertEquals(expected[3], sum, 2e-5, "the parts add up, sample " + r);
                }
                System.out.printf("parts of the KL, %d rows, K = %d, N = %d: worst error %.1e nats%n", rows, samples,
                        dataRows, worst);
                // sums of logarithms of up to 60 nats: a part's error is some units of their last places
                assertTrue(worst < 2e-5, "an error of " + worst);
            }
        }
    }

    /** loss = -log p(x | z) + KL + weight part, means over all rows. */
    private static double loss(Interpreter in, Step step, double weight) {
        double loss = 0;
        for (Term term : step.plan().terms().keySet()) {
            io.elbo4j.Matrix value = step.plan().terms().get(term);
            double sum = 0;
            for (long r = 0; r < value.rows(); r++) {
                sum += in.get(value, r, 0) / value.rows();
            }
            loss += sum * switch (term.role()) {
                case LOG_LIKELIHOOD, LOG_RATIO -> -1;
                case KL -> 1;
                default -> weight;
            };
        }
        return loss;
    }

    private void differences(String name, Value part, double weight) {
        Term penalty = ValueTerm.of(name, Term.Role.LOSS, part).term();
        for (Objective of : List.of(new Elbo(), new SampledElbo())) {
            for (int samples : new int[] {1, 7}) {
                FiniteDifferences.check(name + ", K = " + samples + ", " + of, g, s -> s.rows(7).samples(samples)
                        .minimise(new Penalised(of, penalty, weight), new Adam(0)), (in, step) -> loss(in, step,
                                weight));
            }
        }
    }

    @Test
    void theGradientOfTheMutualInformation() {
        differences("mutual information", KlParts.of(z, 1000).mutualInformation(), 0.7);
    }

    @ParameterizedTest
    @ValueSource(doubles = {5, -1})
    void theGradientOfTheTotalCorrelation(double weight) {
        differences("total correlation", KlParts.of(z, 1000).totalCorrelation(), weight);
    }

    @Test
    void theGradientOfTheKlOfTheDimensions() {
        differences("KL of the dimensions", KlParts.of(z, 1000).ofDimensions(), 0.7);
    }

    /** Its gradient is that of N = 1000, as the loss without the constant. */
    @Test
    void theTermIsALossOfThePenalisedObjectiveAlone() {
        TotalCorrelation term = TotalCorrelation.of(z);
        assertEquals(z, term.latent());
        Penalised objective = new Penalised(new Elbo(), term.term(), 5);
        assertTrue(objective.takes(term.term()) && !new Elbo().takes(term.term()));
        FiniteDifferences.check("the term", g, s -> s.rows(7).minimise(objective, new Adam(0)), (in, step) -> loss(in,
                step, 5));
        assertEquals("a penalty must be a loss that the objective does not take by itself, not the KL of 'z'",
                assertThrows(IllegalArgumentException.class, () -> new Penalised(new Elbo(), z.kl(), 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Penalised(new Regression(), term.term(), 1));
    }

    /** One log-variance for all rows, which the graph repeats without a copy. */
    @Test
    void aVarianceThatAllRowsShare() {
        Latent shared = (Latent) g.latent("shared", new DiagonalGaussian(Dense.of("mean", x, 2, Activation.IDENTITY),
                LearnedRow.of(g, "logVariance", 2, -0.5f)));
        differences("a shared variance", KlParts.of(shared).totalCorrelation(), 2);
    }

    @Test
    void otherPosteriorsAreRefused() {
        Latent full = (Latent) g.latent("full", new FullGaussian(Dense.of("m", x, 2, Activation.TANH),
                Dense.of("d", x, 2, Activation.TANH), Dense.of("l", x, 1, Activation.TANH)));
        assertEquals("the aggregated posterior of 'full' needs a DiagonalGaussian with a mean and a log-variance for"
                + " each row of BATCH, not a FullGaussian with rows of BATCH", assertThrows(
                        IllegalArgumentException.class, () -> KlParts.of(full)).getMessage());
        Latent inner = (Latent) g.latent("inner", DiagonalGaussian.of("r", z, 2));
        assertThrows(IllegalArgumentException.class, () -> KlParts.of(inner));
        assertEquals("dataRows must be at least 1, not 0", assertThrows(IllegalArgumentException.class, () -> KlParts
                .of(z, 0)).getMessage());
    }
}
