package io.elbo4j.purejava;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Storage;
import java.lang.management.ManagementFactory;
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
        Guarded.BACKEND.kernels().matmul(a, b, null, false, c.matrix, 0, 2);
        assertArrayEquals(new float[] {14, -14, 32, -32}, c.values());
        Guarded.BACKEND.kernels().matmul(a, b, Guarded.matrix(1, 2, 10, 20), true, c.matrix, 0, 2);
        assertArrayEquals(new float[] {24, 6, 42, 0}, c.values());
        Guarded.BACKEND.kernels().matmulTransposedB(a, a, null, c.matrix, 0, 2);
        assertArrayEquals(new float[] {14, 32, 32, 77}, c.values());
        Guarded.BACKEND.kernels().matmulTransposedB(a, a, Guarded.matrix(2, 2, 1, 0, 1, -1), c.matrix, 0, 2);
        assertArrayEquals(new float[] {14, 0, 32, 0}, c.values());
        Guarded d = new Guarded(3, 3);
        Guarded.BACKEND.kernels().matmulTransposedA(a, a, d.matrix, 0, 3);
        assertArrayEquals(new float[] {17, 22, 27, 22, 29, 36, 27, 36, 45}, d.values());
    }

    @Test
    void warmKernelsAllocateNothing() {
        Matrix mean = Guarded.matrix(5, 40, new float[200]);
        Matrix out = Guarded.matrix(5, 40, new float[200]);
        Matrix column = Guarded.matrix(5, 1, new float[5]);
        Matrix row = Guarded.matrix(1, 40, new float[40]);
        Noise noise = new Noise(1, 1);
        Runnable calls = () -> {
            Guarded.BACKEND.kernels().gaussianSampleKl(mean, mean, mean, mean, noise, out, column, column, 0, 5);
            Guarded.BACKEND.kernels().gaussianSampleKlBackward(
                    mean, mean, null, null, noise, mean, column, row, out, out, null, null, 0, 5);
            Guarded.BACKEND.kernels().bernoulliLogLikelihood(mean, mean, column, column, out, 0, 5);
            Guarded.BACKEND.kernels().gaussianLogLikelihood(mean, mean, mean, column, column, out, out, 0, 5);
            Guarded.BACKEND.kernels().gaussianKlPerDimension(mean, mean, null, null, row, 0, 40);
            Guarded.BACKEND.kernels().logMeanExp(mean, column, 0, 5);
        };
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        calls.run();
        threads.getThreadAllocatedBytes(thread);
        long before = threads.getThreadAllocatedBytes(thread);
        for (int i = 0; i < 1000; i++) {
            calls.run();
        }
        long bytes = threads.getThreadAllocatedBytes(thread) - before;
        assertTrue(bytes < 1000, () -> "1000 rounds allocated " + bytes + " bytes");
    }
}
