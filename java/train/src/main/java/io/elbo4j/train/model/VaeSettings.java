package io.elbo4j.train.model;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.Bernoulli;
import io.elbo4j.train.distribution.ClassNumbers;
import io.elbo4j.train.distribution.ContinuousBernoulli;
import io.elbo4j.train.distribution.DiagonalGaussian;
import io.elbo4j.train.distribution.Laplace;
import io.elbo4j.train.distribution.LogisticMixture;
import io.elbo4j.train.distribution.MixturePrior;
import io.elbo4j.train.distribution.NegativeBinomial;
import io.elbo4j.train.distribution.OptimalGaussian;
import io.elbo4j.train.distribution.Poisson;
import io.elbo4j.train.distribution.StudentT;
import io.elbo4j.train.distribution.ZeroInflatedNegativeBinomial;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Activate;
import io.elbo4j.train.layer.Add;
import io.elbo4j.train.layer.ConstantRow;
import io.elbo4j.train.layer.Dense;
import io.elbo4j.train.layer.LearnedRow;
import io.elbo4j.train.layer.LibrarySize;
import io.elbo4j.train.layer.LogSoftmax;
import io.elbo4j.train.layer.Scale;
import io.elbo4j.train.layer.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The shape of a {@link Vae}.
 *
 * @param columns observed dimensions, at least 1
 * @param hidden units of the encoder's hidden layers, at most 100, the decoder's mirrored; at least 1 each
 * @param latent latent dimensions, at least 1
 * @param activation of the hidden layers
 * @param likelihood see {@link LikelihoodKind}
 * @param standardDeviation of {@link LikelihoodKind#GAUSSIAN_FIXED}, 1e-18 to 1e18; the first value of
 *     {@link LikelihoodKind#GAUSSIAN_SHARED}
 * @param binarise whether the data, in [0, 1], is drawn to zeros and ones anew at every step
 * @param classes of {@link LikelihoodKind#CATEGORICAL} and {@link LikelihoodKind#DISCRETISED_LOGISTIC_MIXTURE}, 2 to
 *     2^24
 * @param components of the latter, at least 1
 * @param librarySize of likelihoods of counts: whether the decoder gives shares of a row's sum, instead of rates
 * @param prior see {@link Prior}
 * @param priorComponents of {@link Prior#MIXTURE}, at least 1
 */
public record VaeSettings(long columns,
        @Setting("units of the encoder's hidden layers, at most 100, as 400 or 400,200; the decoder's are the same in"
                + " reverse") List<Integer> hidden,
        @Setting("latent dimensions") int latent,
        @Setting("of hidden layers: " + HiddenActivation.NAMES) Activation activation,
        @Setting( {
                "of x given z", "bernoulli: values in [0, 1], from logits",
                "gaussian: mean and log-variance of every value are learned",
                "gaussian-shared: one learned log-variance per column",
                "gaussian-fixed: a fixed standard deviation",
                "poisson: counts, whole numbers from 0, from log-rates",
                "continuous-bernoulli: a density of values in [0, 1], from logits",
                "laplace: mean and log-scale of every value are learned",
                "student-t: the same, with the heavy tails of 5 degrees of"
                        + " freedom",
                "negative-binomial: counts, from log-means and one learned"
                        + " dispersion per column",
                "zero-inflated-negative-binomial: the same, and logits of"
                        + " further zeros",
                "categorical: class numbers, 0 to --classes - 1, as the bytes of images, from logits of each"
                        + " class",
                "sigma-vae: a Gaussian with one variance, the mean squared error of"
                        + " the batch, in evaluation its moving"
                        + " average",
                "discretised-logistic-mixture: levels, 0 to --classes - 1, as"
                        + " the bytes of images, from --components logistic"
                        + " variables each"}) LikelihoodKind likelihood,
        @Setting("of gaussian-fixed, and where gaussian-shared begins; 1e-18 to 1e18") double standardDeviation,
        @Setting(value = "dynamic: values in [0, 1] are drawn to zeros and ones anew at every step; none: taken as"
                + " they are", words = {"none", "dynamic"}) boolean binarise,
        @Setting("of categorical, and levels of discretised-logistic-mixture: how many, 2 to 16777216") int classes,
        @Setting("of discretised-logistic-mixture: how many a column has, at least 1") int components,
        @Setting(
                value = "of likelihoods of counts, observed: means are shares, a softmax, of the row's sum; none: means"
                        + " of their own", words = {"none", "observed"}) boolean librarySize,
        @Setting({
                "of z", "standard: N(0, I)",
                "mixture: --prior-components Gaussians with learned means, variances and weights; its KL is"
                        + " sampled"}) Prior prior,
        @Setting("of the prior mixture: how many Gaussians, at least 1") int priorComponents){
    /** p(z). */
    public enum Prior {
        /** N(0, I) */
        STANDARD,
        /** {@link MixturePrior} */
        MIXTURE
    }

    /** The distribution of the observed data given the latent variable. */
    public enum LikelihoodKind {
        /** from logits; data in [0, 1] */
        BERNOULLI,
        /** mean and log-variance of every element are learned functions of the latent variable */
        GAUSSIAN,
        /** one learned log-variance per dimension, shared by all rows */
        GAUSSIAN_SHARED,
        /** a fixed standard deviation */
        GAUSSIAN_FIXED,
        /** from log-rates; data are counts */
        POISSON,
        /** a density of data in [0, 1], from logits */
        CONTINUOUS_BERNOULLI,
        /** mean and log-scale of every element are learned functions of the latent variable */
        LAPLACE,
        /** the same, with 5 degrees of freedom */
        STUDENT_T,
        /** log-means of every element, one learned dispersion per dimension; data are counts */
        NEGATIVE_BINOMIAL,
        /** the same, and logits of further zeros */
        ZERO_INFLATED_NEGATIVE_BINOMIAL,
        /** from logits of each class; data are class numbers */
        CATEGORICAL,
        /** one variance of all elements, the mean squared error */
        SIGMA_VAE,
        /** mixtures of rounded logistic variables; data are levels, as class numbers */
        DISCRETISED_LOGISTIC_MIXTURE;

        private static final double DEGREES_OF_FREEDOM = 5;

        /** Whether a standard deviation is asked for. */
        boolean hasStandardDeviation() {
            return this == GAUSSIAN_FIXED || this == GAUSSIAN_SHARED;
        }

        boolean isOfCounts() {
            return this == POISSON || this == NEGATIVE_BINOMIAL || this == ZERO_INFLATED_NEGATIVE_BINOMIAL;
        }

        /** Whether it is asked for how many classes there are. */
        boolean hasClasses() {
            return this == CATEGORICAL || this == DISCRETISED_LOGISTIC_MIXTURE;
        }

        /** For models that have no standard deviation to be given. */
        void requireNotFixed() {
            require(this != GAUSSIAN_FIXED, "likelihood", "any of vae but that of a fixed standard deviation",
                    inWords());
        }

        /** As on a command line. */
        String inWords() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** What an encoder sees of x: numbers that are not large, of counts log(x + 1), of classes from 0 to 1. */
        Value seen(Value x) {
            return seen(x, CLASSES);
        }

        Value seen(Value x, int classes) {
            if (hasClasses()) {
                return Scale.of(x, 1f / (classes - 1), 0);
            }
            return isOfCounts() ? Activate.of(Scale.of(x, 1, 1), Activation.LOG) : x;
        }

        /** The likelihood of a decoder that ends in its logits or means, where it takes no more of each row. */
        Distribution of(Value location) {
            return this == BERNOULLI ? new Bernoulli(location) : this == SIGMA_VAE ? new OptimalGaussian(location)
                    : new DiagonalGaussian(location, LearnedRow.of(location
                            .graph(), "likelihood.logVariance", location.columns(), 0));
        }

        /** The likelihood of a decoder whose last hidden layer is d, of a model without these settings. */
        Distribution of(Value d, long columns) {
            return of(d, VaeSettings.of(columns, 1));
        }

        /** The likelihood of a decoder whose last hidden layer is d. */
        Distribution of(Value d, VaeSettings settings) {
            long columns = settings.columns;
            float logVariance = (float) (2 * StrictMath.log(settings.standardDeviation));
            return switch (this) {
                case BERNOULLI -> new Bernoulli(Dense.of("logits", d, columns, Activation.IDENTITY));
                case GAUSSIAN -> DiagonalGaussian.of("likelihood", d, columns);
                case GAUSSIAN_SHARED -> new DiagonalGaussian(Dense.of("mean", d, columns, Activation.IDENTITY),
                        LearnedRow.of(d.graph(), "likelihood.logVariance", columns, logVariance));
                case GAUSSIAN_FIXED -> new DiagonalGaussian(Dense.of("mean", d, columns, Activation.IDENTITY),
                        ConstantRow.of(d.graph(), "likelihood.logVariance", columns, logVariance));
                case POISSON -> new Poisson(settings.logMean("logRate", d));
                case CONTINUOUS_BERNOULLI -> new ContinuousBernoulli(Dense.of("logits", d, columns,
                        Activation.IDENTITY));
                case LAPLACE -> Laplace.of("likelihood", d, columns);
                case STUDENT_T -> StudentT.of("likelihood", d, columns, DEGREES_OF_FREEDOM);
                case NEGATIVE_BINOMIAL -> new NegativeBinomial(settings.logMean("logMean", d),
                        logInverseDispersion(d, columns));
                case ZERO_INFLATED_NEGATIVE_BINOMIAL -> new ZeroInflatedNegativeBinomial(
                        settings.logMean("logMean", d), logInverseDispersion(d, columns),
                        Dense.of("extraZeros", d, columns, Activation.IDENTITY));
                case CATEGORICAL -> new ClassNumbers(Dense.of("logits", d, Math.multiplyExact(columns,
                        settings.classes), Activation.IDENTITY), settings.classes);
                case SIGMA_VAE -> new OptimalGaussian(Dense.of("mean", d, columns, Activation.IDENTITY));
                case DISCRETISED_LOGISTIC_MIXTURE -> LogisticMixture.of("likelihood", d, columns, settings.components,
                        settings.classes);
            };
        }
    }

    /** Of counts, or of a library of size 1. */
    private Value logMean(String name, Value d) {
        Value of = Dense.of(name, d, columns, Activation.IDENTITY);
        return librarySize ? LogSoftmax.of(of) : of;
    }

    /** A likelihood of counts in a library of size 1 as that of the library that x is. */
    static Distribution ofLibrary(Distribution p, Value x) {
        Value logMean = p.parameters().get(0);
        Value ofX = Add.of(logMean, Spread.of(LibrarySize.of(x), p.columns()));
        return p.with(v -> v == logMean ? ofX : v);
    }

    private static Value logInverseDispersion(Value d, long columns) {
        return LearnedRow.of(d.graph(), "likelihood.logInverseDispersion", columns, 0);
    }

    /** Deeper ones do not train without skip connections, and the time to compile a step grows with the square. */
    private static final int MOST_LAYERS = 100;

    private static final int CLASSES = 256;
    private static final int COMPONENTS = 5;
    private static final int PRIOR_COMPONENTS = 10;

    /** With 256 classes and 5 components, if the likelihood has any, and the prior N(0, I). */
    public VaeSettings(long columns, List<Integer> hidden, int latent, Activation activation,
            LikelihoodKind likelihood, double standardDeviation, boolean binarise) {
        this(columns, hidden, latent, activation, likelihood, standardDeviation, binarise, CLASSES, COMPONENTS, false,
                Prior.STANDARD, PRIOR_COMPONENTS);
    }

    public VaeSettings {
        hidden = List.copyOf(hidden);
        require(columns >= 1, "columns", "at least 1", columns);
        require(hidden.size() <= MOST_LAYERS, "hidden", "at most " + MOST_LAYERS + " layers", hidden.size());
        for (int units : hidden) {
            require(units >= 1, "hidden", "at least 1 unit in every layer", units);
        }
        HiddenActivation.require(activation);
        Objects.requireNonNull(likelihood, "likelihood");
        require(latent >= 1, "latent", "at least 1", latent);
        require(standardDeviation >= 1e-18 && standardDeviation <= 1e18, "standardDeviation",
                "from 1e-18 to 1e18, so that float32 holds its square and the inverse of that", standardDeviation);
        require(!binarise || likelihood == LikelihoodKind.BERNOULLI, "binarise",
                "left out with the likelihood " + likelihood.inWords() + " (it goes with bernoulli)", true);
        require(classes >= 2 && classes <= 1 << 24, "classes", "from 2 to 2^24", classes);
        require(components >= 1, "components", "at least 1", components);
        Objects.requireNonNull(prior, "prior");
        require(priorComponents >= 1, "priorComponents", "at least 1", priorComponents);
        require(!librarySize || likelihood.isOfCounts(), "librarySize", "left out with the likelihood " + likelihood
                .inWords() + " (it goes with those of counts)", true);
    }

    /**
     * ReLU in the hidden layers, a Bernoulli likelihood of the data as it is.
     *
     * @param hidden units of the encoder's hidden layers, the decoder's mirrored
     */
    public static VaeSettings of(long columns, int latent, int... hidden) {
        return new VaeSettings(columns, IntStream.of(hidden).boxed().toList(), latent, Activation.RELU,
                LikelihoodKind.BERNOULLI, 1, false);
    }

    public VaeSettings withActivation(Activation function) {
        return new VaeSettings(columns, hidden, latent, function, likelihood, standardDeviation, binarise, classes,
                components, librarySize, prior, priorComponents);
    }

    public VaeSettings withLikelihood(LikelihoodKind kind) {
        return new VaeSettings(columns, hidden, latent, activation, kind, standardDeviation, binarise, classes,
                components, librarySize, prior, priorComponents);
    }

    public VaeSettings withStandardDeviation(double deviation) {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, deviation, binarise, classes,
                components, librarySize, prior, priorComponents);
    }

    public VaeSettings withBinarise() {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, standardDeviation, true, classes,
                components, librarySize, prior, priorComponents);
    }

    public VaeSettings withClasses(int count) {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, standardDeviation, binarise, count,
                components, librarySize, prior, priorComponents);
    }

    public VaeSettings withComponents(int count) {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, standardDeviation, binarise, classes,
                count, librarySize, prior, priorComponents);
    }

    public VaeSettings withLibrarySize() {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, standardDeviation, binarise, classes,
                components, true, prior, priorComponents);
    }

    /** With a mixture of so many Gaussians as the prior. */
    public VaeSettings withMixturePrior(int count) {
        return new VaeSettings(columns, hidden, latent, activation, likelihood, standardDeviation, binarise, classes,
                components, librarySize, Prior.MIXTURE, count);
    }
}
