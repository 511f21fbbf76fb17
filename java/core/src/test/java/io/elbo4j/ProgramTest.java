package io.elbo4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

/** Programs give what their launches give one after the other on one thread, and wait no more often than they must. */
class ProgramTest {
    private static final int ELEMENTS = 96;

    @Test
    void rowWiseLaunchesShareAPhaseAndAWholeReadEndsIt() {
        try (Backend b = Backends.open("java", 2)) {
            Matrix x = b.matrix(8, 6);
            Matrix y = b.matrix(8, 6);
            Matrix weight = b.matrix(6, 6);
            Matrix bias = b.matrix(1, 6);
            List<Launch> all = new ArrayList<>(List.of(nothing(b, 8).writes(x), nothing(b, 8).reads(x).readsAll(weight)
                    .writes(y), nothing(b, 8).reads(y).writes(x.columns(0, 3))));
            assertEquals(1, new Program(b, all).phases());
            all.add(nothing(b, 6).readsAll(x, y).writes(weight));
            all.add(nothing(b, 6).readsAll(y).writes(bias.reshape(6, 1)));
            all.add(nothing(b, 6).writes(weight));
            all.add(nothing(b, 6).writes(bias.reshape(6, 1)));
            assertEquals(2, new Program(b, all).phases());
            all.add(nothing(b, 8).readsAll(weight).writes(y));
            assertEquals(3, new Program(b, all).phases());
            assertEquals(0, new Program(b, List.of()).phases());
        }
    }

    private static Launch nothing(Backend b, long items) {
        return Launch.of("nothing", b, items).body((begin, end) -> {});
    }

    @Test
    void anyThreadCountGivesWhatTheLaunchesGiveInOrder() {
        for (long seed = 1; seed <= 400; seed++) {
            float[] expected = run(seed, 1, false);
            for (int threads = 1; threads <= 3; threads++) {
                for (int repeat = 0; repeat < 3; repeat++) {
                    assertArrayEquals(expected, run(seed, threads, true), "seed " + seed + ", threads " + threads);
                }
            }
        }
    }

