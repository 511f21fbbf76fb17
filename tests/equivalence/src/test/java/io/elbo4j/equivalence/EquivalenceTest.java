package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operation, shape and class of values on every backend and thread count, by bits against the java backend. */
class EquivalenceTest {
    private static final String COMMENT = "operation shape values SHA-256 of the outputs (float32 little-endian, NaN as"
            + " 7fc00000); inputs: see Values and Bench. Written by the java backend.";

    @TestFactory
    Stream<DynamicTest> everyBackendGivesTheJavaBackendsBits() {
        return BackendsUnderTest.all().stream().map(under -> DynamicTest.dynamicTest(under.name(), () -> {
            int cases = 0;
            try (Backend reference = BackendsUnderTest.reference(); Backend backend = under.open()) {
                for (Map.Entry<String, BiFunction<Bench, Shape, Launch>> operation : Operations.all().entrySet()) {
                    for (Shape shape : Shape.ALL) {
                        for (Values values : Values.values()) {
                            List<float[]> expected = run(reference, operation, shape, values);
                            List<float[]> actual = run(backend, operation, shape, values);
                            assertNull(Bits.difference(expected, actual), () -> key(operation.getKey(), shape, values)
                                    + " on " + under.name());
                            cases++;
                        }
                    }
                }
            }
            System.out.println(under.name() + ": " + cases + " cases, 0 differing bits");
            assertTrue(cases > 3000);
        }));
    }

    @Test
    void theJavaBackendGivesTheGoldenBits() throws IOException {
        Golden golden = new Golden("operations", COMMENT);
        try (Backend reference = BackendsUnderTest.reference()) {
            for (Map.Entry<String, BiFunction<Bench, Shape, Launch>> operation : Operations.all().entrySet()) {
                for (Shape shape : Shape.ALL) {
                    for (Values values : Values.values()) {
                        golden.found(key(operation.getKey(), shape, values),
                                Bits.sha256(run(reference, operation, shape, values)));
                    }
                }
            }
        }
        golden.check();
    }

    private static String key(String operation, Shape shape, Values values) {
        return operation + " " + shape + " " + values;
    }

    private static List<float[]> run(Backend backend, Map.Entry<String, BiFunction<Bench, Shape, Launch>> operation,
            Shape shape, Values values) {
        String key = key(operation.getKey(), shape, values);
        long seed = key.hashCode();
        try (Bench bench = new Bench(backend, values, seed, shape.strided())) {
            // long enough that the work is split over the backend's threads however small it is
            operation.getValue().apply(bench, shape).nanosPerItem(1e9).run();
            return bench.results();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(key + " on " + backend.description() + ": " + e.getMessage(), e);
        }
    }
}
