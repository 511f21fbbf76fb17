package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.numerics.Bernoulli;
import io.elbo4j.numerics.ContinuousBernoulli;
import io.elbo4j.numerics.ElementLikelihood;
import io.elbo4j.numerics.Laplace;
import io.elbo4j.numerics.NegativeBinomial;
import io.elbo4j.numerics.Poisson;
import io.elbo4j.numerics.StudentT;
import io.elbo4j.numerics.ZeroInflatedNegativeBinomial;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The log-likelihoods of independent elements with one to three parameters each, summed over the dimensions: one
 * operation, whose kernels take the {@link Function} from a list.
 *
 * <p>Matrices with D columns store float32, or all of them one 16-bit type ({@link io.elbo4j.ElementType}); numbers
 * per row are float32. A parameter is KB x D, {@code x} is B x D: rows rK to rK + K - 1 of the parameters belong to
 * row r of x. {@code logLikelihood} is KB x 1, in nats. NaN in a row's inputs gives NaN in its outputs. Errors are
 * reported as by {@link GaussianSampleKl}; the parameters have their function's names.
 */
public final class LogLikelihood {
    private static final double NANOS_PER_ELEMENT = 0.8;

    private LogLikelihood() {}

    /** In the order of {@code native/spec/likelihoods.h}. */
    public enum Function {
        /** of logits; see {@link BernoulliLogLikelihood} */
        BERNOULLI(Bernoulli.OF_LOGITS, "logits"),
        /**
         * of logRate: sum(x logRate - exp(logRate) - log(x!)), its gradient dLogLikelihood (x - exp(logRate)). x are
         * counts, whole numbers from 0 to 2^24 (others are not refused). A log-rate above 88.7 gives -infinity.
         */
        POISSON(Poisson.OF_LOG_RATES, "logRate"),
        /**
         * of logits: a density of x in [0, 1], sum(x logits - log((exp(logits) - 1) / logits)) (Loaiza-Ganem and
         * Cunningham 2019). Any finite logit gives a finite result. See {@link ContinuousBernoulli} for its error.
         */
        CONTINUOUS_BERNOULLI(ContinuousBernoulli.OF_LOGITS, "logits"),
        /** of mean and logScale: -sum(log 2 + logScale + |x - mean| exp(-logScale)) */
        LAPLACE(Laplace.OF_LOG_SCALES, "mean", "logScale"),
        /** of mean and logScale; see {@link LogLikelihood#studentT} */
        STUDENT_T(null, "mean", "logScale"),
        /**
         * of logMean and logInverseDispersion, of counts as for POISSON: with mu = exp(logMean) and theta =
         * exp(logInverseDispersion), as scvi-tools has them, the mean is mu, the variance mu + mu^2 / theta;
         * sum(log Gamma(x + theta) - log Gamma(theta) - log(x!) + theta log(theta / (theta + mu)) + x log(mu / (theta +
         * mu))). A theta that overflows gives NaN.
         */
        NEGATIVE_BINOMIAL(NegativeBinomial.OF_LOGARITHMS, "logMean", "logInverseDispersion"),
        /** of these and of extraZeros, the logits of the probability that a count is 0 for another reason */
        ZERO_INFLATED_NEGATIVE_BINOMIAL(ZeroInflatedNegativeBinomial.OF_LOGITS, "logMean", "logInverseDispersion",
                "extraZeros");

        private final @Nullable ElementLikelihood elements;
        private final List<String> parameters;

        /** @param elements null where it has numbers */
        Function(@Nullable ElementLikelihood elements, String... parameters) {
            this.elements = elements;
            this.parameters = List.of(parameters);
        }

        /** The names of its parameters. */
        public List<String> parameters() {
            return parameters;
        }

        private ElementLikelihood elements(float shape, float constant) {
            return elements == null ? new StudentT(shape, constant) : elements;
        }
    }

    /** A function with its numbers, which are the same for all elements. */
    public record Likelihood(Function function, float shape, float constant) {
        /** What the java backend computes it with. */
        public ElementLikelihood elements() {
            return function.elements(shape, constant);
        }
    }

    /** Any function but Student's t. */
    public static Likelihood of(Function function) {
        String operation = "LogLikelihood";
        if (Arguments.given(operation, "function", function).elements == null) {
            throw new IllegalArgumentException(operation + ": function must be one without numbers, not " + function
                    + ", which studentT makes");
        }
        return new Likelihood(function, 0, 0);
    }

    /**
     * Student's t with nu degrees of freedom, from 0.001 to 1e6: its log-density is
     *
     * <pre>
     * log Gamma((nu + 1) / 2) - log Gamma(nu / 2) - log(nu pi) / 2 - logScale
     *     - (nu + 1) / 2 log(1 + (x - mean)^2 exp(-2 logScale) / nu)
     * </pre>
     */
    public static Likelihood studentT(double degreesOfFreedom) {
        if (!(degreesOfFreedom >= 0.001 && degreesOfFreedom <= 1e6)) {
            throw new IllegalArgumentException("LogLikelihood: degreesOfFreedom must be from 0.001 to 1e6, not "
                    + degreesOfFreedom);
        }
        StudentT t = StudentT.of((float) degreesOfFreedom);
        return new Likelihood(Function.STUDENT_T, t.nu(), t.constant());
    }

