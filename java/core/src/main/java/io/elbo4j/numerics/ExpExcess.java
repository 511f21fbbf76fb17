package io.elbo4j.numerics;

/**
 * exp(y) - 1 - y from y and exp(y), the same bits as {@code native/spec/exp_excess.h}: y^2 times a polynomial near 0,
 * where the difference would cancel, so that it is never negative.
 *
 * <p>Accuracy with an exp(y) that is right to 2 ULP: max relative error 2^-19, swept; of results below 2^-126 that of a
 * denormal number. NaN stays NaN.
 *
 * <p>Coefficients: minimax of (exp(y) - 1 - y) / y^2 on [-0.7, 0.7], relative error, rounded to float one by one.
 */
final class ExpExcess {
    private ExpExcess() {}

    static float of(float y, float expY) {
        float square = y * y;
        if (square < 0x1.f4p-2f) {
            float p = 0x1.a16abcp-16f;
            p = Math.fma(p, y, 0x1.a51132p-13f);
            p = Math.fma(p, y, 0x1.6c1aacp-10f);
            p = Math.fma(p, y, 0x1.110c38p-7f);
            p = Math.fma(p, y, 0x1.55554cp-5f);
            p = Math.fma(p, y, 0x1.55555ap-3f);
            p = Math.fma(p, y, 0.5f);
            return square * p;
        }
        return (expY - 1.0f) - y;
    }
}
