package io.elbo4j.train.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.numerics.Uniform;
import org.junit.jupiter.api.Test;

/** How far noise goes that is computed of a uniform number u: as it is documented. */
class NoiseTest {
    private static double u(int word) {
        return Math.fma(UniformNoise.MOST - UniformNoise.LEAST, Uniform.uniform01(word), UniformNoise.LEAST);
    }

    @Test
    void theLeastAndTheMost() {
        double least = u(0);
        double most = u(-1);
        assertEquals(0x1p-25, least);
        assertEquals(1 - 0x1p-23, most);
        assertEquals(-2.86, -Math.log(-Math.log(least)), 0.01);
        assertEquals(15.94, -Math.log(-Math.log(most)), 0.005);
        assertEquals(-17.33, Math.log(least) - Math.log1p(-least), 0.005);
        assertEquals(15.94, Math.log(most) - Math.log1p(-most), 0.005);
    }
}
