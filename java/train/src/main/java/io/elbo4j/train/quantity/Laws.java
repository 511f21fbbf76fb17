package io.elbo4j.train.quantity;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.exact.Gaussian;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The library's distributions in double precision, each with the parameters that it has in
 * {@link io.elbo4j.train.distribution}: an array has a number for each dimension, which are independent unless said.
 * {@link GraphLaws} takes them from a graph.
 */
public final class Laws {
    private static final double MOST_LOG = 300;

    private Laws() {}

    private static double[] requireFinite(String name, double[] values) {
        requireGiven(name, values);
        require(values.length >= 1, name, "at least 1 number", values.length);
        for (double v : values) {
            require(Double.isFinite(v), name, "finite", v);
        }
        return values;
    }

    private static void requireLength(String name, double[] values, double[] as) {
        requireFinite(name, values);
        require(values.length == as.length, name, as.length + " numbers", values.length);
    }

    private static Law each(double[] parameters, DoubleFunction<Law> one) {
        return independent(Arrays.stream(parameters).mapToObj(one).toList());
    }

    private static Law each(int count, IntFunction<Law> one) {
        return independent(IntStream.range(0, count).mapToObj(one).toList());
    }

    /** Distributions of one kind of values beside each other, which do not depend on each other. */
    public static Law independent(List<Law> laws) {
        requireGiven("laws", laws);
        List<Law> flat = laws.stream().flatMap(law -> law.factors().stream()).toList();
        require(!flat.isEmpty(), "laws", "at least one", 0);
        Values values = flat.get(0).values();
        flat.forEach(law -> require(law.values() == values, "laws", "all of " + values, "one of " + law.values()));
        return flat.size() == 1 ? flat.get(0) : new IndependentLaw(flat);
    }

    /** N(0, I). */
    public static Law standardNormal(int dimensions) {
        require(dimensions >= 1, "dimensions", "at least 1", dimensions);
        return gaussian(new double[dimensions], new double[dimensions]);
    }

    /** N(mean, exp(logVariance)). */
    public static Law gaussian(double[] mean, double[] logVariance) {
        requireFinite("mean", mean);
        requireLength("logVariance", logVariance, mean);
        return each(mean.length, i -> gaussian(Gaussian.diagonal(new double[] {mean[i]}, new double[] {
                logVariance[i]})));
    }

    /** With any covariance. */
    public static Law gaussian(Gaussian of) {
        return new GaussianLaw(requireGiven("of", of));
    }

    /** See {@link io.elbo4j.train.distribution.Laplace}. */
    public static Law laplace(double[] mean, double[] logScale) {
        requireFinite("mean", mean);
        requireLength("logScale", logScale, mean);
        return each(mean.length, i -> new LaplaceLaw(mean[i], logScale[i]));
    }

    /** See {@link io.elbo4j.train.distribution.StudentT}. */
    public static Law studentT(double[] mean, double[] logScale, double degreesOfFreedom) {
        requireFinite("mean", mean);
        requireLength("logScale", logScale, mean);
        require(degreesOfFreedom >= 1e-3 && degreesOfFreedom <= 1e6, "degreesOfFreedom", "from 0.001 to 1e6",
                degreesOfFreedom);
        return each(mean.length, i -> new StudentTLaw(mean[i], logScale[i], degreesOfFreedom));
    }

    /** See {@link io.elbo4j.train.distribution.Bernoulli}. */
    public static Law bernoulli(double... logits) {
        return each(requireFinite("logits", logits), BernoulliLaw::new);
    }

    /** See {@link io.elbo4j.train.distribution.ContinuousBernoulli}. */
    public static Law continuousBernoulli(double... logits) {
        return each(requireFinite("logits", logits), ContinuousBernoulliLaw::new);
    }

    /** One variable, of a class for each number: see {@link io.elbo4j.train.distribution.Categorical}. */
    public static Law categorical(double... logits) {
        return new CategoricalLaw(requireFinite("logits", logits));
    }

    /**
     * See {@link io.elbo4j.train.distribution.ClassNumbers}.
     *
     * @param logits of the classes of all dimensions one after the other
     * @param classes of each dimension
     */
    public static Law classNumbers(double[] logits, int classes) {
        requireFinite("logits", logits);
        require(classes >= 1 && logits.length % classes == 0, "classes", "at least 1, a divisor of " + logits.length,
                classes);
        int columns = logits.length / classes;
        return each(columns, d -> new ClassNumberLaw(Special.logSoftmax(IntStream.range(0, classes).mapToDouble(
                c -> logits[c * columns + d]).toArray())));
    }

