package io.elbo4j.equivalence;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.Backends;
import io.elbo4j.ElementType;
import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Leaks;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Program;
import io.elbo4j.operation.Elementwise;
import io.elbo4j.operation.Matmul;
import io.elbo4j.operation.RandomFill;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.Coder;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term.Role;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.objective.Elbo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Pattern;

/**
 * Many threads on shared and own programs of one backend, while matrices, row numbers and backends close at
 * random. Every result is compared by bits with that of one thread on the java backend; what is refused must say
 * so in one of the sentences that are documented. A command of its own: {@code ThreadStress BACKEND SECONDS
 * [SEED]}.
 */
public final class ThreadStress {
    private static final int THREADS = 64;
    private static final int WORKERS = 3;
    private static final int SLOTS = 8;
    private static final int COLUMNS = 48;
    /** Small ones run on their callers, large ones are split. */
    private static final int[] ROWS = {3, 700};
    /** Native memory of this many row numbers goes back to the system when it is freed. */
    private static final int ORDER = 1 << 19;
    private static final int STEPS = 4;
    /** Sums of ones are exact up to 2^24. */
    private static final int MOST_RUNS = 1 << 23;
    private static final Pattern SENTENCE = Pattern.compile(".* ha(s|ve) been closed|this program has been closed"
            + "|.* have been taken by a (program that runs: they can be changed when it has ended)"
            + "|.* have been taken by another thread, which is changing them"
            + "|this step is being used by .*: one thread at a time can use it"
            + "|.* inside a launch, which would wait for itself: a body runs operations alone");

    /** What somebody may close at any time: all of its elements are {@code value}. */
    private record Slot(Matrix matrix, int value) {}

    private final Backend backend;
    private final long seed;
    private final long end;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Map<String, AtomicLong> counts = new ConcurrentSkipListMap<>();
    private final AtomicReferenceArray<Slot> slots = new AtomicReferenceArray<>(SLOTS);
    private final AtomicReference<MortalBackend> mortal = new AtomicReference<>();
    private final Vae vae = new Vae(new VaeSettings(COLUMNS, List.of(32), 6, Activation.RELU, LikelihoodKind.BERNOULLI,
            1, false));
    private final Matrix[] inputs = new Matrix[ROWS.length];
    private final float[][] products = new float[ROWS.length][];
    private final Matrix weights;
    private final Matrix ones;
    private final Matrix sum;
    private final Program add;
    private final AtomicLong added = new AtomicLong();
    private final AtomicReference<Indices> order;
    private final Parameters parameters;
    private final Coder coder;
    private final Step step;
    private final float[] codes = new float[5 * 6];
    private final float[] decoded;
    private final double[] reconstructions = new double[STEPS];
    private final double kl;

    private ThreadStress(String name, double seconds, long seed) {
        this.seed = seed;
        backend = Backends.open(name, WORKERS);
        try (Backend java = Backends.open("java", 1); Matrix w = weights(java);
                Parameters reference = new Parameters(java, vae.graph().parameters(), 5)) {
            for (int i = 0; i < ROWS.length; i++) {
                try (Matrix x = input(java, ROWS[i]); Matrix result = java.matrix(1, COLUMNS)) {
                    product(x, w, result).run();
                    products[i] = result.toArray();
                }
            }
            for (int i = 0; i < codes.length; i++) {
                codes[i] = 0.1f * i - 1.5f;
            }
            decoded = new Coder(vae, reference, java, 5).decode(codes);
            try (Matrix x = input(java, ROWS[1]); Step alone = step(reference, x)) {
                for (int i = 0; i < STEPS; i++) {
                    alone.run(i);
                    reconstructions[i] = alone.total(Role.LOG_LIKELIHOOD);
                }
                kl = alone.total(Role.KL);
            }
        }
        weights = weights(backend);
        for (int i = 0; i < ROWS.length; i++) {
            inputs[i] = input(backend, ROWS[i]);
        }
        ones = backend.matrix(2_000, COLUMNS);
        Rows.fill(1, ones).run();
        sum = backend.matrix(2_000, COLUMNS);
        add = new Program(backend, List.of(Rows.add(ones, sum)));
        order = new AtomicReference<>(order());
        parameters = new Parameters(backend, vae.graph().parameters(), 5);
        coder = new Coder(vae, parameters, backend, 5);
        step = step(parameters, inputs[1]);
        for (int i = 0; i < SLOTS; i++) {
            slots.set(i, slot(i));
        }
        mortal.set(new MortalBackend(name));
        end = System.nanoTime() + (long) (seconds * 1e9);
    }

