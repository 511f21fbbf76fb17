package io.elbo4j.nd4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.cpu.CpuLibrary;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Which arrays are used where they lie, which are copied: seen by the address that a kernel is given. */
class CallTest {
    @BeforeEach
    void nativeLibrary() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
    }

    private static Matrix matrixOf(INDArray array) {
        Call call = new Call("test");
        Call.Argument a = call.input("array", array);
        Matrix[] seen = new Matrix[1];
        call.run(() -> {
            seen[0] = a.matrix();
            return Launch.of("test", seen[0].backend(), 0);
        });
        return seen[0];
    }

    private static long address(Matrix m) {
        return ((Pointer) m.address()).address();
    }

    private static INDArray counted(long... shape) {
        long n = 1;
        for (long s : shape) {
            n *= s;
        }
        return Nd4j.arange(n).castTo(DataType.FLOAT).reshape('c', shape);
    }

    private static void assertInPlace(INDArray array, long rows, long columns, long rowStride) {
        Matrix m = matrixOf(array);
        assertEquals(array.data().addressPointer().address(), address(m));
        assertEquals(List.of(rows, columns, rowStride), List.of(m.rows(), m.columns(), m.rowStride()));
        assertSameElements(array, m);
    }

    private static void assertCopied(INDArray array, long rows, long columns) {
        Matrix m = matrixOf(array);
        assertNotEquals(array.data().addressPointer().address(), address(m));
        assertEquals(List.of(rows, columns, columns), List.of(m.rows(), m.columns(), m.rowStride()));
    }

    private static void assertSameElements(INDArray array, Matrix m) {
        float[] values = m.toArray();
        INDArray rows = array.dup('c').reshape('c', m.rows(), m.columns());
        for (int i = 0; i < values.length; i++) {
            assertEquals(rows.getFloat(i / m.columns(), i % m.columns()), values[i]);
        }
    }

    @Test
    void bothNativeLibrariesAndTheNewerJavaCppAreLoaded() {
        assertEquals(Backend.Memory.HOST, matrixOf(counted(1, 1)).backend().memory());
        String javaCpp = Loader.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        assertTrue(javaCpp.endsWith("javacpp-1.5.13.jar"), javaCpp);
    }

    @Test
    void rowsInOnePieceAreUsedWhereTheyLie() {
        INDArray whole = counted(8, 16);
        assertInPlace(whole, 8, 16, 16);
        assertInPlace(whole.get(NDArrayIndex.interval(2, 7), NDArrayIndex.all()), 5, 16, 16);
        INDArray inner = whole.get(NDArrayIndex.interval(2, 7), NDArrayIndex.interval(3, 9));
        assertInPlace(inner, 5, 6, 16);
        assertInPlace(inner.get(NDArrayIndex.interval(1, 4), NDArrayIndex.interval(2, 4)), 3, 2, 16);
        assertInPlace(whole.get(NDArrayIndex.interval(1, 2, 7), NDArrayIndex.interval(3, 9)), 3, 6, 32);
        assertInPlace(whole.get(NDArrayIndex.interval(3, 4), NDArrayIndex.interval(3, 9)), 1, 6, 6);
        assertInPlace(whole.getColumn(3, true), 8, 1, 16);
        assertInPlace(counted(3, 2, 5, 7), 3, 70, 70);
        assertInPlace(counted(6, 2, 5, 7).get(NDArrayIndex.interval(2, 4)), 2, 70, 70);
        assertInPlace(counted(1, 1), 1, 1, 1);
    }

    /** What a kernel has of an array is an address. */
    @Test
    void anAddressKeepsTheArray() throws InterruptedException {
        List<WeakReference<INDArray>> arrays = new ArrayList<>();
        Pointer address = addressOfGarbage(arrays);
        for (int i = 0; i < 20; i++) {
            System.gc();
            Thread.sleep(5);
            Nd4j.valueArrayOf(new long[] {100, 100}, -1f, DataType.FLOAT);
        }
        assertNotNull(arrays.get(0).get());
        assertEquals(7, ((FloatPointer) address).get(7));
        Reference.reachabilityFence(address);
        address = null;
        for (int i = 0; i < 200 && arrays.get(0).get() != null; i++) {
            System.gc();
            Thread.sleep(5);
        }
        assertNull(arrays.get(0).get(), "an array is not held after its call");
    }

    private static Pointer addressOfGarbage(List<WeakReference<INDArray>> arrays) {
        INDArray array = counted(100, 100);
        arrays.add(new WeakReference<>(array));
        return (Pointer) matrixOf(array).address();
    }

    /** Arrays that nothing refers to while the kernel runs, under constant garbage collection. */
    @Test
    void arraysLiveUntilTheOperationHasEnded() throws InterruptedException {
        Thread collector = new Thread(() -> {
            while (!Thread.interrupted()) {
                System.gc();
            }
        });
        collector.setDaemon(true);
        collector.start();
        try {
            INDArray first = Nd4j.create(DataType.FLOAT, 256);
            INDArray again = Nd4j.create(DataType.FLOAT, 256);
            onTemporaries(first);
            for (int i = 0; i < 40; i++) {
                onTemporaries(again);
                assertEquals(first, again, "run " + i);
            }
        } finally {
            collector.interrupt();
            collector.join();
        }
    }

    private static void onTemporaries(INDArray kl) {
        GaussianSampleKl.forward(Nd4j.valueArrayOf(new long[] {256, 512}, 0.5f, DataType.FLOAT),
                Nd4j.valueArrayOf(new long[] {512, 256}, 0.25f, DataType.FLOAT).transpose(), new Noise(42, 5),
                Nd4j.createUninitialized(DataType.FLOAT, 256, 512), kl);
    }

    @Test
    void emptyArraysHaveTheirShape() {
        Matrix m = matrixOf(Nd4j.create(DataType.FLOAT, 0, 5));
        assertEquals(List.of(0L, 5L), List.of(m.rows(), m.columns()));
    }

    @Test
    void otherLayoutsAreCopied() {
        INDArray whole = counted(8, 16);
        assertCopied(whole.dup('f'), 8, 16);
        assertCopied(whole.transpose(), 16, 8);
        assertCopied(whole.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 16)), 8, 8);
        assertCopied(counted(3, 2, 5, 7).permute(0, 2, 3, 1), 3, 70);
        assertCopied(counted(3, 2, 5, 7).get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(1, 3)), 3,
                28);
    }
}
