package io.elbo4j.train.quantity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.train.exact.FactorAnalysis;
import io.elbo4j.train.exact.Gaussian;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Against quadrature, sums of other formulas, and what is known. */
class QuantitiesTest {
    private static final long SEED = 11;
    private static final Quantities BY_DRAWS = new Quantities(40_000, SEED);

    /** x = sinh(t) reaches far tails: Simpson's rule in t, in pieces between the kinks of densities. */
    private static double integral(DoubleUnaryOperator f) {
        double[] ends = {-60, asinh(-0.5), 0, asinh(1), 60};
        double sum = 0;
        int steps = 40_000;
        for (int e = 0; e + 1 < ends.length; e++) {
            double h = (ends[e + 1] - ends[e]) / steps;
            for (int i = 0; i <= steps; i++) {
                double t = ends[e] + h * i;
                sum += (i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2) * h / 3 * f.applyAsDouble(Math.sinh(t)) * Math
                        .cosh(t);
            }
        }
        return sum;
    }

    private static double asinh(double x) {
        return Math.log(x + Math.sqrt(x * x + 1));
    }

    private static double kl(Law q, Law p) {
        return integral(x -> {
            double log = q.logDensity(new double[] {x});
            return log < -700 ? 0 : Math.exp(log) * (log - p.logDensity(new double[] {x}));
        });
    }

    private static Map<String, Law> ofRealNumbers() {
        Map<String, Law> laws = new LinkedHashMap<>();
        laws.put("Gaussian", Laws.gaussian(new double[] {0.3}, new double[] {0.4}));
        laws.put("another Gaussian", Laws.gaussian(new double[] {-0.2}, new double[] {-0.6}));
        laws.put("Laplace", Laws.laplace(new double[] {-0.5}, new double[] {0.2}));
        laws.put("another Laplace", Laws.laplace(new double[] {1}, new double[] {-0.3}));
        laws.put("Student's t", Laws.studentT(new double[] {0}, new double[] {-0.1}, 5));
        laws.put("another t", Laws.studentT(new double[] {1}, new double[] {0.4}, 7.5));
        laws.put("relaxed Bernoulli", Laws.relaxedBernoulli(new double[] {0.8}, 0.7));
        laws.put("mixture", Laws.mixture(new double[] {0.5, -0.5}, List.of(Laws.gaussian(new double[] {1},
                new double[] {
                        0}), Laws.laplace(new double[] {-0.5}, new double[] {0}))));
        return laws;
    }

    private static void agrees(String what, double expected, Quantity found) {
        System.out.printf("%s, seed %d: %.6f by quadrature or a sum, %s%s%n", what, SEED, expected, found, found
                .isClosed() ? "" : String.format(", off by %.2f of it", (found.value() - expected) / found
                        .standardError()));
        assertEquals(expected, found.value(), found.isClosed() ? 1e-8 * Math.max(1, Math.abs(expected)) : 4.5 * found
                .standardError(), what);
    }

    @Test
    void everyPairOfDistributionsOfRealNumbersIsTheIntegral() {
        Map<String, Law> laws = ofRealNumbers();
        int closed = 0;
        for (Map.Entry<String, Law> q : laws.entrySet()) {
            assertEquals(1, integral(x -> Math.exp(q.getValue().logDensity(new double[] {x}))), 1e-9, q.getKey());
            agrees("entropy of a " + q.getKey(), integral(x -> {
                double log = q.getValue().logDensity(new double[] {x});
                return log < -700 ? 0 : -Math.exp(log) * log;
            }), BY_DRAWS.entropy(q.getValue()));
            for (Map.Entry<String, Law> p : laws.entrySet()) {
                Quantity found = BY_DRAWS.kl(q.getValue(), p.getValue());
                agrees("KL(" + q.getKey() + " || " + p.getKey() + ")", kl(q.getValue(), p.getValue()), found);
                closed += found.isClosed() ? 1 : 0;
            }
        }
        // Gaussians, Laplaces, t and a relaxed Bernoulli to Gaussians and Laplaces, the last to itself
        assertEquals(2 * (4 + 4 + 4 + 2) + 1, closed);
        assertTrue(BY_DRAWS.entropy(laws.get("Student's t")).isClosed());
        assertFalse(BY_DRAWS.entropy(laws.get("mixture")).isClosed());
    }

