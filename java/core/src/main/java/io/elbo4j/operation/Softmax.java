package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;

/**
 * The probabilities that the C logits of a row stand for, y_c = exp(x_c) / sum_j exp(x_j), and their logarithms, both
 * without overflow (Goodfellow, Bengio and Courville 2016, Deep Learning, section 4.1). Matrices are rows x C float32
 * with C >= 1. A logit of -infinity has the probability 0; a row with NaN or +infinity, or of -infinity alone, is NaN.
 * Errors are reported as by {@link GaussianSampleKl}.
 */
public final class Softmax {
    private static final double FORWARD_NANOS = 0.8;
    private static final double BACKWARD_NANOS = 0.3;
    private static final double LOG_NANOS = 0.6;

    private Softmax() {}

    /**
     * y = exp(x - m) / sum exp(x - m), with m the largest x of the row. The error is at most (m - x + log C + 8) 2^-24
     * of y, and 2^-125: what is smaller may be 0.
     */
    public static Launch forward(Matrix x, Matrix y) {
        Arguments a = arguments("Softmax.forward", "x", x).output("y", y, x.rows(), x.columns());
        return a.launch(new Forward(x, y)).reads(x).writes(y).nanosPerItem(FORWARD_NANOS * x.columns());
    }

    /**
     * y = x - m - log sum exp(x - m), with m the largest x of the row. The error is at most
     * (2 (m - x) + 4 log C + 5) 2^-24.
     */
    public static Launch logForward(Matrix x, Matrix y) {
        Arguments a = arguments("Softmax.logForward", "x", x).output("y", y, x.rows(), x.columns());
        return a.launch(new LogForward(x, y)).reads(x).writes(y).nanosPerItem(LOG_NANOS * x.columns());
    }

    /**
     * Of {@link #forward}: dx = y (dy - sum_j y_j dy_j), from its result y. For probabilities y the error is at most
     * 9 y max|dy| 2^-24, where nothing underflows.
     */
    public static Launch backward(Matrix y, Matrix dy, Matrix dx) {
        return gradient("Softmax.backward", y, dy, dx).launch(new Backward(y, dy, dx)).reads(y, dy).writes(dx)
                .nanosPerItem(BACKWARD_NANOS * y.columns());
    }

    /**
     * Of {@link #logForward}: dx = dy - exp(y) sum_j dy_j, from its result y. The error is at most
     * (5 exp(y) sum|dy| + |dx|) 2^-24, where nothing underflows.
     */
    public static Launch logBackward(Matrix y, Matrix dy, Matrix dx) {
        return gradient("Softmax.logBackward", y, dy, dx).launch(new LogBackward(y, dy, dx)).reads(y, dy).writes(dx)
                .nanosPerItem(LOG_NANOS * y.columns());
    }

    private static Arguments gradient(String name, Matrix y, Matrix dy, Matrix dx) {
        Arguments a = arguments(name, "y", y).input("dy", dy, y.rows(), y.columns());
        return a.output("dx", dx, y.rows(), y.columns());
    }

    private static Arguments arguments(String name, String argument, Matrix m) {
        Arguments a = new Arguments(name).input(argument, m);
        return a.require(m.columns() >= 1, argument, "have at least 1 column", m.columns() + " columns");
    }

    /** Items are rows. */
    public record Forward(Matrix x, Matrix y) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record LogForward(Matrix x, Matrix y) implements Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. */
    public record Backward(Matrix y, Matrix dy, Matrix dx)
            implements
                Operation {
        @Override
        public long items() {
            return y.rows();
        }
    }

    /** Items are rows. */
    public record LogBackward(Matrix y, Matrix dy, Matrix dx)
            implements
                Operation {
        @Override
        public long items() {
            return y.rows();
        }
    }
}
