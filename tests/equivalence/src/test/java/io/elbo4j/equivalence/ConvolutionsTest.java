package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The suite's cases of tiny images have what they are for: without a -0 among the results they would show nothing. */
class ConvolutionsTest {
    private static final int MOST_CHANNELS = 4;
    private static final int FEWEST_VALUES = 32;
    private static final int NEGATIVE_ZERO = Float.floatToRawIntBits(-0f);

    @TestFactory
    Stream<DynamicTest> everyShapeOfFewChannelsHasNegativeZeros() {
        return Arrays.stream(Shape.ALL).flatMap(shape -> Stream.of(Convolutions.GATHER_TINY, Convolutions.SPREAD_TINY)
                .filter(name -> Convolutions.channels(name, shape) <= MOST_CHANNELS)
                .map(name -> DynamicTest.dynamicTest(name + " " + shape, () -> negativeZeros(name, shape))));
    }

    private static void negativeZeros(String name, Shape shape) {
        try (Backend backend = BackendsUnderTest.reference();
                Bench bench = new Bench(backend, Values.NORMAL, 1, shape.strided())) {
            Operations.all().get(name).apply(bench, shape).run();
            float[] result = bench.results().get(0);
            int count = 0;
            for (float x : result) {
                count += Float.floatToRawIntBits(x) == NEGATIVE_ZERO ? 1 : 0;
            }
            assertTrue(result.length < FEWEST_VALUES || count > 0, "no -0 among " + result.length);
        }
    }
}
