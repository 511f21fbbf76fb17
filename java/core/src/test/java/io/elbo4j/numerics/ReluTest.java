package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ReluTest {
    @Test
    void isExact() {
        Accuracy.sweep(Float.MIN_VALUE, Float.POSITIVE_INFINITY, x -> assertTrue(Relu.relu(x) == x));
        Accuracy.sweep(-0.0f, Float.NEGATIVE_INFINITY, x -> assertTrue(Float.floatToRawIntBits(Relu.relu(x)) == 0));
    }

    @Test
    void specialValues() {
        assertBits(0.0f, Relu.relu(0.0f));
        assertBits(0.0f, Relu.relu(-0.0f));
        assertBits(Float.MIN_VALUE, Relu.relu(Float.MIN_VALUE));
        assertBits(0.0f, Relu.relu(-Float.MIN_VALUE));
        assertTrue(Float.isNaN(Relu.relu(Float.NaN)));
        assertTrue(Float.isNaN(Relu.relu(Float.intBitsToFloat(0xffc00000))));
    }
}
