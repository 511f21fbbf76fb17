package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BernoulliTest {
    private static float logLikelihood(float x, float l) {
        return Bernoulli.logLikelihood(x, l, Exp.expNonpositive(-Math.abs(l)));
    }

    /** log sigmoid(l) without a cancellation, in double precision. */
    private static double logSigmoid(double l) {
        return l > 0 ? -Math.log1p(Math.exp(-l)) : l - Math.log1p(Math.exp(l));
    }

    @Test
    void staysWithinThePromisedUlpForOnesAndForZeros() {
        float bound = 86.98f;
        Accuracy.assertUlp(l -> logLikelihood(1, l), BernoulliTest::logSigmoid, 0, bound, 3);
        Accuracy.assertUlp(l -> logLikelihood(1, l), BernoulliTest::logSigmoid, -0.0f, -bound, 3);
        Accuracy.assertUlp(l -> logLikelihood(0, l), l -> logSigmoid(-l), 0, bound, 3);
        Accuracy.assertUlp(l -> logLikelihood(0, l), l -> logSigmoid(-l), -0.0f, -bound, 3);
    }

    /** Between 0 and 1 the product and the maximum may cancel: the error is of their size. */
    @ParameterizedTest
    @ValueSource(floats = {0.001f, 0.3f, 0.5f, 0.999f})
    void targetsBetweenAreAccurateToTheirTerms(float x) {
        for (float l = -80; l <= 80; l += 0.37f) {
            double expected = x * logSigmoid(l) + (1 - x) * logSigmoid(-l);
            double error = Math.abs(logLikelihood(x, l) - expected);
            assertBits(0, (float) Math.max(0, error - 0x1.8p-23 * (Math.abs(expected) + Math.log(2))));
        }
    }

    @Test
    void specialValues() {
        assertBits((float) -Math.log(2), logLikelihood(0, 0));
        assertBits((float) -Math.log(2), logLikelihood(1, -0.0f));
        assertBits(Float.NaN, logLikelihood(0, Float.POSITIVE_INFINITY));
        assertBits(Float.NEGATIVE_INFINITY, logLikelihood(1, Float.NEGATIVE_INFINITY));
        assertBits(Float.NaN, logLikelihood(0.5f, Float.NaN));
        assertBits(Float.NaN, logLikelihood(Float.NaN, 1));
    }
}
