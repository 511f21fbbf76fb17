package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.operation.Rows;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values recorded at several moments and read together. */
class ReadbackTest {
    static List<String> backends() {
        return IndicesTest.backends();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void rowsComeInTheOrderInWhichTheyWereRecorded(String name) {
        try (Backend b = Backends.open(name, 1); Matrix m = b.matrix(2, 3)) {
            Matrix row = m.rows(1, 2).columns(1, 3);
            try (Readback readback = b.readback(row, 3)) {
                assertEquals(0, readback.take().length);
                for (int round = 0; round < 3; round++) {
                    for (int i = 0; i < 3; i++) {
                        Rows.fill(10 * round + i, m).run();
                        readback.record();
                    }
                    assertThrows(IllegalStateException.class, readback::record);
                    Rows.fill(-1, m).run();
                    float[][] rows = readback.take();
                    assertEquals(3, rows.length);
                    for (int i = 0; i < 3; i++) {
                        assertArrayEquals(new float[] {10 * round + i, 10 * round + i}, rows[i]);
                    }
                    assertEquals(0, readback.take().length);
                }
                readback.record();
                assertArrayEquals(new float[] {-1, -1}, readback.take()[0]);
            }
            assertThrows(IllegalArgumentException.class, () -> b.readback(m, 1));
            assertThrows(IllegalArgumentException.class, () -> b.readback(row, 0));
        }
    }
}
