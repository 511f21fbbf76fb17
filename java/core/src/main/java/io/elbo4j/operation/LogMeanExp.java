package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/**
 * log (1/K) sum_k exp(x_k) of each row, without overflow: the importance-weighted bound of K log-weights (Burda, Grosse
 * and Salakhutdinov 2016, equation 8). {@code x} is B x K float32 with K >= 1, {@code result} is B x 1, in the unit of
 * x (nats). A row with NaN gives NaN, else one with +infinity +infinity, and a row of -infinity alone gives -infinity.
 * Errors are reported as by {@link GaussianSampleKl}.
 */
public final class LogMeanExp {
    private static final double NANOS_PER_ELEMENT = 0.6;

    private LogMeanExp() {}

    /** The log-mean-exp of each row. */
    public static Launch forward(Matrix x, Matrix result) {
        Arguments a = arguments("LogMeanExp.forward", x).outputPerRow("result", result, x.rows());
        return a.launch(new Forward(x, result)).reads(x).writes(result).nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    /**
     * dx (B x K) = dResult exp(x) / sum exp(x), with dResult B x 1: each sample's normalised weight. They sum to
     * dResult within K/2 + 3 ULP, whatever the magnitude of x. An infinite maximum of a row, or a NaN, gives NaN.
     */
    public static Launch backward(Matrix x, Matrix dResult, Matrix dx) {
        Arguments a = arguments("LogMeanExp.backward", x);
        a.inputPerRow("dResult", dResult, x.rows()).output("dx", dx, x.rows(), x.columns());
        return a.launch(new Backward(x, dResult, dx)).reads(x, dResult).writes(dx)
                .nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    private static Arguments arguments(String name, Matrix x) {
        Arguments a = new Arguments(name).input("x", x);
        return a.require(x.columns() >= 1, "x", "have at least 1 column", x.columns() + " columns");
    }

    /** Items are rows. */
    public record Forward(Matrix x, Matrix result)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record Backward(Matrix x, Matrix dResult, Matrix dx)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }
}
