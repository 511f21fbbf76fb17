package io.elbo4j.numerics;

import static io.elbo4j.numerics.Accuracy.assertBits;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UniformTest {
    @Test
    void isTheHigh24BitsExactly() {
        for (int high = 0; high < 1 << 24; high++) {
            double expected = high / 16777216.0;
            assertTrue(Uniform.uniform01(high << 8) == expected && Uniform.uniform01(high << 8 | 0xff) == expected);
        }
    }

    @Test
    void neverReachesOne() {
        assertBits(0.0f, Uniform.uniform01(0));
        assertBits(Math.nextDown(1.0f), Uniform.uniform01(-1));
    }
}
