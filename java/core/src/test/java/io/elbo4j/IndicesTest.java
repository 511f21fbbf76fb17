package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.operation.Rows;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The window of row numbers that a launch reads, on every backend that runs here. */
class IndicesTest {
    static List<String> backends() {
        return Backends.statuses().stream().filter(Backends.Status::available).map(Backends.Status::name).toList();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void eachRunReadsFromThePositionThatItFinds(String name) {
        try (Backend b = Backends.open(name, 2); Matrix source = b.matrix(4, 2).set(0, 1, 2, 3, 4, 5, 6, 7);
                Matrix target = b.matrix(2, 2); Matrix sums = b.matrix(4, 2); Indices order = b.indices(6)) {
            order.set(new int[] {3, 0, 1, 2, 2, 1}, 0);
            Launch gather = Rows.gather(source, order, target);
            Launch scatter = Rows.scatterAdd(target, order, sums);
            float[][] expected = {{6, 7, 0, 1}, {2, 3, 4, 5}, {4, 5, 2, 3}};
            try (Program program = new Program(b, List.of(gather, scatter))) {
                for (int i = 0; i < 3; i++) {
                    order.position(2 * i);
                    program.run();
                    assertArrayEquals(expected[i], target.toArray(), "position " + order.position());
                }
            }
            assertArrayEquals(new float[] {0, 1, 4, 6, 8, 10, 6, 7}, sums.toArray());
            order.position(1);
            gather.run();
            assertArrayEquals(new float[] {0, 1, 2, 3}, target.toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void windowsThatReachTooFarAreRefusedBeforeAnythingRuns(String name) {
        try (Backend b = Backends.open(name, 1); Matrix source = b.matrix(4, 2); Matrix target = b.matrix(2, 2);
                Indices order = b.indices(5); Indices one = b.indices(1)) {
            Matrix other = target.rows(0, 2);
            try (Program program = new Program(b, List.of(Rows.fill(1, other), Rows.gather(source, order, target)))) {
                for (int run = 0; run < 4; run++) {
                    order.position(4);
                    String message = assertThrows(IndexOutOfBoundsException.class, program::run).getMessage();
                    assertTrue(message.contains("2 row numbers from position 4 on, not 1 (of 5)"), message);
                    order.position(3);
                    program.run();
                }
                order.set(new int[] {0, 0, 0, 0, 4}, 0);
                assertThrows(IndexOutOfBoundsException.class, program::run);
            }
            assertThrows(IllegalArgumentException.class, () -> order.position(6));
            assertThrows(IllegalArgumentException.class, () -> order.position(-1));
            assertEquals(3, order.position());
            String message = assertThrows(IllegalArgumentException.class, () -> Rows.gather(source, one, target))
                    .getMessage();
            assertTrue(message.contains("indices must have a row number for each of the 2 rows of target, not 1"),
                    message);
        }
    }
}
