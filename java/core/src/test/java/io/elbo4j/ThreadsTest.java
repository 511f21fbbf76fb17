package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.operation.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What several threads may do with one program, backend and matrix, and what closing does to those that run. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThreadsTest {
    private static final int THREADS = 4;
    /** Large enough to be split, and too small. */
    private static final int[] ELEMENTS = {400_000, 7};

    private final ExecutorService threads = Executors.newCachedThreadPool();

    static List<String> backends() {
        return IndicesTest.backends();
    }

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    /** On as many threads at once; an exception of any is thrown. */
    private void together(int count, Callable<Void> task) throws Exception {
        List<Future<Void>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(threads.submit(task));
        }
        for (Future<Void> f : all) {
            f.get();
        }
    }

    private Future<?> start(Runnable task) {
        return threads.submit(task);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void everyRunOfOneProgramCounts(String name) throws Exception {
        // the emulation of CUDA runs thread after thread
        for (int elements : name.startsWith("cuda") ? new int[] {4_000, 7} : ELEMENTS) {
            int runs = name.startsWith("cuda") ? 5 : elements > 1000 ? 100 : 20_000;
            try (Backend b = Backends.open(name, 2); Matrix one = b.matrix(1, elements);
                    Matrix sum = b.matrix(1, elements)) {
                Rows.fill(1, one).run();
                Launch add = Rows.add(one.reshape(elements, 1), sum.reshape(elements, 1));
                try (Program program = new Program(b, List.of(add))) {
                    together(THREADS, () -> {
                        for (int i = 0; i < runs; i++) {
                            program.run();
                        }
                        return null;
                    });
                }
                float[] expected = new float[elements];
                Arrays.fill(expected, THREADS * runs);
                assertArrayEquals(expected, sum.toArray(), "runs of one program of " + elements + " items");
                together(THREADS, () -> {
                    for (int i = 0; i < runs; i++) {
                        add.run();
                    }
                    return null;
                });
                Arrays.fill(expected, 2 * THREADS * runs);
                assertArrayEquals(expected, sum.toArray(), "runs of one launch of " + elements + " items");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void programsOfOneBackendRunAtTheSameTime(String name) throws Exception {
        for (int elements : ELEMENTS) {
            int runs = name.startsWith("cuda") ? 5 : elements > 1000 ? 50 : 5_000;
            try (Backend b = Backends.open(name, 2); Matrix one = b.matrix(1, elements)) {
                Rows.fill(1, one).run();
                together(THREADS, () -> {
                    try (Matrix sum = b.matrix(1, elements);
                            Program program = new Program(b, List.of(Rows.add(one, sum), Rows.add(one, sum)))) {
                        for (int i = 0; i < runs; i++) {
                            program.run();
                            sum.columns(0, 1).set(2 * i + 2);
                        }
                        float[] expected = new float[elements];
                        Arrays.fill(expected, 2 * runs);
                        assertArrayEquals(expected, sum.toArray());
                    }
                    return null;
                });
            }
        }
    }

    @Test
    void aLaunchInsideALaunchIsRefused() {
        for (int count = 1; count <= 3; count++) {
            try (Backend b = Backends.open("java", count); Backend other = Backends.open("java", 2)) {
                for (double nanos : new double[] {1, 1e6}) {
                    for (Backend inner : List.of(b, other)) {
                        Launch nested = Launch.of("inner", inner, 100).nanosPerItem(1e6).body((begin, end) -> {});
                        Program program = new Program(inner, List.of(nested));
                        for (Runnable inside : List.<Runnable>of(nested::run, program::run, program::nodes,
                                program::close, b::close)) {
                            Launch outer = Launch.of("outer", b, 100).nanosPerItem(nanos)
                                    .body((begin, end) -> inside.run());
                            String message = assertThrows(IllegalStateException.class, outer::run).getMessage();
                            assertTrue(message.contains("inside a launch, which would wait for itself"), message);
                        }
                        nested.run();
                        program.run();
                    }
                }
            }
        }
    }

    /** A launch that waits in its body until it is told to go on. */
    private static final class Held {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);

        Launch launch(Backend b) {
            return Launch.of("held", b, 1).body((begin, end) -> {
                begun.countDown();
                try {
                    assertTrue(goOn.await(30, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    /** Memory that counts how often it is freed. */
    private static final class Counted extends Storage {
        final AtomicInteger freed = new AtomicInteger();

        Counted(Backend backend, boolean borrowed) {
            super(backend, 1, ElementType.FLOAT32, borrowed);
        }

        @Override
        protected Object address(long offset) {
            return offset;
        }

        @Override
        protected void read(long offset, float[] target, int targetOffset, int count) {
            throw new UnsupportedOperationException("as asked");
        }

        @Override
        protected void write(long offset, float[] source, int sourceOffset, int count) {
            throw new UnsupportedOperationException("as asked");
        }

        @Override
        protected void release() {
            freed.incrementAndGet();
        }

        Matrix matrix() {
            return Matrix.view(this, 0, 1, 1, 1);
        }
    }

    private static void assertClosed(Runnable use) {
        String message = assertThrows(IllegalStateException.class, use::run).getMessage();
        assertTrue(message.contains("been closed"), message);
    }

    @Test
    void closedMemoryIsFreedByItsLastUser() throws Exception {
        try (Backend b = Backends.open("java", 1)) {
            Counted storage = new Counted(b, false);
            Matrix m = storage.matrix();
            Held held = new Held();
            Launch launch = held.launch(b).writes(m);
            Future<?> run = start(launch::run);
            held.begun.await();
            storage.close();
            storage.close();
            assertEquals(0, storage.freed.get(), "freed under a launch");
            assertClosed(m::toArray);
            assertClosed(() -> m.set(1));
            assertClosed(() -> new Program(b, List.of(Launch.of("later", b, 1).reads(m))));
            held.goOn.countDown();
            run.get();
            assertEquals(1, storage.freed.get());
            assertClosed(launch::run);
            storage.close();
            assertEquals(1, storage.freed.get());
        }
    }

    @Test
    void whatFailsLeavesNoUserBehind() {
        try (Backend b = Backends.open("java", 2)) {
            Counted storage = new Counted(b, false);
            Counted closed = new Counted(b, false);
            Matrix m = storage.matrix();
            assertThrows(UnsupportedOperationException.class, m::toArray);
            assertThrows(UnsupportedOperationException.class, () -> m.set(1));
            Launch fails = Launch.of("fails", b, 1).writes(m).body((begin, end) -> {
                throw new UnsupportedOperationException("as asked");
            });
            assertThrows(UnsupportedOperationException.class, fails::run);
            Launch refused = Launch.of("refused", b, 1).writes(m).require(() -> {
                throw new UnsupportedOperationException("as asked");
            }).body((begin, end) -> {});
            assertThrows(UnsupportedOperationException.class, refused::run);
            Launch two = Launch.of("two", b, 1).reads(m, closed.matrix()).body((begin, end) -> {});
            closed.close();
            assertClosed(two::run);
            storage.close();
            assertEquals(1, storage.freed.get());
            assertEquals(1, closed.freed.get());
        }
    }

    @Test
    void memoryOfAnotherLibraryIsNotUsedOnceItsCloseReturns() throws Exception {
        try (Backend b = Backends.open("java", 1)) {
            Counted storage = new Counted(b, true);
            Held held = new Held();
            Future<?> run = start(held.launch(b).writes(storage.matrix())::run);
            held.begun.await();
            Future<?> close = start(storage::close);
            while (isOpen(storage)) {
                Thread.onSpinWait();
            }
            assertFalse(close.isDone());
            held.goOn.countDown();
            close.get();
            run.get();
            assertEquals(1, storage.freed.get());
        }
    }

    private static boolean isOpen(Storage storage) {
        try {
            storage.requireOpen();
            return true;
        } catch (IllegalStateException closed) {
            return false;
        }
    }

    @Test
    void closingABackendOrAProgramWaitsForItsRuns() throws Exception {
        for (int count = 1; count <= 2; count++) {
            Backend b = Backends.open("java", count);
            Held held = new Held();
            Program program = new Program(b, List.of(held.launch(b)));
            AtomicInteger after = new AtomicInteger();
            Program next = new Program(b, List.of(Launch.of("next", b, 1).body((begin, end) -> after.set(1))));
            Future<?> run = start(program::run);
            held.begun.await();
            Future<?> closeBackend = start(b::close);
            Future<?> closeProgram = start(program::close);
            while (true) {
                after.set(0);
                try {
                    next.run();
                } catch (IllegalStateException closed) {
                    assertTrue(closed.getMessage().contains("this backend (java) has been closed"));
                    break;
                }
            }
            assertEquals(0, after.get());
            assertFalse(closeBackend.isDone());
            assertFalse(closeProgram.isDone());
            held.goOn.countDown();
            run.get();
            closeBackend.get();
            closeProgram.get();
            b.close();
            assertClosed(program::run);
        }
    }

    @Test
    void rowNumbersDoNotChangeUnderTheirReader() throws Exception {
        try (Backend b = Backends.open("java", 1)) {
            Indices rows = b.indices(3);
            Held held = new Held();
            Future<?> run = start(held.launch(b).reads(rows)::run);
            held.begun.await();
            String taken = "these 3 row numbers have been taken by a program that runs";
            String message = assertThrows(IllegalStateException.class, () -> rows.position(1)).getMessage();
            assertTrue(message.contains(taken), message);
            message = assertThrows(IllegalStateException.class, () -> rows.set(new int[3], 0)).getMessage();
            assertTrue(message.contains(taken), message);
            rows.close();
            assertEquals(3, ((int[]) rows.address()).length, "its reader still has them");
            held.goOn.countDown();
            run.get();
            assertClosed(rows::address);
            assertClosed(() -> rows.position(0));
        }
    }

    @Test
    void manyThreadsCloseAndUseAtOnce() throws Exception {
        try (Backend b = Backends.open("java", 1)) {
            for (int round = 0; round < 2_000; round++) {
                Counted storage = new Counted(b, round % 2 == 0);
                Launch launch = Launch.of("use", b, 1).writes(storage.matrix())
                        .body((begin, end) -> assertEquals(0, storage.freed.get()));
                CountDownLatch start = new CountDownLatch(1);
                AtomicInteger number = new AtomicInteger();
                Callable<Void> task = () -> {
                    boolean closes = number.getAndIncrement() < 2;
                    start.await();
                    if (closes) {
                        storage.close();
                        return null;
                    }
                    Program program;
                    try {
                        program = new Program(b, List.of(launch));
                        program.run();
                        program.run();
                    } catch (IllegalStateException closed) {
                        assertTrue(closed.getMessage().contains("been closed"), closed.getMessage());
                    }
                    return null;
                };
                List<Future<Void>> all = new ArrayList<>();
                for (int i = 0; i < THREADS + 2; i++) {
                    all.add(threads.submit(task));
                }
                start.countDown();
                for (Future<Void> f : all) {
                    f.get();
                }
                assertEquals(1, storage.freed.get());
            }
        }
    }
}
