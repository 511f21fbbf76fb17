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

    private final int rows;
    private final int chunk;
    private final int chunks;
    private final Map<String, Matrix> matrices = new LinkedHashMap<>();
    private final List<StreamedInput> inputs = new ArrayList<>();
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

    /** @throws io.elbo4j.train.data.DataException as {@link Feed#check} */
    Streamed(Backend backend, Images data, Model model, Standardisation standardisation, int batch, int values) {
        Feed.check(data, model, standardisation);
        this.rows = data.rows();
        List<Input> all = model.graph().all(Input.class);
        long columns = all.stream().mapToLong(input -> data.array(input.name()).columns()).sum();
        long batches = Math.max(1, Math.min(values / columns / batch, (rows + batch - 1L) / batch));
        this.chunk = (int) Math.min(rows, batches * batch);
        this.chunks = chunk < rows ? 2 : 1;
        Indices allocated = null;
        try {
            for (Input input : all) {
                Images array = data.array(input.name());
                Matrix matrix = backend.matrix((long) chunks * chunk, array.columns());
                matrices.put(input.name(), matrix);
                inputs.add(new StreamedInput(array, Feed.ofArray(input.name(), standardisation), matrix, chunk));
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
        if (!closed && (!wanted || from + count > order.length)) {
            throw new IllegalStateException("positions " + from + " to " + (from + count) + " are asked for of an order"
                    + (wanted ? " of " + order.length : " that has been left"));
        }
        int wantedChunk = (from - first) / chunk;
        while (current < wantedChunk) {
            current++;
            notifyAll();
            awaitCurrent();
        }
        awaitCurrent();
        int row = (int) (from - first - (long) current * chunk);
        if (row < 0 || row + count > chunk) {
            throw new IllegalArgumentException("positions " + from + " to " + (from + count)
                    + " are not in one chunk of "
                    + chunk + " from " + first + " on, or come before those of the last step");
        }
        places.position(current % chunks * chunk + row);
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
        for (StreamedInput input : inputs) {
            for (int i = 0; i < input.pieces() && wanted; i++) {
                input.fill(filled % chunks, i, order, from, count);
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
