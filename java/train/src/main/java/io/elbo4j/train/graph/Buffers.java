package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of a step. A step is compiled twice: first with buffers that have no memory, to learn from the launches
 * how long each is needed; then those of one shape that are never needed at the same time share memory. Of one shape,
 * because workers then still need not wait for each other where they go row by row.
 */
final class Buffers implements AutoCloseable {
    /** Nodes may have any names: what makes a buffer is who owns it, and its role. */
    record Key(Object owner, String role) {}

    record Buffer(Key key, String name, Matrix matrix) {}

    private record Shape(long rows, long columns) {}

    /** Memory that one buffer after the other has, which may be asked for in another order. */
    private static final class Shared {
        private final Matrix matrix;
        /** The last launch of each buffer, by its first. */
        private final TreeMap<Integer, Integer> taken = new TreeMap<>();

        Shared(Matrix matrix) {
            this.matrix = matrix;
        }

        boolean isFree(Lifetimes.Span span) {
            Map.Entry<Integer, Integer> before = taken.floorEntry(span.last());
            return before == null || before.getValue() < span.first();
        }
    }

    /** Stands for memory while a step is planned. */
    private static final class NoMemory extends Storage {
        NoMemory(Backend backend, long elements) {
            super(backend, elements, ElementType.FLOAT32);
        }

        @Override
        protected Object address(long offset) {
            return this;
        }

        @Override
        protected void read(long offset, float[] target, int targetOffset, int count) {
            throw new IllegalStateException("a buffer has no values while its step is planned");
        }

        @Override
        protected void write(long offset, float[] source, int sourceOffset, int count) {
            throw new IllegalStateException("a buffer has no memory while its step is planned");
        }

        @Override
        protected void release() {
            // there is nothing to free
        }
    }

    private final Backend backend;
    private final @Nullable Lifetimes lifetimes;
    private final Map<Key, Buffer> all = new LinkedHashMap<>();
    private final Map<Shape, Deque<Shared>> free = new HashMap<>();
    private final Set<Storage> shared = new HashSet<>();
    private final List<Matrix> owned = new ArrayList<>();

    /** @param lifetimes null to learn them */
    Buffers(Backend backend, @Nullable Lifetimes lifetimes) {
        this.backend = backend;
        this.lifetimes = lifetimes;
    }

    boolean planning() {
        return lifetimes == null;
    }

    /** That of an owner in this role. */
    Matrix get(Object owner, String role, long rows, long columns) {
        String name = owner instanceof Node node ? (role.isEmpty() ? "" : role + " of ") + node.name() : role;
        return get(owner, role, name, rows, columns);
    }

    Matrix get(Object owner, String role, String name, long rows, long columns) {
        Key key = new Key(owner, role);
        Buffer known = all.get(key);
        if (known == null) {
            known = new Buffer(key, name, allocate(key, rows, columns));
            all.put(key, known);
        }
        return known.matrix().requireShape(name, rows, columns);
    }

    private Matrix allocate(Key key, long rows, long columns) {
        if (lifetimes == null) {
            return Matrix.view(new NoMemory(backend, Math.multiplyExact(rows, columns)), 0, rows, columns, columns);
        }
        Lifetimes.Span span = lifetimes.temporary(key);
        if (span == null) {
            return own(rows, columns);
        }
        Deque<Shared> ofShape = free.computeIfAbsent(new Shape(rows, columns), s -> new ArrayDeque<>());
        Shared memory = ofShape.stream().filter(m -> m.isFree(span)).findFirst().orElseGet(() -> {
            Shared created = new Shared(own(rows, columns));
            ofShape.add(created);
            return created;
        });
        memory.taken.put(span.first(), span.last());
        shared.add(memory.matrix.storage());
        return memory.matrix;
    }

    private Matrix own(long rows, long columns) {
        Matrix matrix = backend.matrix(rows, columns);
        owned.add(matrix);
        return matrix;
    }

    boolean has(Object owner, String role) {
        return all.containsKey(new Key(owner, role));
    }

    Map<Key, Buffer> all() {
        return all;
    }

    /**
     * Those that hold after a run what it computed them for, and those that no launch writes, in the order of their
     * first use.
     *
     * @param launches of the step
     * @param run the numbers of those that ran
     */
    List<Buffer> whole(List<Launch> launches, BitSet run) {
        Map<Storage, Integer> lastWrites = new HashMap<>();
        Set<Storage> leftOut = new HashSet<>();
        for (int i = 0; i < launches.size(); i++) {
            int at = i;
            launches.get(i).forEachAccess((storage, write) -> {
                if (write && run.get(at)) {
                    lastWrites.put(storage, at);
                } else if (write) {
                    leftOut.add(storage);
                }
            });
        }
        List<Buffer> whole = new ArrayList<>();
        all.forEach((key, buffer) -> {
            Storage storage = buffer.matrix().storage();
            Integer last = lastWrites.get(storage);
            Lifetimes.Span span = lifetimes.temporary(key);
            if (last == null ? !leftOut.contains(storage) : span == null || span.has(last)) {
                whole.add(buffer);
            }
        });
        return whole;
    }

    /** Whether its memory may be another's before the run ends. */
    boolean isTemporary(Storage storage) {
        return shared.contains(storage);
    }

    /** Elements of all memory. */
    long elements() {
        return owned.stream().mapToLong(m -> m.rows() * m.columns()).sum();
    }

    @Override
    public void close() {
        owned.forEach(Matrix::close);
    }
}
