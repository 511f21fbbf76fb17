package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.numerics.Bernoulli;
import io.elbo4j.numerics.ContinuousBernoulli;
import io.elbo4j.numerics.ElementLikelihood;
import io.elbo4j.numerics.Poisson;
import org.jspecify.annotations.Nullable;

/**
 * The log-likelihoods of independent elements with one parameter each, summed over the dimensions: one operation, whose
 * kernels take the {@link Function} from a list.
 *
 * <p>Matrices with D columns store float32, or all of them one 16-bit type ({@link io.elbo4j.ElementType}); numbers
 * per row are float32. The parameter is KB x D, {@code x} is B x D: rows rK to rK + K - 1 of the parameter belong to
 * row r of x. {@code logLikelihood} is KB x 1, in nats. NaN in a row's inputs gives NaN in its outputs. Errors are
 * reported as by {@link GaussianSampleKl}; the parameter has its function's name.
 */
public final class LogLikelihood {
    private static final double NANOS_PER_ELEMENT = 0.8;

    private LogLikelihood() {}

    /** In the order of {@code native/spec/likelihoods.h}. */
    public enum Function {
        /** of logits; see {@link BernoulliLogLikelihood} */
        BERNOULLI("logits", Bernoulli.OF_LOGITS),
        /**
         * of logRate: sum(x logRate - exp(logRate) - log(x!)), its gradient dLogLikelihood (x - exp(logRate)). x are
         * counts, whole numbers from 0 to 2^24 (others are not refused). A log-rate above 88.7 gives -infinity.
         */
        POISSON("logRate", Poisson.OF_LOG_RATES),
        /**
         * of logits: a density of x in [0, 1], sum(x logits - log((exp(logits) - 1) / logits)) (Loaiza-Ganem and
         * Cunningham 2019). Any finite logit gives a finite result. See {@link ContinuousBernoulli} for its error.
         */
        CONTINUOUS_BERNOULLI("logits", ContinuousBernoulli.OF_LOGITS);

        private final String parameter;
        private final ElementLikelihood elements;

        Function(String parameter, ElementLikelihood elements) {
            this.parameter = parameter;
            this.elements = elements;
        }

        /** What the java backend computes it with. */
        public ElementLikelihood elements() {
            return elements;
        }
    }

    /** Items are rows of parameter. The gradients are null together. */
    public record Fused(Function function, Matrix parameter, Matrix x, @Nullable Matrix dLogLikelihood,
            Matrix logLikelihood, @Nullable Matrix dParameter) implements Operation {
        @Override
        public long items() {
            return parameter.rows();
        }
    }

    /** Log-likelihood alone. */
    public static Launch forward(Function function, Matrix parameter, Matrix x, Matrix logLikelihood) {
        return forward("LogLikelihood", function, parameter, x, logLikelihood);
    }

    static Launch forward(String name, Function function, Matrix parameter, Matrix x, Matrix logLikelihood) {
        Arguments a = arguments(name + ".forward", function, parameter, x, logLikelihood);
        return launch(a, new Fused(function, parameter, x, null, logLikelihood, null));
    }

    /** Log-likelihood and, in the same pass, dParameter (KB x D) from dLogLikelihood (KB x 1). */
    public static Launch fused(Function function, Matrix parameter, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, Matrix dParameter) {
        return fused("LogLikelihood", function, parameter, x, dLogLikelihood, logLikelihood, dParameter);
    }

    static Launch fused(String name, Function function, Matrix parameter, Matrix x, Matrix dLogLikelihood,
            Matrix logLikelihood, Matrix dParameter) {
        Arguments a = arguments(name + ".fused", function, parameter, x, logLikelihood);
        a.inputPerRow("dLogLikelihood", dLogLikelihood, parameter.rows());
        String of = function.parameter;
        String gradient = "d" + Character.toUpperCase(of.charAt(0)) + of.substring(1);
        a.output(gradient, dParameter, parameter.rows(), parameter.columns());
        return launch(a, new Fused(function, parameter, x, dLogLikelihood, logLikelihood, dParameter));
    }

    private static Arguments arguments(String operation, Function function, Matrix of, Matrix x, Matrix logLikelihood) {
        String parameter = Arguments.given(operation, "function", function).parameter;
        Arguments a = new Arguments(operation).type(Arguments.given(operation, parameter, of).type());
        a.input(parameter, of).input("x", x);
        a.samples(parameter, of, "x", x.rows()).shape("x", x, x.rows(), of.columns());
        return a.outputPerRow("logLikelihood", logLikelihood, of.rows());
    }

    private static Launch launch(Arguments a, Fused of) {
        // With K > 1 the rows of x are no multiple of the items: the launch then takes x as read by all of them.
        return a.launch(of).reads(of.parameter, of.x, of.dLogLikelihood).writes(of.logLikelihood, of.dParameter)
                .nanosPerItem(NANOS_PER_ELEMENT * of.parameter.columns());
    }
}
