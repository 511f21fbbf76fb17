package io.elbo4j.train.quantity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.exact.Gaussian;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Formulas of KL(q || p) against Simpson's rule on densities that are written here, to 2e-11. */
class ClosedDivergencesTest {
    private static final long SEED = 5;
    private static final double TOLERANCE = 2e-11;
    private static final Quantities BY = new Quantities(2, SEED);

    /** A law, its log-density by another formula, where that has a kink, and where it ends. */
    private record Case(Law law, DoubleUnaryOperator log, double centre, boolean bounded) {}

    private static Case gaussian(double m, double logVariance) {
        double v = Math.exp(logVariance);
        return new Case(Laws.gaussian(new double[] {m}, new double[] {logVariance}), x -> -0.5 * Math.log(2 * Math.PI
                * v) - (x - m) * (x - m) / (2 * v), m, false);
    }

    private static Case laplace(double m, double logScale) {
        double b = Math.exp(logScale);
        return new Case(Laws.laplace(new double[] {m}, new double[] {logScale}), x -> -Math.log(2 * b) - Math.abs(x - m)
                / b, m, false);
    }

    private static Case studentT(double m, double logScale, double v, double peak) {
        double s = Math.exp(logScale);
        return new Case(Laws.studentT(new double[] {m}, new double[] {logScale}, v), x -> Math.log(peak / s) - (v + 1)
                / 2 * Math.log(1 + (x - m) / s * (x - m) / s / v), m, false);
    }

    private static Case logistic(double logit, double temperature) {
        return new Case(Laws.relaxedBernoulli(new double[] {logit}, temperature), x -> {
            double e = Math.exp(-Math.abs(temperature * x - logit));
            return Math.log(temperature) + Math.log(e) - 2 * Math.log(1 + e);
        }, logit / temperature, false);
    }

    private static Case continuousBernoulli(double logit) {
        double constant = logit == 0 ? 0 : Math.log(logit / Math.expm1(logit));
        return new Case(Laws.continuousBernoulli(logit), x -> constant + x * logit, 0.5, true);
    }

    /** Simpson's rule in t, x = centre + sinh(t), from kink to kink. */
    private static double integral(DoubleUnaryOperator f, double centre, double... kinks) {
        double[] ends = Arrays.stream(kinks).map(x -> x - centre).map(x -> Math.log(Math.abs(x) + Math.sqrt(x * x + 1))
                * Math.signum(x)).sorted().toArray();
        double sum = 0;
        int steps = 60_000;
        for (int e = 0; e + 1 < ends.length; e++) {
            double h = (ends[e + 1] - ends[e]) / steps;
            for (int i = 0; i <= steps; i++) {
                double t = ends[e] + h * i;
                sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * h / 3 * f.applyAsDouble(centre + Math.sinh(t))
                        * Math
                                .cosh(t);
            }
        }
        return sum;
    }

    private static void check(Case q, Case p) {
        double first = q.bounded ? 0 : -1e22;
        double last = q.bounded ? 1 : 1e22;
        double expected = integral(x -> {
            double log = q.log.applyAsDouble(x);
            return log < -700 ? 0 : Math.exp(log) * (log - p.log.applyAsDouble(x));
        }, q.centre, first, Math.min(last, Math.max(first, q.centre)), Math.min(last, Math.max(first, p.centre)), last);
        Quantity found = BY.kl(q.law, p.law);
        System.out.printf("KL(%s || %s): %.12f by quadrature, off by %.1e%n", q.law, p.law, expected, found.value()
                - expected);
        assertTrue(found.isClosed(), q.law + " || " + p.law);
        assertEquals(expected, found.value(), TOLERANCE * Math.max(1, expected), q.law + " || " + p.law);
    }

