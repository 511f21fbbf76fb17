package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import io.elbo4j.numerics.Bernoulli;
import io.elbo4j.numerics.ElementLikelihood;
import io.elbo4j.numerics.Poisson;
import org.jspecify.annotations.Nullable;

/**
 * The log-likelihoods of independent elements with one parameter each: one operation, whose kernels take the function
 * from a list. Users call the class of a likelihood, as {@link BernoulliLogLikelihood}.
 */
public final class LogLikelihood {
    private static final double NANOS_PER_ELEMENT = 0.8;

    private LogLikelihood() {}

    /** In the order of {@code native/spec/likelihoods.h}. */
    public enum Function {
        BERNOULLI(Bernoulli.OF_LOGITS), POISSON(Poisson.OF_LOG_RATES);

        private final ElementLikelihood elements;

        Function(ElementLikelihood elements) {
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

    /** A likelihood's arguments: its name, and its parameter's. */
    record Named(Function function, String name, String parameter) {
        Launch forward(Matrix parameter, Matrix x, Matrix logLikelihood) {
            Arguments a = arguments(name + ".forward", parameter, x, logLikelihood);
            return launch(a, new Fused(function, parameter, x, null, logLikelihood, null));
        }

        Launch fused(Matrix parameter, Matrix x, Matrix dLogLikelihood, Matrix logLikelihood, Matrix dParameter) {
            Arguments a = arguments(name + ".fused", parameter, x, logLikelihood);
            a.inputPerRow("dLogLikelihood", dLogLikelihood, parameter.rows());
            String gradient = "d" + Character.toUpperCase(this.parameter.charAt(0)) + this.parameter.substring(1);
            a.output(gradient, dParameter, parameter.rows(), parameter.columns());
            return launch(a, new Fused(function, parameter, x, dLogLikelihood, logLikelihood, dParameter));
        }

        private Arguments arguments(String operation, Matrix of, Matrix x, Matrix logLikelihood) {
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
}
