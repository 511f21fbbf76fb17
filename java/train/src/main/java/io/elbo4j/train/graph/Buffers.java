package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import java.util.LinkedHashMap;
import java.util.Map;

/** The buffers of a step. */
final class Buffers implements AutoCloseable {
    /** Nodes may have any names: what makes a buffer is who owns it, and its role. */
    private record Key(Object owner, String role) {}

    private record Buffer(String name, Matrix matrix) {}

    private final Backend backend;
    private final Map<Key, Buffer> all = new LinkedHashMap<>();

    Buffers(Backend backend) {
        this.backend = backend;
    }

    /** That of an owner in this role, zeroed when new. */
    Matrix get(Object owner, String role, long rows, long columns) {
        String name = owner instanceof Node node ? (role.isEmpty() ? "" : role + " of ") + node.name() : role;
        return get(owner, role, name, rows, columns);
    }

    Matrix get(Object owner, String role, String name, long rows, long columns) {
        return all.computeIfAbsent(new Key(owner, role), k -> new Buffer(name, backend.matrix(rows, columns))).matrix()
                .requireShape(name, rows, columns);
    }

    boolean has(Object owner, String role) {
        return all.containsKey(new Key(owner, role));
    }

    /** By name, in the order of their first use; of buffers with equal names the first. */
    Map<String, Matrix> byName() {
        Map<String, Matrix> named = new LinkedHashMap<>();
        all.values().forEach(b -> named.putIfAbsent(b.name(), b.matrix()));
        return named;
    }

    int count() {
        return all.size();
    }

    @Override
    public void close() {
        all.values().forEach(b -> b.matrix().close());
    }
}
