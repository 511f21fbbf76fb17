package io.elbo4j.train.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Workers that are threads of one process, each with its own copy of all; the additions are written as their tree. */
public final class LocalExchange implements Exchange {
    /** What all have. */
    private static final class Table {
        private final float[][] laid;
        private final CyclicBarrier all;
        private final AtomicInteger meetings = new AtomicInteger();

        Table(int workers) {
            laid = new float[workers][];
            all = new CyclicBarrier(workers);
        }
    }

    private final int rank;
    private final Table table;

    private LocalExchange(int rank, Table table) {
        this.rank = rank;
        this.table = table;
    }

    /** What each of so many workers returns. */
    public static <T> List<T> run(int workers, Function<LocalExchange, T> work) {
        Table table = new Table(workers);
        ExecutorService threads = Executors.newFixedThreadPool(workers);
        try {
            List<Callable<T>> all = new ArrayList<>();
            for (int rank = 0; rank < workers; rank++) {
                LocalExchange own = new LocalExchange(rank, table);
                all.add(() -> {
                    try {
                        return work.apply(own);
                    } catch (RuntimeException | Error e) {
                        table.all.reset();
                        throw e;
                    }
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(all, 5, TimeUnit.MINUTES)) {
                results.add(result.get());
            }
            return results;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public int workers() {
        return table.laid.length;
    }

    /** How many times the workers have met. */
    public int meetings() {
        return table.meetings.get();
    }

    private static float tree(float[][] laid, int at, int from, int count) {
        return count == 1 ? laid[from][at] : tree(laid, at, from, count / 2) + tree(laid, at, from + count / 2, count
                / 2);
    }

    @Override
    public void sum(float[] numbers) {
        table.laid[rank] = numbers.clone();
        if (await() == 0) {
            table.meetings.incrementAndGet();
        }
        if (Arrays.stream(table.laid).anyMatch(other -> other.length != numbers.length)) {
            throw new IllegalStateException("workers have different numbers of numbers");
        }
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = tree(table.laid, i, 0, table.laid.length);
        }
        await();
    }

    private int await() {
        try {
            return table.all.await(1, TimeUnit.MINUTES);
        } catch (Exception e) {
            throw new IllegalStateException("a worker was lost", e);
        }
    }
}
