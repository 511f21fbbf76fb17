package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Storage;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Sums;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Matrices whose elements lie beyond 2^31: right on the cpu backend, refused with a sentence by the java backend. */
class LargeTest {
    private static final long BEYOND = (1L << 31) + 77;
    private static final long ROW_STRIDE = 1L << 30;
    private static final int ROWS = 3;
    private static final int COLUMNS = 21;

    /** Untouched pages of a large block cost nothing, so rows that lie 4 GiB apart fit in a small machine. */
    private static Matrix far(Backend backend) {
        Storage storage = backend.allocate(BEYOND + (ROWS - 1) * ROW_STRIDE + COLUMNS);
        return Matrix.view(storage, BEYOND, ROWS, COLUMNS, ROW_STRIDE);
    }

    private static Matrix near(Backend backend) {
        return backend.matrix(ROWS, COLUMNS);
    }

    @Test
    void elementsBeyondTwoToThe31AreRightOnTheCpuBackend() {
        assumeTrue(Backends.hasCpuLevel(0), "skipped: needs the native library");
        try (Backend backend = Backends.open("cpu", 2)) {
            List<Matrix> far = new ArrayList<>();
            List<Matrix> near = new ArrayList<>();
            try {
                for (int i = 0; i < 5; i++) {
                    far.add(far(backend));
                    near.add(near(backend));
                }
            } catch (OutOfMemoryError e) {
                assumeTrue(false, "skipped: this system reserves memory for untouched pages: " + e.getMessage());
            }
            assertNull(Bits.difference(results(backend, near), results(backend, far)));
            far.forEach(Matrix::close);
            near.forEach(Matrix::close);
        }
    }

    private static List<float[]> results(Backend backend, List<Matrix> m) {
        try (Matrix perRow = backend.matrix(ROWS, 1);
                Matrix logLikelihood = backend.matrix(ROWS, 1);
                Matrix weights = backend.matrix(COLUMNS, COLUMNS)) {
            List<float[]> results = new ArrayList<>();
            RandomFill.normal(new Noise(1, 0), m.get(0)).run();
            RandomFill.normal(new Noise(1, 1), m.get(1)).run();
            RandomFill.normal(new Noise(1, 2), weights).run();
            GaussianSampleKl.forward(m.get(0), m.get(1), new Noise(1, 3), m.get(2), perRow).run();
            results.add(m.get(2).toArray());
            results.add(perRow.toArray());
            BernoulliLogLikelihood.fused(m.get(0), m.get(1), perRow, logLikelihood, m.get(3)).run();
            results.add(logLikelihood.toArray());
            results.add(m.get(3).toArray());
            Matmul.forward(m.get(0), weights, null, true, m.get(4)).run();
            results.add(m.get(4).toArray());
            Sums.rows(m.get(4), perRow).run();
            results.add(perRow.toArray());
            return results;
        }
    }

    @Test
    void theJavaBackendRefusesThemWithASentence() {
        try (Backend backend = Backends.open("java", 1)) {
            String message = assertThrows(IllegalArgumentException.class, () -> backend.matrix(1L << 16, 1L << 15))
                    .getMessage();
            assertTrue(message.contains("2147483648") || message.contains("2,147,483,648"), message);
            assertTrue(message.contains("cpu"), message);
        }
    }
}