    private static Matrix input(Backend backend, int rows) {
        Matrix x = backend.matrix(rows, COLUMNS);
        RandomFill.uniform(new Noise(1, rows), 0, 1, x).run();
        return x;
    }

    private static Matrix weights(Backend backend) {
        Matrix w = backend.matrix(COLUMNS, COLUMNS);
        RandomFill.normal(new Noise(2, 0), w).run();
        return w;
    }

    /** Column sums of tanh(x w), with a buffer of its own. */
    private static Program product(Matrix x, Matrix w, Matrix result) {
        Matrix y = x.backend().matrix(x.rows(), COLUMNS);
        return new Program(x.backend(), List.of(Matmul.forward(x, w, null, false, y),
                Elementwise.activation(Activation.TANH, y, y), Sums.columns(y, result)));
    }

    private Step step(Parameters of, Matrix data) {
        return Step.of(vae.graph(), of, data.backend()).rows(ROWS[1]).seed(5).read(data).evaluate(new Elbo()).compile();
    }

    private Indices order() {
        Indices all = backend.indices(ORDER);
        int[] rows = new int[ORDER];
        Arrays.setAll(rows, i -> i % (int) ones.rows());
        all.set(rows, 0);
        return all;
    }

    private Slot slot(int value) {
        // from 1 MB on native memory goes back to the system when it is freed: reading it then ends the process
        Matrix m = backend.matrix(value % 2 == 0 ? 6_000 : 5, COLUMNS);
        Rows.fill(value, m).run();
        return new Slot(m, value);
    }

    private void check(String what, float[] expected, float[] actual) {
        for (int i = 0; i < Math.max(expected.length, actual.length); i++) {
            if (i >= Math.min(expected.length, actual.length)
                    || Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
                throw new AssertionError(what + ": wrong bits at " + i + ", " + actual[i] + " instead of "
                        + expected[i]);
            }
        }
        count("right: " + what);
    }

    private void checkAll(String what, float expected, float[] actual) {
        float[] all = new float[actual.length];
        Arrays.fill(all, expected);
        check(what, all, actual);
    }

    private void count(String what) {
        counts.computeIfAbsent(what, w -> new AtomicLong()).incrementAndGet();
    }

