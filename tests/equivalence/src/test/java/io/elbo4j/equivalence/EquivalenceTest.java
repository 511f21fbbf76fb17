package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every operation, shape and class of values on every backend and thread count, by bits against the java backend. */
class EquivalenceTest {
    private static final String COMMENT = "operation shape values SHA-256 of the outputs (float32 little-endian, NaN as"
            + " 7fc00000); inputs: see Values and Bench. Written by the java backend.";

    private static final List<BackendsUnderTest> UNDER_TEST = BackendsUnderTest.all();
    private static final Map<String, Backend> OPEN = new LinkedHashMap<>();

    @BeforeAll
    static void open() {
        OPEN.put("java, 1 thread", BackendsUnderTest.reference());
        UNDER_TEST.forEach(under -> OPEN.put(under.name(), under.open()));
    }

    @AfterAll
    static void close() {
        OPEN.values().forEach(Backend::close);
    }

    @TestFactory
    Stream<DynamicTest> everyBackendGivesTheJavaBackendsBits() {
        System.out.println("compared by bits with the java backend on one thread: " + UNDER_TEST.stream()
                .map(BackendsUnderTest::name).toList());
        return Operations.all().entrySet().stream().map(operation -> DynamicTest.dynamicTest(operation.getKey(), () -> {
            for (Shape shape : Shape.ALL) {
                for (Values values : Values.values()) {
                    List<float[]> expected = run(OPEN.get("java, 1 thread"), operation, shape, values);
                    for (BackendsUnderTest under : UNDER_TEST) {
                        List<float[]> actual = run(OPEN.get(under.name()), operation, shape, values);
                        assertNull(Bits.difference(expected, actual), () -> key(operation.getKey(), shape, values)
                                + " on " + under.name());
                    }
                }
            }
        }));
    }

    @Test
    void theJavaBackendGivesTheGoldenBits() throws IOException {
        Golden golden = new Golden("operations", COMMENT);
        for (Map.Entry<String, BiFunction<Bench, Shape, Launch>> operation : Operations.all().entrySet()) {
            for (Shape shape : Shape.ALL) {
                for (Values values : Values.values()) {
                    golden.found(key(operation.getKey(), shape, values),
                            Bits.sha256(run(OPEN.get("java, 1 thread"), operation, shape, values)));
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