    @Test
    void continuousBernoullisAreClosedNearZeroToo() {
        double[] logits = {0, 1e-6, 9.99e-4, 1.001e-3, -0.7, 4, -30};
        for (double a : logits) {
            Law q = Laws.continuousBernoulli(a);
            int n = 20_000;
            Law normal = Laws.standardNormal(1);
            double[] sums = new double[3 + logits.length];
            for (int i = 0; i <= n; i++) {
                double w = (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2) / (3.0 * n);
                double[] x = {(double) i / n};
                double log = q.logDensity(x);
                sums[0] += w * Math.exp(log);
                sums[1] -= w * Math.exp(log) * log;
                sums[2] += w * Math.exp(log) * (log - normal.logDensity(x));
                for (int j = 0; j < logits.length; j++) {
                    sums[3 + j] += w * Math.exp(log) * (log - Laws.continuousBernoulli(logits[j]).logDensity(x));
                }
            }
            assertEquals(1, sums[0], 1e-10, "" + a);
            agrees("entropy, logit " + a, sums[1], BY_DRAWS.entropy(q));
            for (int j = 0; j < logits.length; j++) {
                agrees("KL, logits " + a + " || " + logits[j], sums[3 + j], BY_DRAWS.kl(q, Laws.continuousBernoulli(
                        logits[j])));
            }
            agrees("KL to a Gaussian, logit " + a, sums[2], BY_DRAWS.kl(q, normal));
        }
    }

    /** Masses by recurrences: p(k + 1) / p(k). */
    private static double[] poisson(double rate) {
        double[] p = new double[2000];
        p[0] = Math.exp(-rate);
        for (int k = 0; k + 1 < p.length; k++) {
            p[k + 1] = p[k] * rate / (k + 1);
        }
        return p;
    }

    private static double[] negativeBinomial(double mean, double theta, double zero) {
        double[] p = new double[2000];
        p[0] = Math.pow(theta / (theta + mean), theta);
        for (int k = 0; k + 1 < p.length; k++) {
            p[k + 1] = p[k] * (k + theta) / (k + 1) * mean / (mean + theta);
        }
        for (int k = 0; k < p.length; k++) {
            p[k] = (1 - zero) * p[k] + (k == 0 ? zero : 0);
        }
        return p;
    }

    @Test
    void everyPairOfDistributionsOfCountsIsTheSum() {
        double zero = 1 / (1 + Math.exp(0.8));
        List<Law> laws = List.of(Laws.poisson(Math.log(3.5)), Laws.poisson(Math.log(40)), Laws.negativeBinomial(
                new double[] {Math.log(5)}, new double[] {Math.log(1.7)}), Laws.zeroInflatedNegativeBinomial(
                        new double[] {Math.log(8)}, new double[] {Math.log(0.9)}, new double[] {-0.8}));
        List<double[]> masses = List.of(poisson(3.5), poisson(40), negativeBinomial(5, 1.7, 0), negativeBinomial(8, 0.9,
                zero));
        for (int i = 0; i < laws.size(); i++) {
            double[] q = masses.get(i);
            agrees("entropy of counts " + i, IntStream.range(0, q.length).filter(k -> q[k] > 1e-300).mapToDouble(
                    k -> -q[k]
                            * Math.log(q[k])).sum(), BY_DRAWS.entropy(laws.get(i)));
            for (int j = 0; j < laws.size(); j++) {
                double[] p = masses.get(j);
                Quantity found = BY_DRAWS.kl(laws.get(i), laws.get(j));
                assertTrue(found.isClosed());
                // where p underflows q is 0 too, but for a share that does not matter
                agrees("KL of counts " + i + " || " + j, IntStream.range(0, q.length).filter(k -> q[k] > 1e-25
                        && p[k] > 1e-300).mapToDouble(k -> q[k] * Math.log(q[k] / p[k])).sum(), found);
            }
            // draws: their mean and square, which sums give too
            Law law = laws.get(i);
            Dice dice = new Dice(SEED);
            double[] drawn = new double[3];
            int n = 40_000;
            for (int d = 0; d < n; d++) {
                double x = law.draw(dice)[0];
                drawn[0] += x / n;
                drawn[1] += x * x / n;
                drawn[2] += (x == 0 ? 1.0 : 0) / n;
            }
            for (int f = 0; f < 3; f++) {
                int which = f;
                double expected = IntStream.range(0, q.length).mapToDouble(k -> q[k] * of(which, k)).sum();
                double square = IntStream.range(0, q.length).mapToDouble(k -> q[k] * of(which, k) * of(which, k)).sum();
                double error = Math.sqrt((square - expected * expected) / n);
                System.out.printf("draws of counts %d, seed %d: statistic %d off by %.2f standard errors%n", i, SEED, f,
                        (drawn[f] - expected) / error);
                assertEquals(expected, drawn[f], 4.5 * error);
            }
        }
    }

