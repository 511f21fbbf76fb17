package io.elbo4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One validated call of a kernel over independent items (rows of a batch, rows of a parameter, columns of a sum). It
 * can run at once ({@link #run}), or as part of a {@link Program}. What it reads and writes is declared, so that a
 * program knows where workers have to wait for each other, and that no thread frees what it reads: a body must not
 * touch memory that is not declared.
 */
public final class Launch {
    /**
     * Runs items {@code begin} (inclusive) to {@code end} (exclusive) on the calling thread: an {@link Operation}, or
     * what runs some. On a device it must do no more than that: a program records the kernels and replays them, without
     * running the body again.
     */
    @FunctionalInterface
    public interface Body {
        void run(long begin, long end);
    }

    /** Elements that item i touches: the window {@code [offset + i * itemStride, + width)}, or all of them (shared). */
    record Access(Storage storage, long offset, long itemStride, long width, long end, boolean write, boolean shared) {
        boolean conflicts(Access other, boolean sameItems) {
            if (storage != other.storage || !(write || other.write)) {
                return false;
            }
            if (offset >= other.end || other.offset >= end) {
                return false;
            }
            boolean itemLocal = sameItems && !shared && !other.shared && itemStride == other.itemStride
                    && Math.max(offset + width, other.offset + other.width) - Math.min(offset, other.offset)
                            <= itemStride;
            return !itemLocal;
        }
    }

    private final String name;
    private final Backend backend;
    private final long items;
    private final List<Access> accesses = new ArrayList<>();
    /** Of which an item may read more than its share of the rows, or than the row whose share it is. */
    private final Set<Storage> readBeyond = Collections.newSetFromMap(new IdentityHashMap<>());
    private double nanosPerItem = 1;
    private long blockItems = Long.MAX_VALUE;
    private Body body;
    private Runnable check = () -> {};
    private final List<Indices> indices = new ArrayList<>();
    private final Object running = new Object();

    private Launch(String name, Backend backend, long items) {
        this.name = name;
        this.backend = backend;
        this.items = items;
    }

    public static Launch of(String name, Backend backend, long items) {
        return new Launch(name, backend, items);
    }

    /** Item i reads only its share of the rows of these matrices (nulls are passed over). */
    public Launch reads(@Nullable Matrix... matrices) {
        return access(false, false, matrices);
    }

    /** Every item may read all of these matrices (nulls are passed over). */
    public Launch readsAll(@Nullable Matrix... matrices) {
        return access(false, true, matrices);
    }

    /** Item i writes only its share of the rows of these matrices (nulls are passed over). */
    public Launch writes(@Nullable Matrix... matrices) {
        return access(true, false, matrices);
    }

    private Launch access(boolean write, boolean shared, @Nullable Matrix... matrices) {
        for (Matrix m : matrices) {
            if (m == null || m.rows() == 0 || m.columns() == 0) {
                continue;
            }
            if (m.backend() != backend) {
                throw new IllegalArgumentException(name + ": all matrices must be on one backend; one is on "
                        + m.backend().name() + ", another on " + backend.name());
            }
            m.storage().requireOpen();
            boolean all = shared || m.overlaps() || items == 0 || m.rows() % items != 0;
            if (!write && all && (shared || m.overlaps() || items == 0 || items % m.rows() != 0)) {
                readBeyond.add(m.storage());
            }
            long rowsPerItem = all ? 0 : m.rows() / items;
            long width = all ? 0 : (rowsPerItem - 1) * m.rowStride() + m.columns();
            accesses.add(new Access(m.storage(), m.offset(), rowsPerItem * m.rowStride(), width,
                    m.offset() + (m.rows() - 1) * m.rowStride() + m.columns(), write, all));
        }
        return this;
    }

    /** Tells each storage that it touches, and whether it writes there: what it reads before what it writes. */
    public void forEachAccess(BiConsumer<Storage, Boolean> consumer) {
        accesses.stream().filter(a -> !a.write()).forEach(a -> consumer.accept(a.storage(), false));
        accesses.stream().filter(Access::write).forEach(a -> consumer.accept(a.storage(), true));
    }

    /** Whether an item may read more of this storage than its share of the rows, or the row whose share it is. */
    public boolean readsBeyondItsShare(Storage storage) {
        return readBeyond.contains(storage);
    }

    /** Whether the items between them touch only some of the rows of this storage. */
    public boolean leavesOutRows(Storage storage) {
        return accesses.stream().anyMatch(a -> a.storage() == storage && !a.shared() && a.itemStride() * items < storage
                .elements());
    }

    /** Whether item i reads nothing of this matrix but elements of column i. */
    public boolean readsOwnColumns(Matrix m) {
        return items == m.columns() && accesses.stream().allMatch(a -> a.storage() != m.storage() || a.write()
                || !a.shared() && a.itemStride() == 1 && a.width() == 1 && (a.offset() - m.offset()) % m
                        .rowStride() == 0);
    }

    /** Every item may read these row numbers. */
    public Launch reads(Indices rows) {
        indices.add(rows);
        return this;
    }

    /** A rough time per item on one thread, to decide whether a split over threads is worth its 5 us. */
    public Launch nanosPerItem(double nanos) {
        this.nanosPerItem = nanos;
        return this;
    }

    /** How many items to run before the launches after it get the same items, while these are in the cache. */
    public Launch blockItems(long blockItems) {
        this.blockItems = Math.max(1, blockItems);
        return this;
    }

    public Launch body(Body body) {
        this.body = body;
        return this;
    }

    /** What must hold when it runs: called before anything of the program runs; throws otherwise. */
    public Launch require(Runnable check) {
        this.check = check;
        return this;
    }

    public Body body() {
        return body;
    }

    public String name() {
        return name;
    }

    public Backend backend() {
        return backend;
    }

    public long items() {
        return items;
    }

    long blockItems() {
        return blockItems;
    }

    double nanos() {
        return nanosPerItem * items;
    }

    List<Access> accesses() {
        return accesses;
    }

    List<Indices> indices() {
        return indices;
    }

    /** Whether this launch must see all items of {@code earlier} finished before its first item starts. */
    boolean mustWaitFor(Launch earlier) {
        for (Access a : accesses) {
            for (Access b : earlier.accesses) {
                if (a.conflicts(b, items == earlier.items)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the two, one after the other, give the same in either order: neither writes what the other touches. */
    public boolean commutesWith(Launch other) {
        return accesses.stream().noneMatch(a -> other.accesses.stream().anyMatch(b -> a.conflicts(b, false)));
    }

    void check() {
        check.run();
    }

    /** The body, an operation together with what the backend runs it by. */
    Body bind() {
        return body instanceof Operation operation ? backend.kernel(operation) : body;
    }

    /**
     * Runs now, split over the backend's threads where that pays. Threads that run the same launch take turns.
     *
     * @throws IllegalStateException as {@link Program#run}
     */
    public void run() {
        requireOutside("a launch cannot be run");
        synchronized (running) {
            new Program(backend, List.of(this)).run();
        }
    }

    /**
     * For what would wait for a launch.
     *
     * @param what that cannot be done inside a launch, the beginning of the sentence
     * @throws IllegalStateException if this thread is running the body of a launch
     */
    public static void requireOutside(String what) {
        if (Inside.isInside()) {
            throw new IllegalStateException(what + " inside a launch, which would wait for itself: a body runs"
                    + " operations alone");
        }
    }

    @Override
    public String toString() {
        return name + " over " + items;
    }
}
