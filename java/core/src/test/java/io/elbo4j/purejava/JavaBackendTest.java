package io.elbo4j.purejava;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Kernel;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;
import io.elbo4j.Storage;
import io.elbo4j.operation.BatchSum;
import io.elbo4j.operation.BernoulliLogLikelihood;
import io.elbo4j.operation.GaussianKlPerDimension;
import io.elbo4j.operation.GaussianLogLikelihood;
import io.elbo4j.operation.GaussianSampleKl;
import io.elbo4j.operation.LogMeanExp;
import io.elbo4j.operation.Matmul.Forward;
import io.elbo4j.operation.Matmul.InputGradient;
import io.elbo4j.operation.Matmul.WeightGradient;
import io.elbo4j.operation.Rows;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class JavaBackendTest {
    private final JavaBackend backend = new JavaBackend(1);

    @Test
    void saysWhatItIs() {
        assertEquals("java", backend.name());
        assertEquals(Backend.Memory.HEAP, backend.memory());
        assertEquals(1, backend.threads());
        assertTrue(backend.description().startsWith("pure Java on "), backend.description());
    }

    @Test
    void refusesMoreThanAnArrayHoldsAndSaysWhatToDo() {
        for (long elements : new long[] {(1L << 31) - 8, 1L << 31, 1L << 40, -1}) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> backend.allocate(elements)).getMessage();
            assertEquals("the java backend holds from 0 to 2147483639 elements in one storage, not " + elements
                    + ": use the cpu backend, or smaller batches", message);
        }
    }

    @Test
    void fullHeapSaysHowMuchWasAskedFor() {
        long most = JavaBackend.MOST_ELEMENTS;
        if (Runtime.getRuntime().maxMemory() < 4 * most) {
            String message = assertThrows(OutOfMemoryError.class, () -> backend.allocate(most)).getMessage();
            assertTrue(message.contains("8589934556 bytes") && message.contains("-Xmx"), message);
        }
    }

    @Test
    void newMemoryIsZeroAndKeepsWhatIsSet() {
        Matrix matrix = backend.matrix(2, 3);
        assertArrayEquals(new float[6], matrix.toArray());
        matrix.columns(1, 3).set(1, 2, 3, 4);
        assertArrayEquals(new float[] {0, 1, 2, 0, 3, 4}, matrix.toArray());
        assertEquals(((HeapAddress) matrix.address()).at(4), matrix.rows(1, 2).columns(1, 2).address());
        assertEquals(0, backend.matrix(0, 5).toArray().length);
        assertEquals(0, backend.matrix(5, 0).toArray().length);
    }

    @Test
    void closedMemoryIsRefused() {
        Storage storage = backend.allocate(4);
        Matrix matrix = Matrix.view(storage, 0, 2, 2, 2);
        storage.close();
        assertThrows(IllegalStateException.class, matrix::toArray);
        Indices indices = backend.indices(2);
        indices.close();
        assertEquals("these 2 row numbers have been closed",
                assertThrows(IllegalStateException.class, indices::address).getMessage());
        assertThrows(IllegalStateException.class, () -> indices.set(new int[2], 0));
    }

    @Test
    void indicesKeepRowNumbers() {
        Indices indices = backend.indices(2);
        indices.set(new int[] {7, 8, 9}, 1);
        assertArrayEquals(new int[] {8, 9}, (int[]) indices.address());
        for (int from : new int[] {-1, 2, Integer.MAX_VALUE}) {
            String message =
                    assertThrows(IllegalArgumentException.class, () -> indices.set(new int[3], from)).getMessage();
            assertEquals("source must have 2 row numbers from element " + from + " on, but has 3 elements", message);
        }
        assertEquals("count must be at least 0, not -1",
                assertThrows(IllegalArgumentException.class, () -> backend.indices(-1)).getMessage());
    }

    /** The kernels unpack offsets and strides of the products; their arithmetic is tested in {@link MatmulTest}. */
    @Test
    void productsTakeViews() {
        Matrix a = Guarded.matrix(2, 3, 1, 2, 3, 4, 5, 6);
        Matrix b = Guarded.matrix(3, 2, 1, -1, 2, -2, 3, -3);
        Guarded c = new Guarded(2, 2);
        new Forward(a, b, null, false, c.matrix).run(0, 2);
        assertArrayEquals(new float[] {14, -14, 32, -32}, c.values());
        new Forward(a, b, Guarded.matrix(1, 2, 10, 20), true, c.matrix).run(0, 2);
        assertArrayEquals(new float[] {24, 6, 42, 0}, c.values());
        new InputGradient(a, a, null, c.matrix).run(0, 2);
        assertArrayEquals(new float[] {14, 32, 32, 77}, c.values());
        new InputGradient(a, a, Guarded.matrix(2, 2, 1, 0, 1, -1), c.matrix).run(0, 2);
        assertArrayEquals(new float[] {14, 0, 32, 0}, c.values());
        Guarded d = new Guarded(3, 3);
        new WeightGradient(a, a, d.matrix, BatchSum.chunksOf(a.rows())).run(0, 3);
        assertArrayEquals(new float[] {17, 22, 27, 22, 29, 36, 27, 36, 45}, d.values());
    }

    @Test
    void warmKernelsAllocateNothing() {
        Matrix mean = Guarded.matrix(5, 40, new float[200]);
        Matrix out = Guarded.matrix(5, 40, new float[200]);
        Matrix other = Guarded.matrix(5, 40, new float[200]);
        Matrix column = Guarded.BACKEND.matrix(5, 1);
        Matrix columnOut = Guarded.BACKEND.matrix(5, 1);
        Matrix row = Guarded.matrix(1, 40, new float[40]);
        Noise noise = new Noise(1, 1);
        Kernel[] kernels = Stream.of(
                GaussianSampleKl.forward(mean, mean, mean, mean, noise, out, columnOut),
                GaussianSampleKl.backward(mean, mean, noise, mean, column, row, out, other),
                BernoulliLogLikelihood.fused(mean, mean, column, columnOut, out),
                GaussianLogLikelihood.fused(mean, mean, mean, column, columnOut, out, other),
                GaussianKlPerDimension.forward(mean, mean, null, null, row),
                LogMeanExp.forward(mean, columnOut),
                Rows.lookUpGradient(mean, column, other))
                .map(launch -> new JavaKernel((Operation) launch.body())).toArray(Kernel[]::new);
        Runnable calls = () -> {
            for (int i = 0; i < kernels.length; i++) {
                kernels[i].prepare();
                kernels[i].run(0, 5);
            }
        };
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        for (int i = 0; i < 1000; i++) {
            calls.run();
        }
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 1000; i++) {
            calls.run();
        }
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(bytes < 1000, () -> "1000 rounds allocated " + bytes + " bytes");
    }
}
