package io.elbo4j.numerics;

/**
 * What the KL divergence between Gaussians takes from their variances, doubled; the same bits as
 * {@code native/spec/variance_kl.h}.
 *
 * <pre>
 * varianceKl(x, ratio) = ratio - x - 1,  ratio = exp(x) the quotient of the variances, x the logarithm of it
 * </pre>
 *
 * It is x^2 / 2 near 0, where the difference would cancel: there a polynomial of x times x^2, so that it is never
 * negative.
 *
 * <p>Accuracy against exp(x) - 1 - x, with ratio = exp(x / 2) exp(x / 2) of {@link Exp}: max relative error 9.4e-7 for
 * |x| &lt; 1/2, 2.2e-6 elsewhere, exhaustive; of results below 2^-126 that of a denormal number. varianceKl(±0, 1) =
 * +0, varianceKl(-inf, 0) = +inf, varianceKl(88.8, +inf) = +inf; NaN in one of them gives NaN, and so does an infinite
 * ratio with |x| &lt; 1/2.
 *
 * <p>Coefficients: minimax of (exp(x) - 1 - x) / x^2 on [-1/2, 1/2], relative error, rounded to float.
 */
public final class VarianceKl {
    private static final float NEAR = 0.5f;
    /** Steep enough that every |x| below NEAR, the nearest too, has a slope times its distance of more than 1. */
    private static final float STEEP = 0x1p60f;

    private VarianceKl() {}

    /** ratio - x - 1 for ratio = exp(x). */
    public static float varianceKl(float x, float ratio) {
        float bounded = Math.max(Math.min(x, NEAR), -NEAR);
        float p = 0x1.6cd0d6p-10f;
        p = Math.fma(p, bounded, 0x1.13183p-7f);
        p = Math.fma(p, bounded, 0x1.5556d6p-5f);
        p = Math.fma(p, bounded, 0x1.555354p-3f);
        p = Math.fma(p, bounded, 0x1.fffffep-2f);
        float near = (bounded * bounded) * p;
        float far = (ratio - x) - 1;
        // 1 near 0, else 0: the compiler makes no vector code of a comparison
        float choice = Math.min(Math.max((NEAR - Math.abs(x)) * STEEP, 0), 1);
        return near * choice + far * (1 - choice);
    }
}
