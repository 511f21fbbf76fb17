package io.elbo4j.purejava;

import static io.elbo4j.purejava.Guarded.assertBits;
import static io.elbo4j.purejava.References.SIZES;
import static io.elbo4j.purejava.References.assertNear;
import static io.elbo4j.purejava.References.derivative;
import static io.elbo4j.purejava.References.gaussian;

import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.operation.GaussianLogRatio.Backward;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaussianLogRatioTest {
    private static final long SEED = 20_250_412;
    private static final int ROWS = 4;
    private static final Noise NOISE = new Noise(78, 3).step(12);

    /** One random problem: inputs, outputs, and what of the loss depends on an element, in double precision. */
    private static final class Problem {
        final int d;
        final int samples;
        final boolean stopped;
        final float[] m;
        final float[] lv;
        final float[] pm;
        final float[] plv;
        final float[] dz;
        final float[] w;
        final float[] path;
        final Matrix prior;
        final Matrix priorLogVariance;
        final double[] eps;
        final Guarded[] gradients;

        Problem(int d, int samples, boolean withPrior, boolean stopped, boolean weighted) {
            this.d = d;
            this.samples = samples;
            this.stopped = stopped;
            int n = ROWS * d;
            m = gaussian(SEED, n, 1.5);
            lv = gaussian(SEED + 1, n, 1.5);
            pm = withPrior ? gaussian(SEED + 2, n, 1) : new float[n];
            plv = withPrior ? gaussian(SEED + 3, n, 1) : new float[n];
            dz = gaussian(SEED + 4, n * samples, 1);
            w = gaussian(SEED + 5, ROWS * samples, 1);
            path = weighted ? gaussian(SEED + 6, ROWS * samples, 1) : null;
            prior = withPrior ? Guarded.matrix(ROWS, d, pm) : null;
            priorLogVariance = withPrior ? Guarded.matrix(ROWS, d, plv) : null;
            eps = new double[n * samples];
            for (int i = 0; i < eps.length; i++) {
                eps[i] = References.normal(NOISE.seed(), NOISE.draw(), i / d, i % d);
            }
            gradients = new Guarded[withPrior ? 4 : 2];
            for (int i = 0; i < gradients.length; i++) {
                gradients[i] = new Guarded(ROWS, d);
            }
        }

        Backward kernel() {
            Matrix dPrior = prior == null ? null : gradients[2].matrix;
            Matrix dPriorLogVariance = prior == null ? null : gradients[3].matrix;
            return new Backward(Guarded.matrix(ROWS, d, m), Guarded.matrix(ROWS, d, lv), prior, priorLogVariance, NOISE,
                    Guarded.matrix(ROWS * samples, d, dz), Guarded.matrix(ROWS * samples, 1, w), path == null ? null
                            : Guarded.matrix(ROWS * samples, 1, path), stopped, gradients[0].matrix,
                    gradients[1].matrix, dPrior, dPriorLogVariance);
        }

        /** log N(z | mean, exp(logVariance)) without its constant. */
        static double density(double z, double mean, double logVariance) {
            return -0.5 * (logVariance + (z - mean) * (z - mean) / Math.exp(logVariance));
        }

        /**
         * What of the loss depends on element i; for q's parameters each sample's has the weight of its path, for the
         * prior's it has none.
         */
        double loss(int i, double mean, double logVariance, double priorMean, double priorLog, boolean ofPrior) {
            double loss = 0;
            for (int k = 0; k < samples; k++) {
                int row = i / d * samples + k;
                int j = row * d + i % d;
                double z = mean + Math.exp(0.5 * logVariance) * eps[j];
                double q = stopped ? density(z, m[i], lv[i]) : density(z, mean, logVariance);
                double of = dz[j] * z + w[row] * (density(z, priorMean, priorLog) - q);
                loss += (ofPrior || path == null ? 1.0 : path[row]) * of;
            }
            return loss;
        }
    }

    @ParameterizedTest
    @CsvSource({"1,false,false,false", "3,false,true,false", "1,true,true,false", "3,true,false,false",
            "3,true,true,true", "5,false,true,true", "1,true,false,false"})
    void agreesWithFiniteDifferences(int samples, boolean prior, boolean stopped, boolean weighted) {
        for (int d : SIZES) {
            Problem p = new Problem(d, samples, prior, stopped, weighted);
            Backward kernel = p.kernel();
            Guarded.assertSplits(ROWS, false, kernel::run, p.gradients);
            for (int i = 0; i < ROWS * d; i++) {
                int e = i;
                double s = Math.exp(0.5 * p.lv[i]);
                double inverse = Math.exp(-p.plv[i]);
                double distance = Math.abs(p.m[i] - p.pm[i]) + 6 * s;
                double size = samples * (1 + s) * (4 + distance * inverse + (p.stopped ? 6 / s : 0)) + samples
                        * distance
                        * distance * inverse;
                String at = " of element " + i + " of " + d;
                assertNear(derivative(x -> p.loss(e, x, p.lv[e], p.pm[e], p.plv[e], false), p.m[i]),
                        p.gradients[0].values()[i], 4e-6 * size, "dMean" + at);
                assertNear(derivative(x -> p.loss(e, p.m[e], x, p.pm[e], p.plv[e], false), p.lv[i]),
                        p.gradients[1].values()[i], 4e-6 * size, "dLogVariance" + at);
                if (prior) {
                    assertNear(derivative(x -> p.loss(e, p.m[e], p.lv[e], x, p.plv[e], true), p.pm[i]),
                            p.gradients[2].values()[i], 4e-6 * size, "dPriorMean" + at);
                    assertNear(derivative(x -> p.loss(e, p.m[e], p.lv[e], p.pm[e], x, true), p.plv[i]),
                            p.gradients[3].values()[i], 4e-6 * size, "dPriorLogVariance" + at);
                }
            }
        }
    }

    /** A prior that does not learn, zeros as a repeated prior, and path weights of 1 change no bit of the rest. */
    @Test
    void optionsChangeNothingElse() {
        Problem p = new Problem(129, 3, true, true, false);
        p.kernel().run(0, ROWS);
        Backward k = p.kernel();
        Matrix ones = Guarded.matrix(ROWS * 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
        Guarded[] without = {new Guarded(ROWS, 129), new Guarded(ROWS, 129)};
        new Backward(k.mean(), k.logVariance(), p.prior, p.priorLogVariance, NOISE, k.dz(), k.dLogRatio(), ones, true,
                without[0].matrix, without[1].matrix, null, null).run(0, ROWS);
        assertBits(p.gradients[0].values(), without[0].values(), "dMean");
        assertBits(p.gradients[1].values(), without[1].values(), "dLogVariance");

        Problem standard = new Problem(129, 3, false, false, false);
        standard.kernel().run(0, ROWS);
        Matrix zeros = Guarded.matrix(1, 129, new float[129]).repeatRow(ROWS);
        Backward s = standard.kernel();
        new Backward(s.mean(), s.logVariance(), zeros, zeros, NOISE, s.dz(), s.dLogRatio(), null, false,
                without[0].matrix, without[1].matrix, null, null).run(0, ROWS);
        assertBits(standard.gradients[0].values(), without[0].values(), "dMean under zeros");
        assertBits(standard.gradients[1].values(), without[1].values(), "dLogVariance under zeros");
    }
}
