package io.elbo4j.operation;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;

/**
 * Root mean square normalisation (Zhang and Sennrich 2019, equation 4): each row to mean square 1, then a gain for each
 * column. It is {@link LayerNorm} with a mean of 0, without beta.
 *
 * <pre>
 *   rstd = 1 / sqrt(sum(x^2) / D + epsilon),  xhat = x rstd,  y = gamma xhat
 *   g = gamma dY,  dX = rstd (g - xhat sum(g xhat) / D),  dGamma = sum over the rows of dY xhat
 * </pre>
 *
 * Shapes as there. Errors, u = 2^-24: of y 5 u |y|, of dX as there without mean|g|, of dGamma as there. NaN in a row of
 * x makes all of its y and dX NaN; other rows do not feel it. Squares of |x| above 1.8e19 overflow: rstd, y and dX are
 * then 0; an infinity's y is NaN, as is all of its row's dX. Errors are reported as by {@link GaussianSampleKl}.
 */
public final class RmsNorm {
    private RmsNorm() {}

    /**
     * y, with the rstd of each row.
     *
     * @param epsilon added to the mean square; above 0
     */
    public static Launch forward(Matrix x, Matrix gamma, float epsilon, Matrix y, Matrix rstd) {
        return LayerNorm.forward("RmsNorm", x, gamma, null, epsilon, y, null, rstd);
    }

    /** The gradient with respect to x, of the rstd that {@link #forward} wrote. */
    public static Launch backward(Matrix x, Matrix gamma, Matrix rstd, Matrix dY, Matrix dX) {
        return LayerNorm.backward("RmsNorm", x, gamma, null, rstd, dY, dX);
    }

    /** The gradient with respect to gamma; 0 where there is no row. */
    public static Launch gammaGradient(Matrix x, Matrix rstd, Matrix dY, Matrix dGamma) {
        return LayerNorm.parameterGradients("RmsNorm.gammaGradient", x, null, rstd, dY, dGamma, null);
    }
}