    /**
     * See {@link io.elbo4j.train.distribution.LogisticMixture}: the components of all dimensions one after the other.
     */
    public static Law logisticMixture(double[] logits, double[] means, double[] logScales, int components,
            int levels) {
        requireFinite("logits", logits);
        requireLength("means", means, logits);
        requireLength("logScales", logScales, logits);
        require(components >= 1 && logits.length % components == 0, "components", "at least 1, a divisor of "
                + logits.length, components);
        require(levels >= 2 && levels <= 1 << 24, "levels", "from 2 to 2^24", levels);
        int columns = logits.length / components;
        return each(columns, d -> {
            double[] share = Special.logSoftmax(IntStream.range(0, components).mapToDouble(k -> logits[k * columns + d])
                    .toArray());
            return new ClassNumberLaw(IntStream.range(0, levels).mapToDouble(x -> Special.logSumExp(IntStream.range(0,
                    components).mapToDouble(k -> share[k] + logLevel(x, means[k * columns + d], StrictMath.exp(
                            -logScales[k * columns + d]), levels)).toArray())).toArray());
        });
    }

    /** log(sigmoid(a) - sigmoid(b)) = log sigmoid(a) + log sigmoid(-b) + log(1 - exp(b - a)), less what is 1 or 0. */
    private static double logLevel(int x, double mean, double inverseScale, int levels) {
        double above = x == levels - 1 ? 0 : -Special.softplus(-(x + 0.5 - mean) * inverseScale);
        double below = x == 0 ? 0 : -Special.softplus((x - 0.5 - mean) * inverseScale);
        return above + below + (x == 0 || x == levels - 1 ? 0 : StrictMath.log(-StrictMath.expm1(-inverseScale)));
    }

    /** See {@link io.elbo4j.train.distribution.Poisson}. */
    public static Law poisson(double... logRate) {
        for (double v : requireFinite("logRate", logRate)) {
            require(v <= MOST_LOG, "logRate", "at most 300", v);
        }
        return each(logRate, PoissonLaw::new);
    }

    /** exp of these, and what they make of each other, are numbers. */
    private static void requireCounts(double[] logMean, double[] logInverseDispersion) {
        requireFinite("logMean", logMean);
        requireLength("logInverseDispersion", logInverseDispersion, logMean);
        for (int i = 0; i < logMean.length; i++) {
            require(logMean[i] <= MOST_LOG, "logMean", "at most 300", logMean[i]);
            require(Math.abs(logInverseDispersion[i]) <= MOST_LOG, "logInverseDispersion", "from -300 to 300",
                    logInverseDispersion[i]);
        }
    }

    /** See {@link io.elbo4j.train.distribution.NegativeBinomial}. */
    public static Law negativeBinomial(double[] logMean, double[] logInverseDispersion) {
        requireCounts(logMean, logInverseDispersion);
        return each(logMean.length, i -> new NegativeBinomialLaw(logMean[i], logInverseDispersion[i]));
    }

    /** See {@link io.elbo4j.train.distribution.ZeroInflatedNegativeBinomial}. */
    public static Law zeroInflatedNegativeBinomial(double[] logMean, double[] logInverseDispersion,
            double[] extraZeros) {
        requireCounts(logMean, logInverseDispersion);
        requireLength("extraZeros", extraZeros, logMean);
        return each(logMean.length, i -> new ZeroInflatedLaw(new NegativeBinomialLaw(logMean[i],
                logInverseDispersion[i]), extraZeros[i]));
    }

    private static double requireTemperature(double temperature) {
        require(temperature > 0 && Double.isFinite(temperature), "temperature", "a finite number above 0", temperature);
        return temperature;
    }

    /** Of logits of numbers in (0, 1): see {@link io.elbo4j.train.distribution.RelaxedBernoulli}. */
    public static Law relaxedBernoulli(double[] logits, double temperature) {
        requireTemperature(temperature);
        return each(requireFinite("logits", logits), logit -> new LogisticLaw(logit, temperature));
    }

    /** Of logarithms of numbers that sum to 1: see {@link io.elbo4j.train.distribution.RelaxedCategorical}. */
    public static Law relaxedCategorical(double[] logits, double temperature) {
        return new RelaxedCategoricalLaw(requireFinite("logits", logits), requireTemperature(temperature));
    }

    /** Each of the components with its probability, softmax of the logits. */
    public static Law mixture(double[] logits, List<Law> components) {
        requireFinite("logits", logits);
        requireGiven("components", components);
        require(components.size() == logits.length, "components", logits.length + " of them", components.size());
        Law first = components.get(0);
        components.forEach(c -> require(c.values() == first.values() && c.dimensions() == first.dimensions(),
                "components", "all of " + first.dimensions() + " " + first.values(), c.dimensions() + " " + c
                        .values()));
        return new MixtureLaw(logits, components);
    }
}