    /** One thing at random; what is refused throws. */
    private void once(SplittableRandom random, Program[] own, Matrix[] results) {
        int i = random.nextInt(ROWS.length);
        Slot slot = slots.get(random.nextInt(SLOTS));
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                own[i].run();
                check("a program of its own", products[i], results[i].toArray());
            }
            case 2 -> {
                if (added.get() < MOST_RUNS) {
                    add.run();
                    added.incrementAndGet();
                }
            }
            case 3 -> checkAll("reading a matrix", slot.value, slot.matrix.toArray());
            case 4 -> {
                try (Matrix target = backend.matrix(slot.matrix.rows(), COLUMNS)) {
                    Program copies = new Program(backend, List.of(Rows.copy(slot.matrix, target),
                            Rows.add(slot.matrix, target)));
                    copies.run();
                    checkAll("a program on a matrix that may close", 2 * slot.value, target.toArray());
                }
            }
            case 5 -> {
                try (Matrix half = backend.matrix(slot.matrix.rows(), COLUMNS, ElementType.BFLOAT16)) {
                    Rows.copy(slot.matrix, half).run();
                    checkAll("a launch on a matrix that may close", slot.value, half.toArray());
                }
            }
            case 6 -> {
                slot.matrix.close();
                int at = random.nextInt(SLOTS);
                Slot before = slots.getAndSet(at, slot(random.nextInt(100)));
                if (random.nextInt(10) > 0) {
                    before.matrix.close();
                }
                count("closed a matrix");
            }
            case 7 -> {
                Matrix target = backend.matrix(5, COLUMNS);
                Indices rows = backend.indices(5);
                rows.set(new int[] {1, 1, 1, 1, 1}, 0);
                try (target; rows) {
                    Rows.gather(ones, rows, target).run();
                    checkAll("gathered rows", 1, target.toArray());
                }
            }
            case 8 -> {
                Indices shared = order.get();
                if (random.nextInt(20) == 0) {
                    order.getAndSet(order()).close();
                    count("closed a shared order");
                }
                shared.position(random.nextInt(ORDER - ROWS[1]));
                try (Matrix target = backend.matrix(ROWS[1], COLUMNS)) {
                    Rows.gather(ones, shared, target).run();
                    checkAll("gathered rows of a shared order", 1, target.toArray());
                }
            }
            case 9 -> check("a shared coder", decoded, coder.decode(codes));
            case 10 -> {
                step.run(random.nextInt(STEPS));
                // of the last run of any thread
                double reconstruction = step.total(Role.LOG_LIKELIHOOD);
                if (step.total(Role.KL) != kl || Arrays.stream(reconstructions).noneMatch(r -> r == reconstruction)) {
                    throw new AssertionError("a shared step: a reconstruction of " + reconstruction + " instead of one"
                            + " of " + Arrays.toString(reconstructions) + ", or a KL that is not " + kl);
                }
                count("right: totals of a shared step");
            }
            case 11 -> mortal.get().run();
            case 12 -> {
                if (random.nextInt(20) == 0) {
                    mortal.getAndSet(new MortalBackend(backend.name())).bury();
                    count("right: a backend that was closed");
                }
            }
            default -> Launch.of("outer", backend, 2).nanosPerItem(random.nextInt(2) * 1e6)
                    .body((begin, finish) -> add.run()).run();
        }
    }

    private void work(int thread) {
        SplittableRandom random = new SplittableRandom(seed * THREADS + thread);
        Program[] own = new Program[ROWS.length];
        Matrix[] results = new Matrix[ROWS.length];
        for (int i = 0; i < own.length; i++) {
            results[i] = backend.matrix(1, COLUMNS);
            own[i] = product(inputs[i], weights, results[i]);
        }
        while (System.nanoTime() < end && failure.get() == null) {
            try {
                once(random, own, results);
            } catch (IllegalStateException e) {
                if (!SENTENCE.matcher(String.valueOf(e.getMessage())).matches()) {
                    throw e;
                }
                count("refused: " + e.getMessage().replaceAll("\\d+", "N"));
            }
        }
    }

    private void run() throws Throwable {
        List<Thread> threads = new ArrayList<>();
        CountDownLatch start = new CountDownLatch(1);
        for (int t = 0; t < THREADS; t++) {
            int number = t;
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                    work(number);
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            }, "stress-" + t);
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        checkAll("a program of all", added.get(), sum.toArray());
        mortal.get().bury();
        backend.close();
    }

    /** @return what happened how often */
    static Map<String, AtomicLong> run(String backend, double seconds, long seed) throws Throwable {
        ThreadStress stress = new ThreadStress(backend, seconds, seed);
        stress.run();
        return stress.counts;
    }

    public static void main(String[] args) throws Throwable {
        if (args.length < 2 || args.length > 3) {
            System.err.println("usage: ThreadStress BACKEND SECONDS [SEED]");
            System.exit(2);
        }
        long seed = args.length > 2 ? Long.parseLong(args[2]) : System.nanoTime();
        System.out.println("seed " + seed);
        run(args[0], Double.parseDouble(args[1]), seed)
                .forEach((what, times) -> System.out.println(times + " " + what));
        System.out.println(Leaks.count() + " forgotten and freed");
    }
}
