package io.elbo4j.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.AdamStep;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.NativeBytes;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import io.elbo4j.Readback;
import io.elbo4j.Storage;
import io.elbo4j.operation.Adam;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory, streams, programs and errors of the cuda backend, on a GPU or on the emulation of CUDA. */
class CudaBackendTest {
    private CudaBackend backend;

    @BeforeEach
    void open() {
        Emulation.assumeUsable();
        backend = new CudaBackend(CudaLibrary.firstUsable());
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void memoryIsZeroAlignedAndKeepsWhatIsWritten() {
        for (int n : new int[] {0, 1, 31, 33, 127, 1 << 17, (1 << 17) + 1, 1_300_007}) {
            try (Matrix m = backend.matrix(1, n)) {
                assertEquals(0, ((Pointer) m.address()).address() % 64, n + " floats");
                assertArrayEquals(new float[n], m.toArray());
                float[] values = new float[n];
                for (int i = 0; i < n; i++) {
                    values[i] = Float.intBitsToFloat(i * 0x9E3779B1 & 0x7F7FFFFF);
                }
                assertArrayEquals(values, m.set(values).toArray());
                assertArrayEquals(Arrays.copyOfRange(values, n / 3, n), m.columns(n / 3, n).toArray());
            }
        }
    }

    @Test
    void manySmallWritesArriveInOrder() {
        try (Matrix m = backend.matrix(100, 3); Matrix copy = backend.matrix(100, 3)) {
            for (int i = 0; i < 100; i++) {
                m.rows(i, i + 1).set(i, i, i);
                Rows.copy(m.rows(i, i + 1), copy.rows(i, i + 1)).run();
                m.rows(i, i + 1).set(-1, -1, -1);
            }
            for (int i = 0; i < 100; i++) {
                assertArrayEquals(new float[] {i, i, i}, copy.rows(i, i + 1).toArray());
            }
        }
    }

    @Test
    void impossibleSizesAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> backend.allocate(-1));
        String message = assertThrows(OutOfMemoryError.class, () -> backend.allocate(1L << 50)).getMessage();
        assertTrue(message.contains((4L << 50) + " bytes") && message.contains("bytes are free"), message);
        backend.matrix(2, 2).close();
    }

    @Test
    void kernelsAreNotSplit() {
        try (Matrix m = backend.matrix(4, 4)) {
            String message = assertThrows(IllegalArgumentException.class, () -> new Rows.Fill(1, m).run(0, 3))
                    .getMessage();
            assertTrue(message.contains("from 0 to 4, not from 0 to 3"), message);
        }
    }

    @Test
    void memoryOfTheDeviceIsNoneOfTheHost() {
        for (NativeBytes memory : NativeBytes.values()) {
            memory.collect();
        }
        long host = NativeBytes.HOST.live();
        long device = NativeBytes.DEVICE.live();
        try (Matrix m = backend.matrix(3, 5)) {
            assertEquals(device + 60, NativeBytes.DEVICE.live(), m.toString());
            assertEquals(host, NativeBytes.HOST.live());
        }
        assertEquals(device, NativeBytes.DEVICE.live());
    }

    @Test
    void closingIsNoLeakAndForgettingIsOne() throws InterruptedException {
        long before = Leaks.count();
        CudaBackend other = new CudaBackend(backend.device().index());
        Matrix m = other.matrix(3, 3).set(1, 2, 3, 4, 5, 6, 7, 8, 9);
        Indices indices = other.indices(3);
        Readback readback = other.readback(m.rows(0, 1), 1);
        Program program = new Program(other, List.of(Rows.fill(1, m)));
        program.run();
        program.run();
        program.run();
        other.close();
        other.close();
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, m.toArray(), "readable after its backend is closed");
        assertThrows(IllegalStateException.class, program::run);
        program.close();
        program.close();
        readback.close();
        indices.close();
        m.close();
        m.close();
        assertThrows(IllegalStateException.class, m::toArray);
        assertThrows(IllegalStateException.class, () -> other.allocate(3));
        collect();
        assertEquals(before, Leaks.count());
        forget();
        for (int i = 0; i < 100 && Leaks.count() < before + 6; i++) {
            collect();
        }
        // a matrix, its program's graph, row numbers, a readback, a stream, an event
        assertEquals(before + 6, Leaks.count());
    }

    private void forget() {
        Matrix m = backend.matrix(3, 3);
        Program program = new Program(backend, List.of(Rows.fill(1, m)));
        program.run();
        program.run();
        backend.indices(3);
        backend.readback(m.rows(0, 1), 2);
        CudaStream.create(backend.device().index());
        new CudaEvent(backend.device().index());
    }

    private static void collect() throws InterruptedException {
        System.gc();
        Thread.sleep(20);
    }

    @Test
    void anAddressKeepsItsStorage() throws InterruptedException {
        long before = Leaks.count();
        CudaAddress.Floats address = (CudaAddress.Floats) backend.matrix(3, 3).address();
        collect();
        assertEquals(before, Leaks.count());
        ((Storage) address.owner()).close();
    }

    /** What a training step is made of; the same on both backends. */
    private static final class Step implements AutoCloseable {
        final Backend backend;
        final Noise noise = new Noise(7, 3);
        final AdamStep adam = new AdamStep(0.01, 0.9, 0.999, 1e-8, 0.5);
        final List<Matrix> all = new ArrayList<>();
        final Matrix data;
        final Matrix losses;
        final Indices order;
        final Program program;
        final Matrix[] w;
        final Matrix[] b;

        Step(Backend backend) {
            this.backend = backend;
            data = matrix(40, 6);
            RandomFill.uniform(new Noise(1, 1), -1, 1, data).run();
            Matrix x = matrix(8, 6);
            Matrix y = matrix(8, 5);
            Matrix eps = matrix(8, 5);
            losses = matrix(1, 1);
            order = backend.indices(40);
            w = new Matrix[] {matrix(6, 5), matrix(6, 5), matrix(6, 5), matrix(6, 5)};
            b = new Matrix[] {matrix(1, 5), matrix(1, 5), matrix(1, 5), matrix(1, 5)};
            Matrix perRow = matrix(8, 1);
            program = new Program(backend, List.of(Rows.gather(data, order, x), Matmul.forward(x, w[0], b[0], false, y),
                    RandomFill.normal(noise, eps), Rows.add(eps, y), Sums.rowsOfSquares(y, perRow),
                    Sums.rows(perRow.reshape(1, 8), losses), Matmul.weightGradient(x, y, w[1]),
                    Adam.update(w[0], w[1], w[2], w[3], adam, null), Sums.columns(y, b[1]),
                    Adam.update(b[0], b[1], b[2], b[3], adam, null)));
        }

        private Matrix matrix(long rows, long columns) {
            Matrix m = backend.matrix(rows, columns);
            all.add(m);
            return m;
        }

        float[][] train(int steps) {
            int[] rows = new int[40];
            Arrays.setAll(rows, i -> i * 7 % 40);
            order.set(rows, 0);
            List<float[]> results = new ArrayList<>();
            try (Readback readback = backend.readback(losses, steps)) {
                for (int i = 0; i < steps; i++) {
                    noise.step(i).firstRow(100L * i);
                    // the decay follows the learning rate
                    adam.learningRate(0.01 / (i + 1)).at(i + 1);
                    order.position(8 * (i % 5));
                    program.run();
                    readback.record();
                }
                results.addAll(Arrays.asList(readback.take()));
            }
            all.forEach(m -> results.add(m.toArray()));
            return results.toArray(float[][]::new);
        }

        @Override
        public void close() {
            program.close();
            order.close();
            all.forEach(Matrix::close);
        }
    }

    private static float[][] expected(int steps) {
        try (Backend java = Backends.open("java", 1); Step step = new Step(java)) {
            return step.train(steps);
        }
    }

    private static void assertEqual(float[][] expected, float[][] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertArrayEquals(expected[i], actual[i], "result " + i);
        }
    }

    @Test
    void replayedProgramsReadTheirValuesAnew() {
        try (Step step = new Step(backend)) {
            assertEqual(expected(7), step.train(7));
        }
    }

    @Test
    void programsAreCapturedInTheirSecondRun() {
        try (Matrix m = backend.matrix(2, 2)) {
            try (CudaProgram program = (CudaProgram) backend.executor(List.of(Rows.fill(3, m)), true)) {
                program.run();
                assertEquals(0, program.nodes());
                program.run();
                assertTrue(program.nodes() > 0);
                m.set(0, 0, 0, 0);
                program.run();
                assertArrayEquals(new float[] {3, 3, 3, 3}, m.toArray());
            }
        }
    }

    @Test
    void whatCannotBeReplayedRunsPlainly() {
        try (Matrix m = backend.matrix(1, 1); Matrix sum = backend.matrix(1, 1)) {
            int[] runs = {0};
            Launch host = Launch.of("host", backend, 1).body((begin, end) -> runs[0]++);
            CudaProgram program = (CudaProgram) backend.executor(List.of(Rows.fill(3, m), host, Rows.add(m, sum)),
                    true);
            for (int i = 0; i < 4; i++) {
                program.run();
                assertEquals(0, program.nodes());
            }
            // the recording itself calls the bodies once more, without effect on the device
            assertEquals(5, runs[0]);
            assertArrayEquals(new float[] {12}, sum.toArray());
        }
    }

    @Test
    void aBodyThatThrowsEndsTheCapture() {
        try (Matrix m = backend.matrix(1, 1)) {
            int[] runs = {0};
            CudaProgram program = (CudaProgram) backend.executor(List.of(Rows.fill(3, m), Launch.of("bad", backend, 1)
                    .body((begin, end) -> {
                        if (runs[0]++ == 1) {
                            throw new UnsupportedOperationException("once");
                        }
                        new Rows.Fill(4, m).run(0, 1);
                    })), true);
            program.run();
            assertThrows(UnsupportedOperationException.class, program::run);
            program.run();
            assertArrayEquals(new float[] {4}, m.toArray());
        }
    }

    @Test
    void captureThatFailsGoesOnPlainly() throws IOException {
        for (String call : List.of("cudaStreamBeginCapture=900", "cudaGraphInstantiateWithFlags=2")) {
            try (Step step = new Step(backend)) {
                Emulation.failing(call, () -> assertEqual(expected(4), step.train(4)));
            }
        }
    }

    @Test
    void aBodyThatWaitsForTheDeviceIsRunPlainly() {
        try (Matrix m = backend.matrix(1, 1); Matrix sum = backend.matrix(1, 1)) {
            Launch waits = Launch.of("waits", backend, 1).body((begin, end) -> {
                new Rows.Add(m, sum).run(0, 1);
                backend.synchronize();
            });
            CudaProgram program = (CudaProgram) backend.executor(List.of(Rows.fill(3, m), waits), true);
            for (int i = 1; i <= 4; i++) {
                program.run();
                assertEquals(0, program.nodes());
                assertArrayEquals(new float[] {3 * i}, sum.toArray());
            }
        }
    }

    @Test
    void theMemoryOfThePoolGoesWithItsLastUser() {
        assumeTrue(CudaLibrary.emulated(), "skipped: others use a device's memory too");
        CudaDevice device = backend.device();
        backend.close();
        long before = device.freeBytes();
        long kept = before - 4_000_000;
        CudaBackend one = new CudaBackend(device.index());
        CudaBackend two = new CudaBackend(device.index());
        one.matrix(1000, 1000).close();
        one.synchronize();
        assertEquals(kept, device.freeBytes());
        Matrix last = two.matrix(1000, 1000);
        assertEquals(kept, device.freeBytes());
        one.close();
        two.close();
        assertEquals(kept, device.freeBytes());
        last.close();
        assertEquals(before, device.freeBytes());
    }

    @Test
    void devicesWithoutMemoryPoolsWorkToo() throws IOException {
        CudaDevice device = backend.device();
        // or the pool would be there
        backend.close();
        Emulation.failing("noPools=1", () -> {
            long before = device.freeBytes();
            try (CudaBackend other = new CudaBackend(device.index()); Step step = new Step(other)) {
                assertEqual(expected(4), step.train(4));
            }
            assertEquals(before, device.freeBytes());
        });
    }

    @Test
    void aPoolThatIsRefusedLeavesNothingBehind() throws IOException, InterruptedException {
        long before = Leaks.count();
        int device = backend.device().index();
        backend.close();
        Emulation.failing("cudaMemPoolCreate=2",
                () -> assertThrows(CudaException.class, () -> new CudaBackend(device)));
        collect();
        assertEquals(before, Leaks.count());
    }

    @Test
    void onTheDefaultStreamProgramsRunToo() {
        try (CudaBackend other = new CudaBackend(backend.device().index(), null); Step step = new Step(other)) {
            assertEqual(expected(4), step.train(4));
        }
    }

    @Test
    void errorsNameNumberAndRemedy() throws IOException {
        try (Matrix m = backend.matrix(1, 1)) {
            Emulation.failing("cudaMemcpyAsync=1", () -> {
                CudaException e = assertThrows(CudaException.class, () -> m.set(1));
                assertEquals(1, e.number());
                assertTrue(e.getMessage().contains("cudaErrorInvalidValue") && e.getMessage().contains(e.remedy()),
                        e.getMessage());
            });
            assertArrayEquals(new float[] {2}, m.set(2).toArray());
        }
    }

    @Test
    void anotherLibrarysMemoryAndStreamAreUsedInPlace() {
        try (CudaStream theirs = CudaStream.create(backend.device().index());
                Matrix memory = backend.matrix(1, 100).set(new float[100])) {
            backend.synchronize();
            CUstream_st stream = CudaInterop.stream(theirs);
            assertEquals(theirs.pointer().address(), stream.address());
            FloatPointer pointer = new FloatPointer((Pointer) memory.address()).position(10);
            try (CudaBackend other = new CudaBackend(CudaInterop.stream(backend.device().index(), stream))) {
                assertEquals(stream.address(), other.stream().pointer().address());
                Matrix view = CudaInterop.matrix(other, pointer, 3, 2, 5);
                Rows.fill(1, view).run();
                assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, view.toArray());
                view.close();
                assertThrows(IllegalStateException.class, view::toArray);
            }
            theirs.synchronize();
            float[] expected = new float[100];
            for (int i : new int[] {10, 11, 15, 16, 20, 21}) {
                expected[i] = 1;
            }
            assertArrayEquals(expected, memory.toArray());
        }
    }

    @Test
    void pointersThatCannotBeFloatsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> backend.wrap(new Pointer(), 1));
        assertThrows(IllegalArgumentException.class, () -> backend.wrap(new CudaAddress(4098), 1));
        assertEquals(0, backend.wrap(new Pointer(), 0).elements());
    }

    @Test
    void memoryThatKernelsCannotUseIsRefused() {
        try (FloatPointer host = new FloatPointer(8L)) {
            String message = assertThrows(IllegalArgumentException.class, () -> backend.wrap(host, 8)).getMessage();
            assertEquals("deviceMemory must be memory of CUDA device " + backend.device().index() + ", not memory that"
                    + " CUDA does not know, such as the host's", message);
        }
        // page-locked, of a device, managed
        assertTrue(CudaStorage.otherMemory(1, 0, false, 0).contains("page-locked"));
        assertNull(CudaStorage.otherMemory(1, 0, true, 0));
        assertEquals("of device 1", CudaStorage.otherMemory(2, 1, true, 0));
        assertNull(CudaStorage.otherMemory(2, 1, true, 1));
        assertNull(CudaStorage.otherMemory(3, 0, true, 1));
    }

    @Test
    void eventsOrderStreamsAndMeasureTime() {
        int device = backend.device().index();
        try (CudaBackend other = new CudaBackend(device); CudaEvent from = new CudaEvent(device);
                CudaEvent to = new CudaEvent(device); Matrix m = backend.matrix(64, 64)) {
            Matrix same = Matrix.view(other.wrap((Pointer) m.address(), 64 * 64), 0, 64, 64, 64);
            from.record(backend.stream());
            Rows.fill(5, m).run();
            other.stream().waitFor(to.record(backend.stream()));
            assertEquals(5, same.toArray()[64 * 64 - 1]);
            to.synchronize();
            assertTrue(to.isDone() && CudaEvent.milliseconds(from, to) >= 0);
            assertEquals(device, to.device());
        }
    }

    @Test
    void closedStreamsAndEventsAreRefused() {
        CudaStream stream = CudaStream.create(backend.device().index());
        CudaEvent event = new CudaEvent(backend.device().index());
        stream.close();
        stream.close();
        event.close();
        event.close();
        assertThrows(IllegalStateException.class, stream::synchronize);
        assertThrows(IllegalStateException.class, event::isDone);
        assertThrows(IllegalArgumentException.class, () -> CudaStream.create(9999));
    }
}
