package io.elbo4j.train.quantity;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.exact.Gaussian;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Entropies, divergences and bounds, in nats: closed where there is a formula, where all values can be summed over, and
 * where they are sums of such; else means over draws, with a standard error. A {@link Quantity} says which it is.
 *
 * @param draws for each quantity that is estimated, at least 2
 * @param seed of the draws
 */
public record Quantities(int draws, long seed) {
    public Quantities {
        require(draws >= 2, "draws", "at least 2", draws);
    }

    /** -E[log p(x)]: of a density it may be below 0. */
    public Quantity entropy(Law p) {
        requireGiven("p", p);
        Dice dice = new Dice(seed);
        return p.factors().stream().map(factor -> entropy(factor, dice)).reduce(Quantity::plus).orElseThrow();
    }

    private Quantity entropy(Law p, Dice dice) {
        Optional<Gaussian> gaussian = p.gaussian();
        OptionalDouble formula = p.entropy();
        return gaussian.isPresent() ? Quantity.closed(gaussian.get().entropy())
                : formula.isPresent() ? Quantity.closed(formula.getAsDouble())
                : mean(p, x -> -p.logDensity(x), dice);
    }

    /**
     * KL(q || p) = E[log q(x) - log p(x)] under q.
     *
     * @throws io.elbo4j.ArgumentException if p has no mass or density of what q is of
     */
    public Quantity kl(Law q, Law p) {
        requireGiven("q", q);
        requireGiven("p", p);
        require(p.dimensions() == q.dimensions() && q.values().within(p.values()), "p", "a distribution of "
                + q.dimensions() + " " + q.values(), "of " + p.dimensions() + " " + p.values());
        Optional<Gaussian> ofQ = q.gaussian();
        Optional<Gaussian> ofP = p.gaussian();
        if (ofQ.isPresent() && ofP.isPresent()) {
            return divergence(ofQ.get().divergence(ofP.get()));
        }
        List<Law> qs = q.factors();
        List<Law> ps = p.factors();
        boolean alike = qs.stream().map(Law::dimensions).toList().equals(ps.stream().map(Law::dimensions).toList());
        Dice dice = new Dice(seed);
        return alike ? IntStream.range(0, qs.size()).mapToObj(i -> kl(qs.get(i), ps.get(i), dice)).reduce(
                Quantity::plus).orElseThrow() : kl(q, p, dice);
    }

    private Quantity kl(Law q, Law p, Dice dice) {
        OptionalDouble formula = q.gaussian().isPresent() && p.gaussian().isPresent() ? OptionalDouble.of(q.gaussian()
                .get().divergence(p.gaussian().get())) : q.divergence(p);
        return formula.isPresent() ? divergence(formula.getAsDouble())
                : mean(q, x -> q.logDensity(x) - p.logDensity(x), dice);
    }

    /** Which rounding does not make negative. */
    private static Quantity divergence(double nats) {
        return Quantity.closed(Math.max(0, nats));
    }

    /**
     * E under q of a function, as that of log p(x given z) or of log p(x, z): a mean.
     *
     * @param f in nats
     */
    public Quantity expectation(Law q, ToDoubleFunction<double[]> f) {
        return mean(requireGiven("q", q), requireGiven("f", f), new Dice(seed));
    }

    private Quantity mean(Law q, ToDoubleFunction<double[]> f, Dice dice) {
        Optional<List<double[]>> all = q.masses();
        if (all.isPresent()) {
            double sum = 0;
            for (double[] x : all.get()) {
                double mass = StrictMath.exp(q.logDensity(x));
                sum += mass > 0 ? mass * f.applyAsDouble(x) : 0;
            }
            return Quantity.closed(sum);
        }
        double[] each = new double[draws];
        for (int i = 0; i < draws; i++) {
            each[i] = f.applyAsDouble(q.draw(dice));
        }
        return estimated(each);
    }

    private Quantity estimated(double[] each) {
        double mean = 0;
        for (double x : each) {
            mean += x / draws;
        }
        double squares = 0;
        for (double x : each) {
            squares += (x - mean) * (x - mean);
        }
        return new Quantity(mean, StrictMath.sqrt(squares / (draws - 1) / draws), draws, Unit.NATS);
    }

    /**
     * The two sides of Jensen's inequality {@code E[log w] <= log E[w]}, w = p(x, z) / q(z), z from q.
     *
     * @param elbo E[log w]
     * @param logEvidence log E[w] = log p(x)
     * @param gap log p(x) less the ELBO: KL(q || p(z given x))
     */
    public record Bound(Quantity elbo, Quantity logEvidence, Quantity gap) {}

    /**
     * Sums where q is finite ({@link Law#isFinite}). Else both sides by the same draws, those of counts too: what q
     * hardly ever is may have most of p(x). The logarithm of a mean is too low by something of the order of 1 over the
     * draws, and its standard error means little where few draws have most of the weight.
     *
     * @param logJoint log p(x, z) of z, in nats
     */
    public Bound bound(Law q, ToDoubleFunction<double[]> logJoint) {
        requireGiven("q", q);
        requireGiven("logJoint", logJoint);
        Optional<List<double[]>> all = q.isFinite() ? q.masses() : Optional.empty();
        if (all.isPresent()) {
            return bound(q, all.get(), logJoint);
        }
        Dice dice = new Dice(seed);
        double[] log = new double[draws];
        for (int i = 0; i < draws; i++) {
            double[] z = q.draw(dice);
            log[i] = logJoint.applyAsDouble(z) - q.logDensity(z);
        }
        double evidence = Special.logSumExp(log) - StrictMath.log(draws);
        // to first order the logarithm of a mean changes by the mean of w / E[w] - 1
        double[] ofEvidence = new double[draws];
        double[] ofGap = new double[draws];
        for (int i = 0; i < draws; i++) {
            ofEvidence[i] = evidence + StrictMath.expm1(log[i] - evidence);
            ofGap[i] = ofEvidence[i] - log[i];
        }
        return new Bound(estimated(log), estimated(ofEvidence), estimated(ofGap));
    }

    private static Bound bound(Law q, List<double[]> all, ToDoubleFunction<double[]> logJoint) {
        double[] log = all.stream().mapToDouble(logJoint).toArray();
        double elbo = 0;
        for (int i = 0; i < log.length; i++) {
            double ofQ = q.logDensity(all.get(i));
            double mass = StrictMath.exp(ofQ);
            elbo += mass > 0 ? mass * (log[i] - ofQ) : 0;
        }
        double evidence = Special.logSumExp(log);
        return new Bound(Quantity.closed(elbo), Quantity.closed(evidence), divergence(evidence - elbo));
    }

    /**
     * The same where log p(x) is known: the gap has the standard error of the ELBO alone, and none where that is a sum,
     * as of counts.
     */
    public Bound bound(Law q, ToDoubleFunction<double[]> logJoint, double logEvidence) {
        requireGiven("q", q);
        requireGiven("logJoint", logJoint);
        Quantity elbo = expectation(q, z -> logJoint.applyAsDouble(z) - q.logDensity(z));
        return new Bound(elbo, Quantity.closed(logEvidence), new Quantity(logEvidence - elbo.value(), elbo
                .standardError(), elbo.draws(), Unit.NATS));
    }
}
