package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Layer normalisation (Ba, Kiros and Hinton 2016, equations 3 and 4): each row to mean 0 and variance 1, then a gain
 * and a bias for each column.
 *
 * <pre>
 *   mean = sum(x) / D,  rstd = 1 / sqrt(sum((x - mean)^2) / D + epsilon),  xhat = (x - mean) rstd
 *   y = gamma xhat + beta
 *   g = gamma dY,  dX = rstd (g - sum(g) / D - xhat sum(g xhat) / D)
 *   dGamma = sum over the rows of dY xhat,  dBeta = sum over the rows of dY
 * </pre>
 *
 * {@code x}, {@code y} and their gradients are B x D float32 with D >= 1; {@code gamma}, {@code beta} and their
 * gradients are 1 x D; {@code mean} and {@code rstd}, which the gradients take from the forward pass, are B x 1. dBeta
 * has the bits of {@link Sums#columns} of dY.
 *
 * <p>Errors, with u = 2^-24, and mean|.| a mean over the row: of the mean u (|mean| + 2 mean|x|); of y, where mean|x|
 * is at most 2048 standard deviations, u (|gamma| (3 mean|x| rstd + 7 |xhat|) + |y|); of dX, from the given mean and
 * rstd, 11 u rstd (|g| + mean|g| + |xhat| mean|g xhat|); of dGamma 3 u sum|dY xhat| more than the sum's, see
 * {@link Sums}. An underflow adds to them.
 *
 * <p>A row that is constant, as one of 1 column is, has xhat = 0 up to the rounding of its mean, and y = beta. NaN or
 * an infinity in a row of x, or sums of four neighbours that overflow (|x| above 8.5e37), make all of its y and dX NaN;
 * other rows do not feel it. Squares of differences above 1.8e19 overflow: rstd is then 0 and y = beta. Errors are
 * reported as by {@link GaussianSampleKl}.
 */
public final class LayerNorm {
    private static final double NANOS_PER_ELEMENT = 0.4;

    private LayerNorm() {}

    /**
     * y, with the mean and rstd of each row.
     *
     * @param epsilon added to the variance; above 0
     */
    public static Launch forward(Matrix x, Matrix gamma, Matrix beta, float epsilon, Matrix y, Matrix mean,
            Matrix rstd) {
        Arguments.given("LayerNorm.forward", "beta", beta);
        Arguments.given("LayerNorm.forward", "mean", mean);
        return forward("LayerNorm", x, gamma, beta, epsilon, y, mean, rstd);
    }

    /** The gradient with respect to x, of the mean and rstd that {@link #forward} wrote. */
    public static Launch backward(Matrix x, Matrix gamma, Matrix mean, Matrix rstd, Matrix dY, Matrix dX) {
        Arguments.given("LayerNorm.backward", "mean", mean);
        return backward("LayerNorm", x, gamma, mean, rstd, dY, dX);
    }

    /** The gradients with respect to gamma and beta; 0 where there is no row. */
    public static Launch parameterGradients(Matrix x, Matrix mean, Matrix rstd, Matrix dY, Matrix dGamma,
            Matrix dBeta) {
        Arguments.given("LayerNorm.parameterGradients", "mean", mean);
        Arguments.given("LayerNorm.parameterGradients", "dBeta", dBeta);
        return parameterGradients("LayerNorm.parameterGradients", x, mean, rstd, dY, dGamma, dBeta);
    }

    static Launch forward(String of, Matrix x, Matrix gamma, @Nullable Matrix beta, float epsilon, Matrix y,
            @Nullable Matrix mean, Matrix rstd) {
        Arguments a = arguments(of + ".forward", x).input("gamma", gamma, 1, x.columns());
        a.inputOrNull("beta", beta, 1, x.columns());
        a.require(epsilon > 0 && Float.isFinite(epsilon), "epsilon", "be above 0 and finite", epsilon);
        a.output("y", y, x.rows(), x.columns());
        if (mean != null) {
            a.outputPerRow("mean", mean, x.rows());
        }
        a.outputPerRow("rstd", rstd, x.rows());
        return a.launch(new Forward(x, gamma, beta, epsilon, y, mean, rstd)).reads(x).readsAll(gamma, beta)
                .writes(y, mean, rstd).nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    static Launch backward(String of, Matrix x, Matrix gamma, @Nullable Matrix mean, Matrix rstd, Matrix dY,
            Matrix dX) {
        Arguments a = arguments(of + ".backward", x).input("gamma", gamma, 1, x.columns());
        moments(a, x, mean, rstd).input("dY", dY, x.rows(), x.columns()).output("dX", dX, x.rows(), x.columns());
        return a.launch(new Backward(x, gamma, mean, rstd, dY, dX)).reads(x, mean, rstd, dY).readsAll(gamma)
                .writes(dX).nanosPerItem(NANOS_PER_ELEMENT * x.columns());
    }

    static Launch parameterGradients(String name, Matrix x, @Nullable Matrix mean, Matrix rstd, Matrix dY,
            Matrix dGamma, @Nullable Matrix dBeta) {
        Arguments a = moments(arguments(name, x), x, mean, rstd);
        a.input("dY", dY, x.rows(), x.columns()).output("dGamma", dGamma, 1, x.columns());
        if (dBeta != null) {
            a.output("dBeta", dBeta, 1, x.columns());
        }
        return a.launch(new ParameterGradients(x, mean, rstd, dY, dGamma, dBeta, BatchSum.chunksOf(x.rows()))).readsAll(
                x, mean, rstd, dY)
                .writes(Arguments.asColumn(dGamma), dBeta == null ? null : Arguments.asColumn(dBeta))
                .nanosPerItem(NANOS_PER_ELEMENT * x.rows());
    }

    private static Arguments arguments(String name, Matrix x) {
        Arguments a = new Arguments(name).input("x", x);
        return a.require(x.columns() >= 1, "x", "have at least 1 column", x.columns() + " columns");
    }

    private static Arguments moments(Arguments a, Matrix x, @Nullable Matrix mean, Matrix rstd) {
        if (mean != null) {
            a.inputPerRow("mean", mean, x.rows());
        }
        return a.inputPerRow("rstd", rstd, x.rows());
    }

    /** Items are rows. Without beta and mean it is {@link RmsNorm}. */
    public record Forward(Matrix x, Matrix gamma, @Nullable Matrix beta, float epsilon, Matrix y, @Nullable Matrix mean,
            Matrix rstd)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are rows. Without mean it is {@link RmsNorm}. */
    public record Backward(Matrix x, Matrix gamma, @Nullable Matrix mean, Matrix rstd, Matrix dY, Matrix dX)
            implements
                Operation {
        @Override
        public long items() {
            return x.rows();
        }
    }

    /** Items are columns. Without mean and dBeta it is {@link RmsNorm}. */
    public record ParameterGradients(Matrix x, @Nullable Matrix mean, Matrix rstd, Matrix dY, Matrix dGamma,
            @Nullable Matrix dBeta, int chunks) implements BatchSum {
        @Override
        public Matrix batch() {
            return x;
        }

        @Override
        public List<Matrix> results() {
            return dBeta == null ? List.of(dGamma) : List.of(dGamma, dBeta);
        }

        @Override
        public BatchSum withChunks(int chunks) {
            return new ParameterGradients(x, mean, rstd, dY, dGamma, dBeta, chunks);
        }

        @Override
        public long items() {
            return x.columns();
        }
    }
}
