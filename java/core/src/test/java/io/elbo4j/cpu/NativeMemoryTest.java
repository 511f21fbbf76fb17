package io.elbo4j.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.Backend;
import io.elbo4j.Indices;
import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.NativeBytes;
import io.elbo4j.Program;
import io.elbo4j.Storage;
import io.elbo4j.operation.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Native memory: its contents, its end, and what happens if nobody ends it. */
class NativeMemoryTest {
    private Backend backend;

    @BeforeEach
    void open() {
        assumeTrue(CpuLibrary.problem().isEmpty(), () -> "skipped: " + CpuLibrary.problem().orElse(""));
        backend = new CpuBackend(0, 1);
    }

    @AfterEach
    void close() {
        if (backend != null) {
            backend.close();
        }
    }

    @Test
    void isZeroAndAlignedAndKeepsWhatIsWritten() {
        for (int n : new int[] {0, 1, 31, 32, 33, 127, 128, 129, 300_007}) {
            try (Matrix m = backend.matrix(1, n)) {
                assertEquals(0, ((Pointer) m.address()).address() % 64, n + " floats");
                assertArrayEquals(new float[n], m.toArray());
                float[] values = new float[n];
                for (int i = 0; i < n; i++) {
                    values[i] = Float.intBitsToFloat(i * 0x9E3779B1 & 0x7F7FFFFF);
                }
                assertArrayEquals(values, m.set(values).toArray());
                assertArrayEquals(java.util.Arrays.copyOfRange(values, n / 3, n), m.columns(n / 3, n).toArray());
            }
        }
    }

