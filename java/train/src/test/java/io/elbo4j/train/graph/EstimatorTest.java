package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.objective.DoublyReparameterised;
import io.elbo4j.train.objective.ImportanceWeighted;
import io.elbo4j.train.objective.SampledElbo;
import io.elbo4j.train.objective.StickingTheLanding;
import io.elbo4j.train.optimiser.Adam;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Gradient estimators on linear-Gaussian models of one dimension: the mean over many draws of the noise agrees with the
 * exact gradient, that of the expected loss integrated over the noise.
 */
class EstimatorTest {
    private static final long SEED = 20_251_128;
    private static final int RUNS = 20_000;
    /** Standard errors of the mean. */
    private static final double MOST = 5;
    private static final float[] X = {-0.8f, 1.3f};
    private static final double LOG_VARIANCE = -0.5;

    /** The log-likelihood and the log ratio of a sample, from one number of noise for each latent variable. */
    private record Logs(double likelihood, double ratio) {}

    private interface Sample {
        Logs of(Map<String, double[][]> parameters, double x, double[] eps);
    }

    private static double density(double x, double mean, double logVariance) {
        return -0.5 * (Math.log(2 * Math.PI) + logVariance + (x - mean) * (x - mean) / Math.exp(logVariance));
    }

    /** Column j of a layer of these inputs. */
    private static double layer(Map<String, double[][]> parameters, String name, int j, double... x) {
        double sum = parameters.get(name + ".bias")[0][j];
        for (int i = 0; i < x.length; i++) {
            sum += x[i] * parameters.get(name + ".weight")[i][j];
        }
        return sum;
    }

    private static double draw(double mean, double logVariance, double eps) {
        return mean + Math.exp(logVariance / 2) * eps;
    }

    enum Model {
        LEARNED_PRIOR(1) {
            @Override
            Sample build(Graph g, Value x) {
                Value z = g.latent("z", DiagonalGaussian.of("q", x, 1), new DiagonalGaussian(LearnedRow.of(g, "m", 1,
                        0.4f), LearnedRow.of(g, "lv", 1, 0.3f)));
                observe(g, z, x);
                return (w, at, eps) -> {
                    double m = layer(w, "q", 0, at);
                    double lv = layer(w, "q", 1, at);
                    double drawn = draw(m, lv, eps[0]);
                    return new Logs(density(at, layer(w, "o", 0, drawn), LOG_VARIANCE), density(drawn,
                            w.get("m")[0][0], w.get("lv")[0][0]) - density(drawn, m, lv));
                };
            }
        },
        CONDITIONAL_PRIOR(2) {
            @Override
            Sample build(Graph g, Value x) {
                return twoLevels(g, x, false);
            }
        },
        CHAIN(2) {
            @Override
            Sample build(Graph g, Value x) {
                return twoLevels(g, x, true);
            }
        };

        private final int latents;

        Model(int latents) {
            this.latents = latents;
        }

        abstract Sample build(Graph g, Value x);

        private static void observe(Graph g, Value z, Value x) {
            g.observe("o'", new DiagonalGaussian(Dense.of("o", z, 1, Activation.IDENTITY), ConstantRow.of(g, "variance",
                    1, (float) LOG_VARIANCE)), x);
        }

        private static Sample twoLevels(Graph g, Value x, boolean chain) {
            Value z2 = g.latent("z2", DiagonalGaussian.of("q2", x, 1));
            Value z1 = g.latent("z1", DiagonalGaussian.of("q1", chain ? Concatenate.of("x, z2", x, z2) : x, 1),
                    DiagonalGaussian.of("p1", z2, 1));
            observe(g, z1, x);
            return (w, at, eps) -> {
                double m2 = layer(w, "q2", 0, at);
                double lv2 = layer(w, "q2", 1, at);
                double drawn2 = draw(m2, lv2, eps[0]);
                double[] in = chain ? new double[] {at, drawn2} : new double[] {at};
                double m1 = layer(w, "q1", 0, in);
                double lv1 = layer(w, "q1", 1, in);
                double drawn1 = draw(m1, lv1, eps[1]);
                return new Logs(density(at, layer(w, "o", 0, drawn1), LOG_VARIANCE), density(drawn2, 0, 0)
                        - density(drawn2, m2, lv2)
                        + density(drawn1, layer(w, "p1", 0, drawn2), layer(w, "p1", 1, drawn2))
                        - density(drawn1, m1, lv1));
            };
        }
    }

