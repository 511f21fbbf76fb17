package io.elbo4j.layout;

import io.elbo4j.Operation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The functions of a native library, found by the records of operations; their layouts are compared once. */
public final class NativeFunctions {
    /** What a library says of its operations. */
    public interface Library {
        /** As {@link Layout#text}; null if it has no operation of that name. */
        @Nullable
        String layout(String name);

        /** The function of an operation that it has. */
        long find(String name);
    }

    private final String backend;
    private final Library library;
    private final Map<Class<?>, Long> found = new ConcurrentHashMap<>();

    /** @param backend the name of the backend whose library it is */
    public NativeFunctions(String backend, Library library) {
        this.backend = backend;
        this.library = library;
    }

    /** @throws IllegalStateException if the library has no such operation, or takes its arguments otherwise */
    public long find(Operation operation) {
        Long known = found.get(operation.getClass());
        return known != null ? known : found.computeIfAbsent(operation.getClass(), this::look);
    }

    private long look(Class<?> type) {
        Layout ours = Layout.of(type);
        String theirs = library.layout(ours.name());
        if (theirs == null) {
            throw new IllegalStateException("backend " + backend + " has no kernel for operation " + ours.name()
                    + " (" + type.getName() + "): give all jars of elbo4j the same version");
        }
        if (!theirs.equals(ours.text())) {
            throw new IllegalStateException("operation " + ours.name() + " has other arguments in the library of"
                    + " backend " + backend + " (" + theirs.strip() + ") than in " + type.getName() + " ("
                    + ours.text().strip() + "): give all jars of elbo4j the same version");
        }
        return library.find(ours.name());
    }
}