    @Test
    void impossibleSizesAreRefused() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> backend.allocate(-1)).getMessage()
                .contains("not -1"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> backend.allocate(Long.MAX_VALUE / 2))
                .getMessage().contains("not " + Long.MAX_VALUE / 2));
        String message = assertThrows(OutOfMemoryError.class, () -> backend.allocate(1L << 55)).getMessage();
        assertTrue(message.contains((4L << 55) + " bytes"), message);
    }

    @Test
    void closingIsNoLeakAndForgettingIsOne() throws InterruptedException {
        long before = Leaks.count();
        for (int i = 0; i < 10; i++) {
            backend.matrix(3, 3).close();
            backend.indices(3).close();
        }
        collect();
        assertEquals(before, Leaks.count());
        forget();
        for (int i = 0; i < 100 && Leaks.count() < before + 2; i++) {
            collect();
        }
        assertEquals(before + 2, Leaks.count());
    }

    private void forget() {
        backend.matrix(3, 3);
        backend.indices(3);
    }

    private static void collect() throws InterruptedException {
        System.gc();
        Thread.sleep(20);
    }

    @Test
    void anAddressKeepsItsStorage() throws InterruptedException {
        long before = Leaks.count();
        NativeStorage.Address address = (NativeStorage.Address) backend.matrix(3, 3).set(1, 2, 3, 4, 5, 6, 7, 8, 9)
                .columns(1, 3).address();
        collect();
        assertEquals(before, Leaks.count());
        assertEquals(2, address.get());
        address.storage().close();
    }

    @Test
    void rowNumbersOutsideTheMatrixAreRefusedAndNothingIsWritten() {
        try (Matrix source = backend.matrix(4, 2).set(0, 1, 2, 3, 4, 5, 6, 7); Matrix target = backend.matrix(3, 2);
                Indices rows = backend.indices(3)) {
            rows.set(new int[] {9, 3, 0, 2, 9}, 1);
            Rows.gather(source, rows, target).run();
            assertArrayEquals(new float[] {6, 7, 0, 1, 4, 5}, target.toArray());
            for (int bad : new int[] {4, -1}) {
                rows.set(new int[] {0, bad, 0}, 0);
                String message = assertThrows(IndexOutOfBoundsException.class,
                        () -> Rows.gather(source, rows, target).run()).getMessage();
                assertTrue(message.contains("[0, 4), not " + bad), message);
                assertThrows(IndexOutOfBoundsException.class, () -> Rows.scatterAdd(target, rows, source).run());
            }
            assertArrayEquals(new float[] {6, 7, 0, 1, 4, 5}, target.toArray());
            assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, source.toArray());
            String message = assertThrows(IllegalArgumentException.class, () -> rows.set(new int[4], 2)).getMessage();
            assertTrue(message.contains("3 row numbers from element 2"), message);
        }
    }

    @Test
    void memoryOfAnotherLibraryIsUsedInPlaceAndNotFreed() {
        try (FloatPointer theirs = new FloatPointer(0, 1, 2, 3, 4, 5, 6)) {
            Storage storage = ((CpuBackend) backend).wrap(theirs.position(1), 6);
            try (Matrix m = Matrix.view(storage, 1, 2, 2, 3)) {
                assertEquals(theirs.address() + 2 * Float.BYTES, ((Pointer) m.address()).address());
                assertArrayEquals(new float[] {2, 3, 5, 6}, m.toArray());
                Rows.fill(-1, m).run();
            }
            float[] all = new float[7];
            theirs.position(0).get(all);
            assertArrayEquals(new float[] {0, 1, -1, -1, 4, -1, -1}, all);
        }
    }

    @Test
    void memoryThatCannotBeFloatsIsRefused() {
        CpuBackend cpu = (CpuBackend) backend;
        String message = assertThrows(IllegalArgumentException.class, () -> cpu.wrap(null, 1)).getMessage();
        assertTrue(message.contains("a multiple of 4 and not 0, not 0"), message);
        try (BytePointer bytes = new BytePointer(16)) {
            bytes.position(2);
            assertThrows(IllegalArgumentException.class, () -> cpu.wrap(bytes, 1));
            assertThrows(IllegalArgumentException.class, () -> cpu.wrap(bytes.position(0), -1));
        }
        assertEquals(0, cpu.wrap(null, 0).elements());
    }

    @Test
    void closedMemoryIsRefused() {
        Storage storage = backend.allocate(8);
        Matrix m = Matrix.view(storage, 0, 2, 4, 4);
        Indices rows = backend.indices(2);
        storage.close();
        rows.close();
        rows.close();
        assertThrows(IllegalStateException.class, m::toArray);
        assertThrows(IllegalStateException.class, () -> rows.set(new int[2], 0));
        assertThrows(IllegalStateException.class, rows::address);
    }

    /** Memory of 4 MB is given back to the system at once: a kernel that reads it after that ends the process. */
    @Test
    void closingWhatAKernelReadsFreesItAfterTheKernel() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (Matrix sum = backend.matrix(1, 1 << 20)) {
            float[] ones = new float[1 << 20];
            Arrays.fill(ones, 1);
            float added = 0;
            for (int i = 0; i < 100; i++) {
                Matrix read = backend.matrix(1, 1 << 20).set(ones);
                AtomicInteger runs = new AtomicInteger();
                Future<Void> run = other.submit(() -> {
                    Program add = new Program(backend, List.of(Rows.add(read, sum)));
                    while (true) {
                        add.run();
                        runs.incrementAndGet();
                    }
                });
                while (runs.get() == 0 && !run.isDone()) {
                    Thread.onSpinWait();
                }
                read.close();
                Throwable refused = assertThrows(ExecutionException.class, run::get).getCause();
                assertTrue(refused.getMessage().contains("has been closed"), refused.toString());
                added += runs.get();
                assertEquals(added, sum.columns(i, i + 1).toArray()[0], "each run was whole");
            }
        } finally {
            other.shutdownNow();
        }
    }

    /** Forgets far more than fits, and prints the most bytes there were at any time, and whether it is interrupted. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] args) {
            long most = 0;
            try (Backend cpu = new CpuBackend(0, 1)) {
                if (args[0].equals("interrupted")) {
                    Thread.currentThread().interrupt();
                }
                for (int i = 0; i < 465; i++) {
                    cpu.matrix(1024, 1024);
                    most = Math.max(most, NativeBytes.HOST.live());
                }
            }
            System.out.println(most + " " + Thread.interrupted());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"not interrupted", "interrupted"})
    void forgottenMemoryIsCollectedBeforeItGrows(String how) throws IOException, InterruptedException {
        Process java = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx64m", "-cp",
                System.getProperty("java.class.path"), Forgetful.class.getName(), how)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String[] said = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim().split(" ");
        assertEquals(0, java.waitFor());
        assertEquals(how.equals("interrupted"), Boolean.parseBoolean(said[1]), "its thread's status");
        long most = Long.parseLong(said[0]);
        assertTrue(most < 200L << 20, "465 forgotten matrices of 4 MB: " + most + " bytes at most");
    }

    @Test
    void closedMemoryIsCountedNoMore() throws InterruptedException {
        collect();
        long before = NativeBytes.HOST.live();
        for (int i = 0; i < 2_000; i++) {
            backend.matrix(1024, 1024).close();
        }
        assertEquals(before, NativeBytes.HOST.live());
        backend.matrix(3, 3).close();
        Indices rows = backend.indices(3);
        assertEquals(before + 12, NativeBytes.HOST.live());
        rows.close();
        assertThrows(OutOfMemoryError.class, () -> backend.allocate(1L << 55));
        assertEquals(before, NativeBytes.HOST.live());
    }

}
