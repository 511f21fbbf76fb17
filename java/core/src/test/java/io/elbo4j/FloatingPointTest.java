package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.elbo4j.operation.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads whose floating-point settings native code has changed: refused where Java computes, no matter to natives. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FloatingPointTest {
    private static final int DEFAULT = 0x1f80;
    private static final int DENORMALS_ARE_ZERO = 1 << 6;
    private static final int DOWN = 1 << 13;
    private static final int UP = 2 << 13;
    private static final int TO_ZERO = 3 << 13;
    private static final int FLUSH_TO_ZERO = 1 << 15;

    @TempDir
    static Path directory;

    private static String problem;
    private static ExecutorService other;

    /** Sets the register of x86-64 that governs all arithmetic of this thread, and returns what it was. */
    private static native int control(int mxcsr);

    @BeforeAll
    static void compile() throws IOException, InterruptedException {
        other = Executors.newSingleThreadExecutor();
        if (!System.getProperty("os.arch").equals("amd64")) {
            problem = "skipped: needs an x86-64 processor";
            return;
        }
        Path source = Files.writeString(directory.resolve("control.c"), """
                #include <xmmintrin.h>
                int Java_io_elbo4j_FloatingPointTest_control(void* env, void* type, int mxcsr) {
                  int before = _mm_getcsr();
                  _mm_setcsr(mxcsr);
                  return before;
                }
                """);
        Path library = directory.resolve("libcontrol.so");
        try {
            Process cc = new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), source.toString())
                    .inheritIO().start();
            assertEquals(0, cc.waitFor(), "cc failed");
            System.load(library.toString());
        } catch (IOException noCompiler) {
            problem = "skipped: needs a C compiler, cc (" + noCompiler.getMessage() + ")";
        }
    }

    @AfterAll
    static void end() {
        other.shutdownNow();
    }

    private interface Task {
        void run();
    }

    /** Runs a task in another thread under such settings, and brings them back. */
    private static void under(int bits, Task task) throws InterruptedException {
        assumeTrue(problem == null, problem);
        try {
            other.submit(() -> {
                int before = control(DEFAULT | bits);
                try {
                    task.run();
                } finally {
                    control(before);
                }
            }).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause().getMessage(), e.getCause());
        }
    }

    private static void assertRefused(String found, Task task) {
        String message = assertThrows(IllegalStateException.class, task::run).getMessage();
        assertTrue(message.contains(found) && message.contains("which would give other bits"), message);
        assertTrue(message.contains("Call elbo4j in another thread"), message);
    }

    private record Case(int bits, String found, boolean nearest) {}

    private static final List<Case> CASES = List.of(
            new Case(DENORMALS_ARE_ZERO, "flushes denormals to zero", true),
            new Case(FLUSH_TO_ZERO, "flushes denormals to zero", true),
            new Case(FLUSH_TO_ZERO | DENORMALS_ARE_ZERO, "flushes denormals to zero", true),
            new Case(UP, "rounds upwards", false), new Case(DOWN, "rounds downwards", false),
            new Case(TO_ZERO, "rounds towards zero", false));

    @Test
    void theJavaBackendRefusesAndWritesNothing() throws InterruptedException {
        try (Backend b = Backends.open("java", 1); Matrix m = b.matrix(2, 2)) {
            Program program = new Program(b, List.of(Rows.fill(3, m)));
            for (Case c : CASES) {
                under(c.bits, () -> {
                    assertRefused(c.found, program::run);
                    assertRefused(c.found, Rows.fill(3, m)::run);
                    assertRefused(c.found, () -> Backends.open("java", 1));
                });
                assertArrayEquals(new float[4], m.toArray());
            }
            under(0, program::run);
            assertArrayEquals(new float[] {3, 3, 3, 3}, m.toArray());
        }
    }

    /** Also after the compiler has compiled the question, and often. */
    @Test
    void compiledCodeAsksAnew() throws InterruptedException {
        try (Backend b = Backends.open("java", 1); Matrix m = b.matrix(2, 2)) {
            Program program = new Program(b, List.of(Rows.fill(3, m)));
            under(0, () -> {
                for (int i = 0; i < 200_000; i++) {
                    program.run();
                }
                for (Case c : CASES) {
                    int before = control(DEFAULT | c.bits);
                    try {
                        assertRefused(c.found, program::run);
                    } finally {
                        control(before);
                    }
                    program.run();
                }
            });
        }
    }

    @Test
    void aWorkerIsAskedToo() throws InterruptedException {
        assumeTrue(problem == null, problem);
        try (Backend b = Backends.open("java", 2)) {
            Thread caller = Thread.currentThread();
            CountDownLatch both = new CountDownLatch(2);
            Launch.of("change", b, 2).nanosPerItem(1e6).body((begin, end) -> {
                both.countDown();
                while (both.getCount() > 0) {
                    Thread.onSpinWait();
                }
                if (Thread.currentThread() != caller) {
                    control(DEFAULT | UP);
                }
            }).run();
            Launch nothing = Launch.of("nothing", b, 2).nanosPerItem(1e6).body((begin, end) -> {});
            String message = assertThrows(IllegalStateException.class, nothing::run).getMessage();
            assertTrue(message.startsWith("thread 'elbo4j-worker-1' rounds upwards"), message);
            assertTrue(message.endsWith("Close its backend and open another, which has threads of its own, and have"
                    + " that code restore them"), message);
        }
        try (Backend another = Backends.open("java", 2)) {
            Launch.of("nothing", another, 2).nanosPerItem(1e6).body((begin, end) -> {}).run();
        }
    }

    @Test
    void scalarsThatAreComputedInJavaAreRefusedWhereRoundingIsNotToNearest() throws InterruptedException {
        for (Case c : CASES) {
            under(c.bits, () -> {
                if (c.nearest) {
                    new AdamStep(1e-3, 0.9, 0.999, 1e-8).at(7);
                } else {
                    assertRefused(c.found, () -> new AdamStep(1e-3, 0.9, 0.999, 1e-8));
                }
            });
        }
    }

    /** Elements of 16 bits are computed from those of 32, and back, in Java. */
    @Test
    void copiesThatRoundAreRefusedOnAllBackends() throws InterruptedException {
        for (String name : Backends.hasCpuLevel(0) ? List.of("java", "cpu") : List.of("java")) {
            for (ElementType type : ElementType.values()) {
                try (Backend b = Backends.open(name, 1); Matrix m = b.matrix(1, 2, type).set(1, 2)) {
                    for (Case c : CASES) {
                        under(c.bits, () -> {
                            if (type == ElementType.FLOAT32) {
                                assertArrayEquals(new float[] {1, 2}, m.set(1, 2).toArray());
                            } else {
                                assertRefused(c.found, () -> m.set(3, 4));
                                assertRefused(c.found, m::toArray);
                            }
                        });
                    }
                    assertArrayEquals(new float[] {1, 2}, m.toArray(), "nothing has been written");
                }
            }
        }
    }

    /** x + x of a denormal, and a sum that rounds. */
    @Test
    void nativeKernelsGiveTheSameBitsWhateverTheCallersSettings() throws InterruptedException {
        assumeTrue(Backends.hasCpuLevel(0), "skipped: needs the native library");
        try (Backend b = Backends.open("cpu", 1); Matrix x = b.matrix(1, 2); Matrix y = b.matrix(1, 2)) {
            Program program = new Program(b, List.of(Rows.add(x, y)));
            for (Case c : CASES) {
                x.set(0x1p-130f, 0x1p-30f);
                y.set(0x1p-130f, 1);
                under(c.bits, () -> {
                    program.run();
                    int after = control(DEFAULT | c.bits);
                    assertEquals(DEFAULT | c.bits, after & ~0x3f, "the caller's settings come back");
                });
                assertArrayEquals(new float[] {0x1p-129f, 1}, y.toArray());
            }
        }
    }
}