    private static double of(int statistic, int k) {
        return statistic == 0 ? k : statistic == 1 ? (double) k * k : k == 0 ? 1 : 0;
    }

    @Test
    void classesAndZerosAndOnesAreSums() {
        double p = 1 / (1 + Math.exp(-0.7));
        double q = 1 / (1 + Math.exp(0.4));
        agrees("entropy of a Bernoulli", -p * Math.log(p) - (1 - p) * Math.log(1 - p), BY_DRAWS.entropy(Laws.bernoulli(
                0.7)));
        agrees("KL of Bernoullis", q * Math.log(q / p) + (1 - q) * Math.log((1 - q) / (1 - p)), BY_DRAWS.kl(Laws
                .bernoulli(-0.4), Laws.bernoulli(0.7)));
        double[] a = {0.2, 0.3, 0.5};
        double[] b = {0.6, 0.3, 0.1};
        Law ofA = Laws.categorical(Math.log(0.2) + 5, Math.log(0.3) + 5, Math.log(0.5) + 5);
        Law ofB = Laws.categorical(Math.log(0.6), Math.log(0.3), Math.log(0.1));
        agrees("KL of classes", IntStream.range(0, 3).mapToDouble(c -> a[c] * Math.log(a[c] / b[c])).sum(), BY_DRAWS.kl(
                ofA, ofB));
        // of the rows with a single 1, three Bernoullis that are 1 with probability 1/2 have the mass 1/8
        agrees("KL of classes to Bernoullis", -IntStream.range(0, 3).mapToDouble(c -> -a[c] * Math.log(a[c])).sum()
                + Math.log(8), BY_DRAWS.kl(ofA, Laws.bernoulli(0, 0, 0)));
        agrees("KL of a Bernoulli to a Poisson", -BY_DRAWS.entropy(Laws.bernoulli(0)).value() + 2 - 0.5 * Math.log(2),
                BY_DRAWS.kl(Laws.bernoulli(0), Laws.poisson(Math.log(2))));
        Law mixture = Laws.mixture(new double[] {0, 0}, List.of(Laws.bernoulli(0.7), Laws.bernoulli(-0.4)));
        double half = (p + q) / 2;
        agrees("entropy of a mixture of Bernoullis", -half * Math.log(half) - (1 - half) * Math.log(1 - half), BY_DRAWS
                .entropy(mixture));
    }

    /** The difference of the logarithms of two classes is the logit of a relaxed Bernoulli. */
    @Test
    void twoRelaxedClassesAreARelaxedBernoulli() {
        Law q = Laws.relaxedCategorical(new double[] {0.9, 0.1}, 0.7);
        Law p = Laws.relaxedCategorical(new double[] {-0.3, 0.2}, 0.5);
        agrees("KL of relaxed classes", kl(Laws.relaxedBernoulli(new double[] {0.8}, 0.7), Laws.relaxedBernoulli(
                new double[] {-0.5}, 0.5)), BY_DRAWS.kl(q, p));
    }

    @Test
    void independentDimensionsAdd() {
        Map<String, Law> laws = ofRealNumbers();
        Law q = Laws.independent(List.of(laws.get("Gaussian"), laws.get("Laplace"), laws.get("Student's t")));
        Law p = Laws.independent(List.of(laws.get("Laplace"), laws.get("another Laplace"), laws.get("another t")));
        agrees("KL of three dimensions", kl(laws.get("Gaussian"), laws.get("Laplace")) + kl(laws.get("Laplace"), laws
                .get(
                        "another Laplace")) + kl(laws.get("Student's t"), laws.get("another t")), BY_DRAWS.kl(q, p));
        agrees("entropy of three dimensions", BY_DRAWS.entropy(laws.get("Gaussian")).value() + BY_DRAWS.entropy(laws
                .get(
                        "Laplace")).value() + BY_DRAWS.entropy(laws.get("Student's t")).value(), BY_DRAWS.entropy(q));
        Gaussian full = new Gaussian(new double[] {1, -1}, new double[][] {{1, 0.6}, {0.6, 0.9}});
        Law diagonal = Laws.gaussian(new double[] {0.5, 0}, new double[] {0.2, -0.3});
        Quantity closed = BY_DRAWS.kl(diagonal, Laws.gaussian(full));
        assertEquals(Gaussian.diagonal(new double[] {0.5, 0}, new double[] {0.2, -0.3}).divergence(full), closed
                .value(),
                1e-14);
        // the same by draws: a mixture of one component has no formula
        Law alone = Laws.mixture(new double[] {0}, List.of(Laws.gaussian(full)));
        agrees("KL to a full Gaussian", closed.value(), BY_DRAWS.kl(diagonal, alone));
        agrees("KL of a full Gaussian", full.divergence(Gaussian.diagonal(new double[2], new double[2])), BY_DRAWS.kl(
                alone,
                Laws.standardNormal(2)));
        agrees("entropy of a full Gaussian", full.entropy(), BY_DRAWS.entropy(alone));
    }

