package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import io.elbo4j.Readback;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several threads on one stream of a device: captures, staging memory and frees keep to their own. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CudaThreadsTest {
    private static final int THREADS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private CudaBackend backend;

    @BeforeEach
    void open() {
        Emulation.assumeUsable();
        backend = new CudaBackend(CudaLibrary.firstUsable());
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        if (backend != null) {
            backend.close();
        }
    }

    private void together(Callable<Void> task) throws Exception {
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            all.add(threads.submit(task));
        }
        for (Future<Void> f : all) {
            f.get();
        }
    }

    /** Of a sum of two draws, gathered in an order, as the java backend has them. */
    private static float[][] expected(int runs) {
        try (Backend java = Backends.open("java", 1)) {
            return run(java, runs);
        }
    }

    private static float[][] run(Backend backend, int runs) {
        Noise noise = new Noise(3, 1);
        float[][] results = new float[runs + 1][];
        try (Matrix draw = backend.matrix(4, 3); Matrix sum = backend.matrix(4, 3); Matrix one = backend.matrix(1, 3);
                Indices order = backend.indices(runs); Readback readback = backend.readback(one, runs);
                Program program = new Program(backend, List.of(RandomFill.normal(noise, draw), Rows.add(draw, sum),
                        Rows.gather(sum, order, one)))) {
            int[] rows = new int[runs];
            for (int i = 0; i < runs; i++) {
                rows[i] = i % 4;
            }
            order.set(rows, 0);
            for (int i = 0; i < runs; i++) {
                noise.step(i);
                order.position(i);
                program.run();
                readback.record();
                backend.matrix(5, 5).close();
            }
            System.arraycopy(readback.take(), 0, results, 0, runs);
            results[runs] = sum.toArray();
        }
        return results;
    }

    @Test
    void programsOfSeveralThreadsAreCapturedApart() throws Exception {
        int runs = 6;
        float[][] expected = expected(runs);
        together(() -> {
            for (int round = 0; round < 5; round++) {
                float[][] actual = run(backend, runs);
                for (int i = 0; i <= runs; i++) {
                    assertArrayEquals(expected[i], actual[i]);
                }
            }
            return null;
        });
    }

    /** Returns when the thread waits for a lock, or has ended. */
    private static void awaitBlocked(Thread thread) {
        while (thread.getState() != Thread.State.BLOCKED && thread.isAlive()) {
            Thread.onSpinWait();
        }
    }

    /** The second run captures; its body goes on when another thread waits for its turn, or has not waited. */
    @Test
    void waitsAndRecordsOfOtherThreadsKeepOutOfACapture() throws Exception {
        CudaStream stream = backend.stream();
        try (CudaEvent before = new CudaEvent(stream.device()); CudaEvent event = new CudaEvent(stream.device());
                Matrix m = backend.matrix(2, 2)) {
            before.record(stream);
            for (Runnable use : List.<Runnable>of(stream::synchronize, () -> stream.waitFor(before),
                    () -> event.record(stream).synchronize())) {
                use.run();
                FutureTask<Void> task = new FutureTask<>(use, null);
                AtomicInteger runs = new AtomicInteger();
                Launch fill = Launch.of("fill", backend, 2).writes(m).body((begin, end) -> {
                    new Rows.Fill(7, m).run(begin, end);
                    if (runs.incrementAndGet() == 2) {
                        Thread other = new Thread(task);
                        other.start();
                        awaitBlocked(other);
                    }
                });
                try (Program program = new Program(backend, List.of(fill))) {
                    program.run();
                    program.run();
                    task.get();
                    assertEquals(1, program.nodes(), "the capture holds the kernel, and nothing has broken it");
                }
            }
        }
    }

    /** Memory of another library, unlike ours, does not keep what its copies go through. */
    @Test
    void aCopyThatHasBegunEndsThoughItsBackendIsClosed() throws Exception {
        try (CudaStream stream = CudaStream.create(backend.device().index());
                Matrix theirs = backend.matrix(1, 3).set(1, 2, 3)) {
            backend.synchronize();
            for (Consumer<Matrix> copy : List.<Consumer<Matrix>>of(Matrix::toArray, m -> m.set(4, 5, 6))) {
                CudaBackend other = new CudaBackend(stream);
                Matrix m = Matrix.view(other.wrap((Pointer) theirs.address(), 3), 0, 1, 3, 3);
                // until the ring of what copies go through is full
                for (int i = 0; i < 8; i++) {
                    assertArrayEquals(new float[] {1, 2, 3}, m.toArray());
                }
                FutureTask<Void> task = new FutureTask<>(() -> copy.accept(m), null);
                synchronized (stream) {
                    Thread thread = new Thread(task);
                    thread.start();
                    awaitBlocked(thread);
                    other.close();
                }
                task.get();
                String message = assertThrows(IllegalStateException.class, () -> copy.accept(m)).getMessage();
                assertEquals("this backend has been closed", message);
            }
            stream.synchronize();
            assertArrayEquals(new float[] {4, 5, 6}, theirs.toArray());
        }
    }

    @Test
    void aStreamThatIsClosedEarlyEndsWithItsBackend() {
        CudaStream stream = CudaStream.create(backend.device().index());
        Matrix m;
        try (CudaBackend other = new CudaBackend(stream)) {
            m = other.matrix(2, 2);
            Rows.fill(3, m).run();
            stream.close();
            String message = assertThrows(IllegalStateException.class, m::toArray).getMessage();
            assertEquals("this CUDA stream has been closed", message);
            assertThrows(IllegalStateException.class, () -> new CudaBackend(stream));
        }
        m.close();
        assertThrows(IllegalStateException.class, stream::synchronize);
    }

    @Test
    void manyThreadsCloseAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            CudaBackend other = new CudaBackend(backend.device().index());
            CudaEvent event = new CudaEvent(backend.device().index());
            Matrix m = other.matrix(3, 3);
            Program program = new Program(other, List.of(Rows.fill(1, m)));
            together(() -> {
                try {
                    for (int i = 0; i < 3; i++) {
                        program.run();
                        event.record(backend.stream()).synchronize();
                    }
                    event.close();
                    program.close();
                    other.close();
                    m.close();
                } catch (IllegalStateException closed) {
                    assertTrue(closed.getMessage().endsWith("has been closed"), closed.getMessage());
                }
                return null;
            });
            assertThrows(IllegalStateException.class, other::synchronize);
        }
        try (Matrix m = backend.matrix(1, 1)) {
            Rows.fill(1, m).run();
            assertArrayEquals(new float[] {1}, m.toArray());
        }
    }

    /** The device is refused once; forgotten memory makes room for a second try. */
    @Test
    void memoryThatIsForgottenIsCollectedBeforeMoreIsRefused() throws IOException {
        assumeTrue(CudaLibrary.emulated(), "skipped: others use a device's memory too");
        long before = Leaks.count();
        forget();
        Emulation.failing("cudaMallocFromPoolAsync=2@1", () -> backend.matrix(7, 7).close());
        assertTrue(Leaks.count() > before, "nothing was collected");
        Emulation.failing("cudaMallocFromPoolAsync=2", () -> {
            String message = assertThrows(OutOfMemoryError.class, () -> backend.matrix(7, 7)).getMessage();
            assertTrue(message.contains("could not give 196 bytes"), message);
        });
        backend.matrix(7, 7).close();
    }

    private void forget() {
        backend.matrix(100, 100);
    }

    @Test
    void aForgottenBackendGivesItsMemoryBack() throws InterruptedException {
        long before = Leaks.count();
        forgetBackend();
        for (int i = 0; i < 100 && Leaks.count() == before; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertEquals(before + 1, Leaks.count(), "the backend, and with it its stream");
    }

    private void forgetBackend() {
        CudaBackend other = new CudaBackend(backend.device().index());
        try (Matrix m = other.matrix(2, 2).set(1, 2, 3, 4)) {
            assertEquals(4, m.toArray().length);
        }
    }
}
