package io.elbo4j.numerics;

/**
 * What the KL divergence between Gaussians takes from their variances, doubled; the same bits as
 * {@code native/spec/variance_kl.h}.
 *
 * <pre>
 * varianceKl(x, r) = r^2 - x - 1,  r = exp(x / 2) the quotient of the standard deviations
 * </pre>
 *
 * It is x^2 / 2 near 0, where the difference would cancel: there a polynomial of x times x^2, so that it is never
 * negative.
 *
 * <p>Accuracy against exp(x) - 1 - x, with r of {@link Exp}: max relative error 7.2e-6, dense sweep; of results below
 * 2^-126 that of a denormal number. varianceKl(±0, 1) = +0, varianceKl(-inf, 0) = +inf, varianceKl(200, +inf) = +inf;
 * NaN in one of them gives NaN, and so does an infinite r with |x| &lt; 3/8.
 *
 * <p>Coefficients: minimax of (exp(x) - 1 - x) / x^2 on [-3/8, 3/8], relative error, rounded to float one by one.
 */
public final class VarianceKl {
    private static final float NEAR = 0.375f;
    /** Steep enough that the nearest square below that of NEAR has a distance times this of more than 1. */
    private static final float STEEP = 0x1p60f;

    private VarianceKl() {}

    /** r^2 - x - 1 for r = exp(x / 2). */
    public static float varianceKl(float x, float r) {
        float bounded = Math.max(Math.min(x, NEAR), -NEAR);
        float p = 0x1.115f9ep-7f;
        p = Math.fma(p, bounded, 0x1.56ef58p-5f);
        p = Math.fma(p, bounded, 0x1.55561ap-3f);
        p = Math.fma(p, bounded, 0x1.ffff1ap-2f);
        float near = (bounded * bounded) * p;
        float far = Math.fma(r, r, -1 - x);
        // 1 near 0, else 0: the compiler makes no vector code of a comparison
        float choice = Math.min(Math.max((NEAR * NEAR - x * x) * STEEP, 0), 1);
        return near * choice + far * (1 - choice);
    }
}
