package io.elbo4j.layout;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.Operation;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The structure of an operation's arguments, derived from its record. */
public final class Layout {
    private static final ClassValue<Layout> ALL = new ClassValue<>() {
        @Override
        protected Layout computeValue(Class<?> type) {
            return new Layout(type);
        }
    };

    private record Placed(Field field, int at, Function<Operation, @Nullable Object> getter) {
        @Nullable
        Object get(Operation operation) {
            return getter.apply(operation);
        }

        void put(Operation operation, ByteBuffer to, Live live) {
            Object value = get(operation);
            if (value != null) {
                field.put(to, at, value, live);
            }
        }
    }

    private final String name;
    private final String text;
    private final int bytes;
    private final Placed[] fixed;
    private final Placed[] changing;

    private Layout(Class<?> operation) {
        if (!operation.isRecord()) {
            throw new IllegalStateException("an operation must be a record, which " + operation.getName() + " is not");
        }
        name = snakeCase(operation.getName().substring(operation.getPackageName().length()).replaceAll("[.$]", ""));
        StringBuilder fields = new StringBuilder();
        List<Placed> all = new ArrayList<>();
        int end = 0;
        int alignment = 1;
        for (RecordComponent component : operation.getRecordComponents()) {
            Field field = Field.of(component.getType());
            if (field == null) {
                throw new IllegalStateException("operation " + name + ": component " + component.getName() + " is a "
                        + component.getType().getName() + ", which is no type of an argument");
            }
            fields.append(field.name().toLowerCase(Locale.ROOT)).append(' ').append(snakeCase(component.getName()))
                    .append("; ");
            int at = roundUp(end, field.alignment);
            all.add(new Placed(field, at, getter(component)));
            end = at + field.bytes;
            alignment = Math.max(alignment, field.alignment);
        }
        fixed = all.stream().filter(placed -> !placed.field.changes).toArray(Placed[]::new);
        changing = all.stream().filter(placed -> placed.field.changes).toArray(Placed[]::new);
        text = fields.toString();
        bytes = roundUp(end, alignment);
    }

    /** Of the record of an operation. */
    public static Layout of(Class<?> operation) {
        return ALL.get(operation);
    }

    /** The operation's name in the native libraries: of nested classes the outer one's first, in snake case. */
    public String name() {
        return name;
    }

    /** The fields in order, {@code "TYPE NAME; "} for each. */
    public String text() {
        return text;
    }

    /** The size of the structure. */
    public int bytes() {
        return bytes;
    }

    /** Of its matrices. */
    public Backend backend(Operation operation) {
        for (Placed placed : fixed) {
            if (placed.field == Field.MATRIX && placed.get(operation) instanceof Matrix m) {
                return m.backend();
            }
        }
        throw new IllegalArgumentException("operation " + name + " has no matrix");
    }

    void putFixed(Operation operation, ByteBuffer to) {
        for (Placed placed : fixed) {
            placed.put(operation, to, Live.NONE);
        }
    }

    void putChanging(Operation operation, ByteBuffer to, Live live) {
        for (Placed placed : changing) {
            placed.put(operation, to, live);
        }
    }

    /** Made as a lambda expression is: a method handle that is no constant costs more, and memory at its 127th call. */
    @SuppressWarnings("unchecked")
    private static Function<Operation, @Nullable Object> getter(RecordComponent component) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle accessor = lookup.unreflect(component.getAccessor());
            Function<?, ?> getter = (Function<?, ?>) LambdaMetafactory.metafactory(lookup, "apply",
                    MethodType.methodType(Function.class), MethodType.methodType(Object.class, Object.class), accessor,
                    accessor.type().wrap()).getTarget().invoke();
            return (Function<Operation, @Nullable Object>) getter;
        } catch (Throwable e) {
            throw new IllegalStateException("the record of an operation must be public, as that of " + component
                    + " is not", e);
        }
    }

    private static String snakeCase(String camelCase) {
        return camelCase.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
    }

    private static int roundUp(int x, int multiple) {
        return (x + multiple - 1) / multiple * multiple;
    }
}