    /** A program of one launch is split into more pieces than there are workers, anew in each run. */
    @Test
    void oneLaunchRunsEachItemOnceInEveryRun() {
        for (int threads = 1; threads <= 3; threads++) {
            for (int items : new int[] {0, 1, 2, 31, 511, 512, 1025, 4096, 10_007, 100_003}) {
                try (Backend b = Backends.open("java", threads)) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(items);
                    AtomicBoolean fails = new AtomicBoolean();
                    Program program = new Program(b, List.of(Launch.of("count", b, items).nanosPerItem(1e6)
                            .body((begin, end) -> {
                                if (fails.get()) {
                                    throw new IllegalStateException("asked to");
                                }
                                for (long i = begin; i < end; i++) {
                                    runs.incrementAndGet((int) i);
                                }
                            })));
                    program.run();
                    program.run();
                    if (items > 0) {
                        fails.set(true);
                        assertThrows(IllegalStateException.class, program::run);
                        fails.set(false);
                    }
                    program.run();
                    for (int i = 0; i < items; i++) {
                        assertEquals(3, runs.get(i), "item " + i + " of " + items + ", threads " + threads);
                    }
                }
            }
        }
    }

    private static float[] run(long seed, int threads, boolean asProgram) {
        Random random = new Random(seed);
        try (Backend b = Backends.open("java", threads)) {
            Matrix all = b.matrix(1, ELEMENTS);
            List<Launch> launches = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                launches.add(random(b, all, i, random));
            }
            if (asProgram) {
                Program program = new Program(b, launches);
                program.run();
                program.run();
            } else {
                launches.forEach(Launch::run);
                launches.forEach(Launch::run);
            }
            return all.toArray();
        }
    }

    private static Launch random(Backend b, Matrix all, int number, Random random) {
        Launch launch = perhapsDependent(b, all, number, random);
        // Items that read what other items of the same launch write are no launch at all.
        return launch.mustWaitFor(launch) ? random(b, all, number, random) : launch;
    }

    /** Each element of what an item writes becomes a function of all that the item reads, and of the item. */
    private static Launch perhapsDependent(Backend b, Matrix all, int number, Random random) {
        int items = new int[] {2, 4, 4, 4, 8}[random.nextInt(5)];
        Matrix read = view(all, items, random);
        Matrix written = view(all, items, random);
        boolean readsAll = random.nextInt(4) == 0;
        Launch launch = Launch.of("launch " + number, b, items).nanosPerItem(1e6).blockItems(1 + random.nextInt(4))
                .writes(written).body((begin, end) -> {
                    for (long i = begin; i < end; i++) {
                        if ((i + number) % 3 == 0) {
                            Thread.yield();
                        }
                        float sum = number + 0.125f * i;
                        for (float v : (readsAll ? read : share(read, i, items)).toArray()) {
                            sum += 0.25f * v;
                        }
                        Matrix target = share(written, i, items);
                        float[] values = new float[(int) (target.rows() * target.columns())];
                        Arrays.fill(values, sum);
                        target.set(values);
                    }
                });
        return readsAll ? launch.readsAll(read) : launch.reads(read);
    }

    private static Matrix view(Matrix all, int items, Random random) {
        int rows = items * (1 + random.nextInt(2));
        int stride = new int[] {2, 3, 4, 6}[random.nextInt(4)];
        int columns = 1 + random.nextInt(stride);
        int last = (rows - 1) * stride + columns;
        return Matrix.view(all.storage(), random.nextInt(Math.max(1, Math.min(12, ELEMENTS - last + 1))), rows, columns,
                stride);
    }

    private static Matrix share(Matrix m, long item, int items) {
        long rows = m.rows() / items;
        return m.rows(item * rows, (item + 1) * rows);
    }

    @Test
    void anExceptionOfAnyWorkerIsThrownAndTheBackendGoesOn() {
        for (int threads = 1; threads <= 3; threads++) {
            try (Backend b = Backends.open("java", threads)) {
                for (int bad : new int[] {0, 50, 99}) {
                    Launch launch = Launch.of("bad", b, 100).nanosPerItem(1e6).body((begin, end) -> {
                        if (begin <= bad && bad < end) {
                            throw new IllegalStateException("item " + bad);
                        }
                    });
                    String message = assertThrows(IllegalStateException.class, launch::run).getMessage();
                    assertTrue(message.contains("item " + bad), message);
                }
                float[] done = new float[100];
                Launch.of("good", b, 100).nanosPerItem(1e6).body((begin, end) -> {
                    for (long i = begin; i < end; i++) {
                        done[(int) i] = 1;
                    }
                }).run();
                for (float d : done) {
                    assertEquals(1, d);
                }
            }
        }
    }

    @Test
    void littleWorkStaysWithTheCaller() {
        try (Backend b = Backends.open("java", 3)) {
            Thread caller = Thread.currentThread();
            Launch.of("small", b, 100).nanosPerItem(1).body((begin, end) -> {
                assertSame(caller, Thread.currentThread());
                assertEquals(100, end - begin);
            }).run();
        }
    }

    @Test
    void closedStorageIsRefusedBeforeAnythingRuns() {
        try (Backend b = Backends.open("java", 2)) {
            Matrix x = b.matrix(4, 4);
            Matrix y = b.matrix(4, 4);
            Program program = new Program(b, List.of(
                    Launch.of("first", b, 4).writes(x).body((begin, end) -> x.set(new float[] {1, 1, 1, 1, 1, 1, 1, 1,
                            1, 1, 1, 1, 1, 1, 1, 1})), nothing(b, 4).readsAll(y)));
            y.close();
            String message = assertThrows(IllegalStateException.class, program::run).getMessage();
            assertTrue(message.contains("has been closed"), message);
            assertArrayEquals(new float[16], x.toArray());
        }
    }

    @Test
    void aLaunchOfAnotherBackendIsRefused() {
        try (Backend a = Backends.open("java", 1); Backend b = Backends.open("java", 1)) {
            List<Launch> launches = List.of(nothing(b, 1));
            String message = assertThrows(IllegalArgumentException.class, () -> new Program(a, launches)).getMessage();
            assertTrue(message.contains("launch nothing is for backend java"), message);
        }
    }
}