    /** Items are rows of parameter. Without dLogLikelihood there are no gradients; with it any may be missing. */
    public record Fused(Function function, float shape, float constant, Matrix parameter, @Nullable Matrix second,
            @Nullable Matrix third, Matrix x, @Nullable Matrix dLogLikelihood, Matrix logLikelihood,
            @Nullable Matrix dParameter, @Nullable Matrix dSecond, @Nullable Matrix dThird) implements Operation {
        /** @param gradients as many as parameters, or none */
        public Fused(Likelihood of, List<Matrix> parameters, Matrix x, @Nullable Matrix dLogLikelihood,
                Matrix logLikelihood, List<@Nullable Matrix> gradients) {
            this(of.function, of.shape, of.constant, parameters.get(0), get(parameters, 1), get(parameters, 2), x,
                    dLogLikelihood, logLikelihood, get(gradients, 0), get(gradients, 1), get(gradients, 2));
        }

        private static @Nullable Matrix get(List<@Nullable Matrix> list, int i) {
            return i < list.size() ? list.get(i) : null;
        }

        /** What the java backend computes it with. */
        public ElementLikelihood elements() {
            return function.elements(shape, constant);
        }

        @Override
        public long items() {
            return parameter.rows();
        }
    }

    /** Log-likelihood alone. */
    public static Launch forward(Likelihood of, List<Matrix> parameters, Matrix x, Matrix logLikelihood) {
        return forward("LogLikelihood", of, parameters, x, logLikelihood);
    }

    static Launch forward(String name, Likelihood of, List<Matrix> parameters, Matrix x, Matrix logLikelihood) {
        Arguments a = arguments(name + ".forward", of, parameters, x, logLikelihood);
        return launch(a, new Fused(of, parameters, x, null, logLikelihood, List.of()));
    }

    /**
     * Log-likelihood and, in the same pass, the gradients with respect to the parameters (KB x D) from dLogLikelihood
     * (KB x 1).
     *
     * @param gradients one for each parameter, null where it is not wanted
     */
    public static Launch fused(Likelihood of, List<Matrix> parameters, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, List<@Nullable Matrix> gradients) {
        return fused("LogLikelihood", of, parameters, x, dLogLikelihood, logLikelihood, gradients);
    }

    static Launch fused(String name, Likelihood of, List<Matrix> parameters, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, List<@Nullable Matrix> gradients) {
        Arguments a = arguments(name + ".fused", of, parameters, x, logLikelihood);
        Matrix first = parameters.get(0);
        a.inputPerRow("dLogLikelihood", dLogLikelihood, first.rows());
        List<String> names = of.function.parameters;
        a.require(gradients.size() == names.size(), "gradients", "be as many as parameters, " + names.size(), gradients
                .size());
        if (gradients.stream().allMatch(Objects::isNull)) {
            Arguments.given(name + ".fused", gradient(names.get(0)), null);
        }
        for (int i = 0; i < names.size(); i++) {
            a.outputOrNull(gradient(names.get(i)), gradients.get(i), first.rows(), first.columns());
        }
        return launch(a, new Fused(of, parameters, x, dLogLikelihood, logLikelihood, gradients));
    }

    private static String gradient(String parameter) {
        return "d" + Character.toUpperCase(parameter.charAt(0)) + parameter.substring(1);
    }

    private static Arguments arguments(String operation, Likelihood of, List<Matrix> parameters, Matrix x,
            Matrix logLikelihood) {
        List<String> names = Arguments.given(operation, "likelihood", of).function.parameters;
        if (parameters.size() != names.size()) {
            throw new IllegalArgumentException(operation + ": parameters must be " + names + ", not "
                    + parameters.size() + " matrices");
        }
        Matrix first = Arguments.given(operation, names.get(0), parameters.get(0));
        Arguments a = new Arguments(operation).type(first.type()).input(names.get(0), first).input("x", x);
        a.samples(names.get(0), first, "x", x.rows()).shape("x", x, x.rows(), first.columns());
        for (int i = 1; i < names.size(); i++) {
            a.input(names.get(i), parameters.get(i), first.rows(), first.columns());
        }
        return a.outputPerRow("logLikelihood", logLikelihood, first.rows());
    }

    private static Launch launch(Arguments a, Fused of) {
        // With K > 1 the rows of x are no multiple of the items: the launch then takes x as read by all of them.
        return a.launch(of).reads(of.parameter, of.second, of.third, of.x, of.dLogLikelihood)
                .writes(of.logLikelihood, of.dParameter, of.dSecond, of.dThird)
                .nanosPerItem(NANOS_PER_ELEMENT * of.parameter.columns());
    }
}
