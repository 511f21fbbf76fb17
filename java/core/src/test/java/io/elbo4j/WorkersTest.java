package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads end with what they were started for. */
class WorkersTest {
    private static void assertEnd(List<Thread> threads) throws InterruptedException {
        for (Thread t : threads) {
            t.join(TimeUnit.SECONDS.toMillis(30));
            assertFalse(t.isAlive(), t.getName());
        }
    }

    @Test
    void aFailedStartLeavesNoThreads() throws InterruptedException {
        List<Thread> started = new ArrayList<>();
        String message = assertThrows(IllegalStateException.class, () -> new Workers(200, thread -> {
            if (started.size() == 180) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            thread.start();
            started.add(thread);
        })).getMessage();
        assertTrue(message.contains("no more than 181 of the 200 threads asked for (unable to create native thread)"),
                message);
        assertEquals(180, started.size());
        assertEnd(started);
    }

    @Test
    void closedWorkersEnd() throws InterruptedException {
        List<Thread> started = new ArrayList<>();
        Workers workers = new Workers(4, thread -> {
            thread.start();
            started.add(thread);
        });
        workers.close();
        workers.close();
        assertEnd(started);
        assertThrows(IllegalStateException.class, () -> workers.run((worker, count) -> {}));
    }

    /** Where a caller is the only thread there is nothing to take turns for. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void callersOfOneThreadRunSideBySideAndClosingWaitsForNone() throws Exception {
        Workers workers = new Workers(1);
        CyclicBarrier inside = new CyclicBarrier(3);
        CountDownLatch closed = new CountDownLatch(1);
        Callable<Boolean> call = () -> {
            workers.run((worker, count) -> {
                assertEquals(0, worker);
                assertEquals(1, count);
                meet(inside);
                await(closed);
            });
            return true;
        };
        FutureTask<Boolean> other = new FutureTask<>(call);
        FutureTask<Boolean> another = new FutureTask<>(call);
        new Thread(other).start();
        new Thread(another).start();
        meet(inside);
        workers.close();
        closed.countDown();
        assertTrue(other.get() && another.get());
        assertThrows(IllegalStateException.class, () -> workers.run((worker, count) -> {}));
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void splitProgramsOfABackendOfOneThreadRunSideBySide() throws Exception {
        try (Backend b = Backends.open("java", 1)) {
            CyclicBarrier both = new CyclicBarrier(2);
            List<FutureTask<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Matrix m = b.matrix(4, 3);
                // far above what is split
                Program program = new Program(b, List.of(Launch.of("split", b, 4).writes(m).nanosPerItem(1e9).body((
                        begin, end) -> meet(both))));
                FutureTask<Boolean> call = new FutureTask<>(() -> {
                    for (int run = 0; run < 100; run++) {
                        program.run();
                    }
                    return true;
                });
                calls.add(call);
                new Thread(call).start();
            }
            for (FutureTask<Boolean> call : calls) {
                assertTrue(call.get());
            }
        }
    }

    private static void meet(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One that cannot sleep is seen awake at times, by who looks often. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anInterruptedCallerSleepsWhileItWaitsAndStaysInterrupted() throws Exception {
        try (Workers workers = new Workers(2)) {
            CountDownLatch goOn = new CountDownLatch(1);
            FutureTask<Boolean> call = new FutureTask<>(() -> {
                Thread.currentThread().interrupt();
                workers.run((worker, count) -> {
                    if (worker == 1) {
                        await(goOn);
                    }
                });
                return Thread.interrupted();
            });
            Thread caller = new Thread(call);
            caller.start();
            for (int asleep = 0; asleep < 2_000; asleep++) {
                Thread.sleep(0, 100_000);
                if (caller.getState() != Thread.State.WAITING) {
                    asleep = 0;
                }
            }
            goOn.countDown();
            assertTrue(call.get(), "the caller's status");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theThreadsOfAForgottenBackendEnd() throws InterruptedException {
        List<Thread> threads = forget();
        assertEquals(2, threads.size());
        for (int i = 0; i < 100 && threads.stream().anyMatch(Thread::isAlive); i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertEnd(threads);
    }

    /** A backend that has run a program, both now garbage; its threads. */
    private static List<Thread> forget() {
        List<Thread> before = all();
        Backend b = Backends.open("java", 3);
        Matrix m = b.matrix(3, 3);
        new Program(b, List.of(Launch.of("split", b, 3).writes(m).nanosPerItem(1e6).body((begin, end) -> {
            assertEquals(9, m.rows() * m.columns());
        }))).run();
        List<Thread> after = all();
        after.removeAll(before);
        return after;
    }

    private static List<Thread> all() {
        return new ArrayList<>(Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("elbo4j-worker-")).toList());
    }
}
