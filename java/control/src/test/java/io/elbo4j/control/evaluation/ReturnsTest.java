package io.elbo4j.control.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ReturnsTest {
    /** By hand: of 1, 2, 3 and 6 the mean is 3, the squares sum to 14, and 14 / (4 - 1) / 4 = 7 / 6. */
    @Test
    void theStandardErrorIsThatOfTheMean() {
        Returns returns = new Returns(new double[] {1, 2, 3, 6});
        assertEquals(3, returns.mean());
        assertEquals(1.0801234497346435, returns.standardError(), 1e-12);
        assertEquals(Double.NaN, new Returns(new double[] {5}).standardError());
    }
}
