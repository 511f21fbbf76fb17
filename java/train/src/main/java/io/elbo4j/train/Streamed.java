package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.model.Model;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Two chunks of rows in a backend's memory: steps gather from one, while a thread reads those that follow in the order
 * into the other. The order decides which rows a step sees, so that its bits are those of data in memory.
 */
final class Streamed implements Feed {
    /**
     * Values of a chunk, 4 MB: some milliseconds of reading even where each row is sought for, beside which the
     * microseconds in which threads hand it over are nothing. Larger chunks would hide no more of the time that reading
     * takes, and take memory. A batch of larger rows is a chunk of its own.
     */
    static final int CHUNK = 1 << 20;
    /** Values that are read at once, on their way to the backend. */
    private static final int PIECE = 1 << 16;

    /** An input's rows. */
    private static final class Part {
        private final Images array;
        private final Standardisation standardisation;
        private final int rows;
        private final float[] piece;
        /** Views that follow each other, of so many rows or, the last one of a chunk, fewer. */
        private final Matrix[][] views;

        Part(Images array, Standardisation standardisation, Matrix matrix, int chunk, int chunks) {
            this.array = array;
            this.standardisation = standardisation;
            this.rows = Math.max(1, Math.min(chunk, PIECE / array.columns()));
            this.piece = new float[rows * array.columns()];
            this.views = new Matrix[chunks][];
            for (int c = 0; c < chunks; c++) {
                Matrix all = matrix.rows((long) c * chunk, (c + 1L) * chunk);
                List<Matrix> some = new ArrayList<>();
                for (Chunk view : Chunk.of(chunk, rows)) {
                    some.add(all.rows(view.begin(), (long) view.begin() + view.rows()));
                }
                views[c] = some.toArray(Matrix[]::new);
            }
        }

        int pieces() {
            return views[0].length;
        }

        /** What a piece has beyond the last row is never gathered. */
        void fill(int chunk, int index, int[] order, int from, int count) {
            int begin = index * rows;
            int n = Math.min(rows, count - begin);
            if (n > 0) {
                standardisation.apply(array, order, from + begin, n, piece, 0);
                views[chunk][index].set(piece, 0);
            }
        }
    }

    private final int rows;
    private final int chunk;
    private final int chunks;
    private final Map<String, Matrix> matrices = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final Indices places;
    private @Nullable Thread reader;
    private boolean closed;

    // of a pass through an order; chunks are counted from where it begins
    private int[] order = {};
    private int first;
    private boolean reading;
    private volatile boolean wanted;
    private int filled;
    private int current;
    private @Nullable Throwable failure;

    /** @throws io.elbo4j.train.data.DataException if the data lacks an array, or has one of another width */
    Streamed(Backend backend, Images data, Model model, Standardisation standardisation, int batch, int values) {
        Feed.check(data, model, standardisation);
        this.rows = data.rows();
        List<Input> inputs = model.graph().all(Input.class);
        long columns = inputs.stream().mapToLong(input -> data.array(input.name()).columns()).sum();
        long batches = Math.max(1, Math.min(values / columns / batch, (rows + batch - 1L) / batch));
        this.chunk = (int) Math.min(rows, batches * batch);
        this.chunks = chunk < rows ? 2 : 1;
        Indices allocated = null;
        try {
            for (Input input : inputs) {
                Images array = data.array(input.name());
                Matrix matrix = backend.matrix((long) chunks * chunk, array.columns());
                matrices.put(input.name(), matrix);
                parts.add(new Part(array, Feed.ofArray(input.name(), standardisation), matrix, chunk, chunks));
            }
            allocated = backend.indices(Math.multiplyExact(chunks, chunk));
            allocated.set(Feed.inOrder(allocated.count()), 0);
        } catch (RuntimeException | Error e) {
            matrices.values().forEach(Matrix::close);
            if (allocated != null) {
                allocated.close();
            }
            throw e;
        }
        this.places = allocated;
    }

    @Override
    public int rows() {
        return rows;
    }

    /** Rows of a chunk: whole batches, or all rows. */
    int chunk() {
        return chunk;
    }

    @Override
    public Source source() {
        return new Source(matrices, places);
    }

    @Override
    public synchronized void begin(int[] newOrder, int from) {
        end();
        order = newOrder;
        first = from;
        filled = 0;
        current = 0;
        failure = null;
        wanted = true;
        if (reader == null) {
            reader = new Thread(this::read, "elbo4j-reader");
            reader.setDaemon(true);
            reader.start();
        }
        notifyAll();
    }

    @Override
    public synchronized void end() {
        wanted = false;
        await(() -> !reading);
    }

    @Override
    public synchronized void at(int from, int count) {
        int wantedChunk = (from - first) / chunk;
        while (current < wantedChunk) {
            current++;
            notifyAll();
            awaitCurrent();
        }
        awaitCurrent();
        places.position(current % chunks * chunk + (from - first) % chunk);
    }

    private void awaitCurrent() {
        if (filled > current) {
            return;
        }
        await(() -> filled > current || failure != null || closed);
        if (filled > current) {
            return;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
        throw new IllegalStateException("this data has been closed");
    }

    /** Waits, and leaves an interrupt for later, when a step can be ended. */
    private void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // the thread that reads

    private void read() {
        while (beginChunk()) {
            Throwable failed = null;
            try {
                FloatingPoint.requireNearest();
                fill();
            } catch (RuntimeException | Error e) {
                failed = e;
            }
            endChunk(failed);
        }
    }

    private synchronized boolean beginChunk() {
        await(() -> closed || wanted && failure == null && filled <= current + chunks - 1
                && first + (long) filled * chunk < order.length);
        reading = !closed;
        return reading;
    }

    private synchronized void endChunk(@Nullable Throwable failed) {
        reading = false;
        failure = failed;
        if (failed == null && wanted) {
            filled++;
        }
        notifyAll();
    }

    /** Only this thread changes {@code filled} while it is reading. */
    private void fill() {
        int from = first + filled * chunk;
        int count = Math.min(chunk, order.length - from);
        for (Part part : parts) {
            for (int i = 0; i < part.pieces() && wanted; i++) {
                part.fill(filled % chunks, i, order, from, count);
            }
        }
    }

    /** Returns when the thread has ended. */
    @Override
    public void close() {
        Thread ending;
        synchronized (this) {
            closed = true;
            wanted = false;
            ending = reader;
            reader = null;
            notifyAll();
        }
        if (ending != null) {
            join(ending);
        }
        places.close();
        matrices.values().forEach(Matrix::close);
    }

    private static void join(Thread ending) {
        boolean interrupted = false;
        while (ending.isAlive()) {
            try {
                ending.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