    /**
     * -E log (1/K) sum exp(likelihood + beta ratio), a mean over the rows, by the trapezoidal rule, whose error for
     * such integrands is exp(-(2 pi / h)^2 / 2).
     *
     * @param samples K, 1 or 2
     */
    private static double loss(Model model, Sample sample, Map<String, double[][]> parameters, int samples,
            double beta) {
        int points = 21;
        double h = 0.6;
        double total = 0;
        for (double x : X) {
            int combinations = (int) Math.pow(points, model.latents);
            double[] logs = new double[combinations];
            double[] mass = new double[combinations];
            double[] eps = new double[model.latents];
            for (int i = 0; i < combinations; i++) {
                mass[i] = 1;
                for (int d = 0, rest = i; d < model.latents; d++, rest /= points) {
                    eps[d] = (rest % points - points / 2) * h;
                    mass[i] *= h * Math.exp(density(eps[d], 0, 0));
                }
                Logs of = sample.of(parameters, x, eps);
                logs[i] = of.likelihood + beta * of.ratio;
            }
            for (int i = 0; i < combinations; i++) {
                if (samples == 1) {
                    total -= mass[i] * logs[i];
                }
                for (int j = 0; samples == 2 && j < combinations; j++) {
                    double most = Math.max(logs[i], logs[j]);
                    total -= mass[i] * mass[j] * (most + Math.log((Math.exp(logs[i] - most) + Math.exp(logs[j] - most))
                            / 2));
                }
            }
        }
        return total / X.length;
    }

    /** The largest distance of a mean gradient from the exact one, in standard errors. */
    private static double distance(Model model, Objective objective, int samples, int integrated, double beta) {
        Graph g = new Graph();
        Value x = g.input("x", 1);
        Sample sample = model.build(g, x);
        double worst = 0;
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, g.parameters(), SEED);
                Step step = Step.of(g, parameters, backend).rows(X.length).samples(samples).seed(SEED).minimise(
                        objective, new Adam(0)).compile()) {
            step.value(x).set(X);
            Map<String, double[][]> values = new LinkedHashMap<>();
            Map<String, double[]> sums = new LinkedHashMap<>();
            Map<String, double[]> squares = new LinkedHashMap<>();
            for (Parameters.State s : parameters.all()) {
                int n = (int) (s.value().rows() * s.value().columns());
                values.put(s.parameter().name(), Doubles.of(s.value()));
                sums.put(s.parameter().name(), new double[n]);
                squares.put(s.parameter().name(), new double[n]);
            }
            for (int run = 0; run < RUNS; run++) {
                step.run(run);
                for (Parameters.State s : parameters.all()) {
                    float[] gradient = s.gradient().toArray();
                    for (int i = 0; i < gradient.length; i++) {
                        sums.get(s.parameter().name())[i] += gradient[i];
                        squares.get(s.parameter().name())[i] += (double) gradient[i] * gradient[i];
                    }
                }
            }
            for (String name : values.keySet()) {
                double[][] value = values.get(name);
                for (int i = 0; i < sums.get(name).length; i++) {
                    double[] row = value[i / value[0].length];
                    int j = i % value[0].length;
                    double at = row[j];
                    double h = 1e-4;
                    row[j] = at + h;
                    double above = loss(model, sample, values, integrated, beta);
                    row[j] = at - h;
                    double below = loss(model, sample, values, integrated, beta);
                    row[j] = at;
                    double mean = sums.get(name)[i] / RUNS;
                    double variance = Math.max(0, squares.get(name)[i] / RUNS - mean * mean);
                    // finite differences and float32 are right to 1e-6
                    double error = Math.sqrt(variance / RUNS) + 1e-6;
                    worst = Math.max(worst, Math.abs(mean - (above - below) / (2 * h)) / error);
                }
            }
        }
        System.out.printf("estimator: %s of %s, K = %d, seed %d, %d runs: worst mean gradient is %.1f standard errors"
                + " from the exact one%n", objective, model, samples, SEED, RUNS, worst);
        return worst;
    }

    private static void unbiased(Model model, Objective objective, int samples, int integrated, double beta) {
        double found = distance(model, objective, samples, integrated, beta);
        assertTrue(found <= MOST, objective + " of " + model + ", K = " + samples + ", seed " + SEED + ": " + found
                + " standard errors");
    }

    @Test
    void sampledElbo() {
        for (Model model : Model.values()) {
            unbiased(model, new SampledElbo(0.7), 3, 1, 0.7);
        }
    }

    /** Also where a posterior depends on another latent variable, which log q is stopped for too. */
    @Test
    void stickingTheLanding() {
        for (Model model : Model.values()) {
            unbiased(model, new StickingTheLanding(new SampledElbo(0.7)), 3, 1, 0.7);
        }
        unbiased(Model.LEARNED_PRIOR, new StickingTheLanding(new ImportanceWeighted()), 1, 1, 1);
    }

    @Test
    void importanceWeighted() {
        for (Model model : Model.values()) {
            unbiased(model, new ImportanceWeighted(), 2, 2, 1);
        }
    }

    @Test
    void doublyReparameterised() {
        unbiased(Model.LEARNED_PRIOR, new DoublyReparameterised(), 2, 2, 1);
        unbiased(Model.CONDITIONAL_PRIOR, new DoublyReparameterised(), 2, 2, 1);
    }

    /** As its documentation says; that it is seen here shows that this test would see a bias. */
    @Test
    void stickingTheLandingOfWeightedSamplesIsBiased() {
        double found = distance(Model.LEARNED_PRIOR, new StickingTheLanding(new ImportanceWeighted()), 2, 2, 1);
        assertTrue(found > 2 * MOST, found + " standard errors");
    }
}
