package io.elbo4j.equivalence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Storage;
import io.elbo4j.cuda.CudaLibrary;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
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

    /** 17 GB of a device: everything beyond 2^31 elements in one long row, and in the last of its columns. */
    @Test
    void elementsBeyondTwoToThe31AreRightOnADevice() {
        assumeTrue(CudaLibrary.problem().isEmpty() && !CudaLibrary.emulated(), "skipped: needs a GPU");
        long columns = (1L << 31) + 256;
        assumeTrue(CudaLibrary.device(CudaLibrary.firstUsable()).freeBytes() > 3 * 4 * columns,
                "skipped: needs 26 GB of free memory on the GPU");
        try (Backend cuda = Backends.open("cuda", 1);
                Backend java = BackendsUnderTest.reference();
                Matrix far = cuda.matrix(1, columns);
                Matrix ones = cuda.matrix(1, columns);
                Matrix sum = cuda.matrix(1, 1);
                Matrix expected = java.matrix(1, 256)) {
            Rows.fill(1, ones).run();
            Rows.fill(2, far).run();
            Rows.add(ones, far).run();
            Sums.rows(far, sum).run();
            assertEquals((float) (3.0 * columns), sum.toArray()[0]);
            Matrix last = far.columns(1L << 31, columns);
            RandomFill.normal(new Noise(1, 0), last).run();
            RandomFill.normal(new Noise(1, 0), expected).run();
            assertNull(Bits.difference(List.of(expected.toArray()), List.of(last.toArray())));
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