    @Test
    void everyFormulaIsTheIntegral() {
        System.out.println("parameters of seed " + SEED);
        SplittableRandom random = new SplittableRandom(SEED);
        // densities of t at 0: of v = 3 and 4 by hand
        double three = 2 / (Math.PI * Math.sqrt(3));
        for (int i = 0; i < 6; i++) {
            double[] r = random.doubles(8, -1.5, 1.5).toArray();
            Case[] reals = {gaussian(r[0], r[1]), laplace(r[2], r[3]), studentT(r[4], r[5], 4, 0.375), studentT(r[5],
                    r[4], 3, three), logistic(r[6], Math.exp(r[7])), continuousBernoulli(4 * r[0])};
            for (Case q : reals) {
                check(q, gaussian(r[3], r[2]));
                check(q, laplace(r[1], r[0]));
            }
            check(logistic(r[0], 0.7), logistic(3 * r[1], 0.7));
        }
        check(gaussian(0, 0), laplace(0, 0.4));
        check(gaussian(40, -1), laplace(0, 0));
        check(logistic(0.3, 2), logistic(0.3 + 0.0999, 2));
        check(logistic(0.3, 2), logistic(0.3 + 0.1001, 2));
    }

    /** Series meet formulas, kinks lie inside, at the ends and outside. */
    @Test
    void continuousBernoullisOfAnyLogitHaveMoments() {
        for (double logit : new double[] {0, 1e-7, -9.99e-4, 1.001e-3, 0.1999, -0.2001, 3, -40, 300}) {
            check(continuousBernoulli(logit), gaussian(0.2, -3));
            check(continuousBernoulli(logit), continuousBernoulli(0.5));
            for (double kink : new double[] {-0.7, 0, 0.01, 0.6, 1, 1.3}) {
                check(continuousBernoulli(logit), laplace(kink, -1));
            }
        }
    }

    /** The integral over angles, x = tan(t), has no tails: under q of median 0 and scale 1 t is uniform. */
    @Test
    void cauchysAreClosedToEachOther() {
        Law standard = Laws.studentT(new double[1], new double[1], 1);
        for (double[] p : new double[][] {{0.4, 1.3}, {-2, 0.5}, {0, 1.001}}) {
            int steps = 4000;
            double expected = 0;
            for (int i = 0; i < steps; i++) {
                double t = Math.PI * ((i + 0.5) / steps - 0.5);
                double apart = Math.sin(t) - p[0] * Math.cos(t);
                expected += Math.log((p[1] * p[1] * Math.cos(t) * Math.cos(t) + apart * apart) / p[1]) / steps;
            }
            Quantity found = BY.kl(standard, Laws.studentT(new double[] {p[0]}, new double[] {Math.log(p[1])}, 1));
            assertTrue(found.isClosed());
            assertEquals(expected, found.value(), TOLERANCE, p[0] + ", " + p[1]);
        }
    }

    @Test
    void aTailThatIsTooHeavyForALaplaceIsInfinite() {
        Law laplace = Laws.laplace(new double[1], new double[1]);
        Law t = Laws.studentT(new double[1], new double[1], 1.5);
        assertTrue(Double.isFinite(BY.kl(t, laplace).value()));
        assertEquals(Double.POSITIVE_INFINITY, BY.kl(t, Laws.standardNormal(1)).value());
        Law heavier = Laws.studentT(new double[1], new double[1], 0.9);
        assertEquals(Double.POSITIVE_INFINITY, BY.kl(heavier, laplace).value());
    }

    /** What a full Gaussian is to independent Laplaces: its margins' KL, and what they share. */
    @Test
    void aFullGaussianIsClosedToLaplaces() {
        Gaussian q = new Gaussian(new double[] {0.4, -1}, new double[][] {{1.5, 0.6}, {0.6, 0.9}});
        Law p = Laws.laplace(new double[] {0.1, 0.3}, new double[] {0.2, -0.5});
        double shared = -0.5 * Math.log(1 - 0.6 * 0.6 / (1.5 * 0.9));
        double margins = 0;
        for (int i = 0; i < 2; i++) {
            margins += BY.kl(Laws.gaussian(new double[] {q.mean()[i]}, new double[] {Math.log(q.covariance()[i][i])}), p
                    .factors().get(i)).value();
        }
        Quantity found = BY.kl(Laws.gaussian(q), p);
        assertTrue(found.isClosed());
        assertEquals(margins + shared, found.value(), 1e-12);
        assertEquals(List.of(false, true), List.of(BY.kl(Laws.gaussian(q), Laws.mixture(new double[1], List.of(p)))
                .isClosed(), found.isClosed()));
    }
}