    @Test
    void aTailThatIsTooHeavyHasNoFiniteDivergence() {
        Law cauchy = Laws.studentT(new double[1], new double[1], 1);
        assertEquals(Double.POSITIVE_INFINITY, BY_DRAWS.kl(cauchy, Laws.standardNormal(1)).value());
        assertEquals(Double.POSITIVE_INFINITY, BY_DRAWS.kl(cauchy, Laws.laplace(new double[1], new double[1])).value());
        assertEquals(Math.log(4 * Math.PI), BY_DRAWS.entropy(cauchy).value(), 1e-13);
    }

    @Test
    void aBitIsTheEntropyOfACoin() {
        Quantity coin = BY_DRAWS.entropy(Laws.bernoulli(0));
        assertEquals("0.6931 nats", coin.toString());
        assertEquals("1.0000 bits", coin.in(Unit.BITS).toString());
        assertEquals(Math.log(2), coin.in(Unit.BITS).in(Unit.NATS).value(), 1e-15);
        Quantity drawn = new Quantity(1, 0.5, 100, Unit.NATS).in(Unit.BITS);
        assertEquals("1.4427 bits, standard error 0.7213 of 100 draws", drawn.toString());
    }

    /** Of a linear-Gaussian model all three are known. */
    @Test
    void jensensGapIsTheDivergenceFromThePosterior() {
        FactorAnalysis model = new FactorAnalysis(new double[][] {{1, 0.5}, {-0.3, 0.8}}, new double[] {0.1, -0.2},
                new double[] {0.5, 0.7});
        double[] x = {0.9, -0.4};
        Gaussian q = Gaussian.diagonal(new double[] {0.3, -0.1}, new double[] {-0.5, -0.8});
        Law prior = Laws.standardNormal(2);
        Quantities.Bound bound = BY_DRAWS.bound(Laws.gaussian(q), z -> prior.logDensity(z) + given(model, x, z));
        agrees("ELBO", model.elbo(x, q), bound.elbo());
        agrees("log p(x)", model.logMarginal(x), bound.logEvidence());
        agrees("Jensen's gap", q.divergence(model.posterior(x)), bound.gap());
        Quantities.Bound known = BY_DRAWS.bound(Laws.gaussian(q), z -> prior.logDensity(z) + given(model, x, z), model
                .logMarginal(x));
        agrees("Jensen's gap, log p(x) known", q.divergence(model.posterior(x)), known.gap());
        assertTrue(known.logEvidence().isClosed());
        // with the posterior as q every draw has the same weight
        Quantities.Bound tight = new Quantities(100, SEED).bound(Laws.gaussian(model.posterior(x)), z -> prior
                .logDensity(z)
                + given(model, x, z));
        assertEquals(0, tight.gap().value(), 1e-12);
        assertEquals(model.logMarginal(x), tight.elbo().value(), 1e-12);
    }

    /** Of p(x, z) = 0.3 and 1 by hand; of several variables in plain loops. */
    @Test
    void theGapOfAFiniteDistributionIsASum() {
        Quantities.Bound two = BY_DRAWS.bound(Laws.categorical(0, 0), z -> z[0] * Math.log(0.3));
        closed(Math.log(0.3) / 2 + Math.log(2), two.elbo());
        closed(Math.log(1.3), two.logEvidence());
        closed(Math.log(1.3) - Math.log(0.3) / 2 - Math.log(2), two.gap());
        Law coins = Laws.bernoulli(0.3, -1);
        Law other = Laws.bernoulli(2, 0);
        Law classes = Laws.classNumbers(new double[] {0.3, -1, 0.4, 0, 0.1, -2}, 3);
        for (Law q : List.of(coins, classes, Laws.mixture(new double[] {0, 1}, List.of(coins, other)))) {
            double elbo = 0;
            double joint = 0;
            double all = 0;
            for (int a = 0; a < 3; a++) {
                for (int b = 0; b < 3; b++) {
                    double log = q.logDensity(new double[] {a, b});
                    if (log > Double.NEGATIVE_INFINITY) {
                        all += Math.exp(log);
                        joint += Math.exp(-a * b - 0.5 * a);
                        elbo += Math.exp(log) * (-a * b - 0.5 * a - log);
                    }
                }
            }
            assertEquals(1, all, 1e-12);
            Quantities.Bound bound = BY_DRAWS.bound(q, z -> -z[0] * z[1] - 0.5 * z[0]);
            closed(elbo, bound.elbo());
            closed(Math.log(joint), bound.logEvidence());
            closed(Math.log(joint) - elbo, bound.gap());
        }
        // 2^18 values are drawn from: coins of p(x, z) = 2^-18 of each have no gap
        Quantities.Bound many = new Quantities(10, SEED).bound(Laws.bernoulli(new double[18]), z -> -18 * Math.log(2));
        assertFalse(many.gap().isClosed());
        assertEquals(0, many.gap().value(), 1e-12);
        Quantities.Bound none = BY_DRAWS.bound(Laws.bernoulli(0), z -> Double.NEGATIVE_INFINITY);
        closed(Double.NEGATIVE_INFINITY, none.logEvidence());
    }

    /** z ~ Poisson(4), p(x given z) = 0.7^z: p(x) = exp(4 (0.7 - 1)), and the posterior is Poisson(2.8). */
    @Test
    void theElboOfCountsIsASumWhereTheEvidenceIsKnown() {
        Law q = Laws.poisson(Math.log(3));
        Law prior = Laws.poisson(Math.log(4));
        Quantities.Bound drawn = BY_DRAWS.bound(q, z -> prior.logDensity(z) + z[0] * Math.log(0.7));
        double gap = 3 * Math.log(3 / 2.8) - 3 + 2.8;
        agrees("Jensen's gap of counts", gap, drawn.gap());
        assertFalse(drawn.gap().isClosed());
        Quantities.Bound known = BY_DRAWS.bound(q, z -> prior.logDensity(z) + z[0] * Math.log(0.7), -1.2);
        closed(gap, known.gap());
        closed(-1.2 - gap, known.elbo());
    }

    private static void closed(double expected, Quantity found) {
        assertTrue(found.isClosed() && found.standardError() == 0, "" + found);
        assertEquals(expected, found.value(), 1e-12);
    }

    private static double given(FactorAnalysis model, double[] x, double[] z) {
        double log = 0;
        for (int d = 0; d < x.length; d++) {
            double rest = x[d] - model.mean()[d] - z[0] * model.weight()[0][d] - z[1] * model.weight()[1][d];
            log -= 0.5 * (Math.log(2 * Math.PI * model.variance()[d]) + rest * rest / model.variance()[d]);
        }
        return log;
    }

    @Test
    void whatHasNoRatioIsRefused() {
        Law normal = Laws.standardNormal(1);
        refused("p must be a distribution of 1 real numbers, not of 1 numbers from 0 to 1", () -> BY_DRAWS.kl(normal,
                Laws
                        .continuousBernoulli(0)));
        refused("p must be a distribution of 1 real numbers, not of 2 real numbers", () -> BY_DRAWS.kl(normal, Laws
                .standardNormal(2)));
        refused("p must be a distribution of 1 counts, not of 1 real numbers", () -> BY_DRAWS.kl(Laws.poisson(0),
                normal));
        refused("p must be a distribution of 2 zeros and ones, not of 2 rows of zeros with a single 1", () -> BY_DRAWS
                .kl(
                        Laws.bernoulli(0, 0), Laws.categorical(0, 0)));
        refused("draws must be at least 2, not 1", () -> new Quantities(1, 0));
        refused("logits must be finite, not NaN", () -> Laws.bernoulli(Double.NaN));
        refused("logScale must be 1 numbers, not 2", () -> Laws.laplace(new double[1], new double[2]));
        refused("temperature must be a finite number above 0, not 0.0", () -> Laws.relaxedBernoulli(new double[1], 0));
        refused("components must be 2 of them, not 1", () -> Laws.mixture(new double[2], List.of(normal)));
        refused("laws must be all of real numbers, not one of counts", () -> Laws.independent(List.of(normal, Laws
                .poisson(
                        0))));
    }

    private static void refused(String message, org.junit.jupiter.api.function.Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
