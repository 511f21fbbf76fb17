package io.elbo4j.train.graph;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the rows of a value stand for: a product of axes, outermost first, so that the index along the last one changes
 * fastest. With the axes BATCH and SAMPLE row r belongs to row r / K of the batch, for K samples. Without axes there is
 * one row, which all share.
 *
 * @param axes each at most once, in the order in which {@link Axis} declares them
 */
public record Rows(List<Axis> axes) {
    /** One row, which all share. */
    public static final Rows SHARED = of();
    /** One row per row of the batch. */
    public static final Rows BATCH = of(Axis.BATCH);

    /** @throws IllegalArgumentException if an axis is out of order or there twice */
    public Rows {
        axes = List.copyOf(axes);
        for (int i = 1; i < axes.size(); i++) {
            if (axes.get(i - 1).compareTo(axes.get(i)) >= 0) {
                throw new IllegalArgumentException("axes must be outermost first and each at most once, a part of "
                        + List.of(Axis.values()) + ", not " + axes);
            }
        }
    }

    public static Rows of(Axis... axes) {
        return new Rows(List.of(axes));
    }

    public boolean has(Axis axis) {
        return axes.contains(axis);
    }

    /** Whether {@code wider} has all of these axes. */
    public boolean within(Rows wider) {
        return wider.axes.containsAll(axes);
    }

    /** Whether these axes are the outermost of {@code wider}: then the rows of one of these rows lie side by side. */
    public boolean lead(Rows wider) {
        return axes.size() <= wider.axes.size() && wider.axes.subList(0, axes.size()).equals(axes);
    }

    /** The axes of both. */
    public Rows union(Rows other) {
        return new Rows(Stream.concat(axes.stream(), other.axes.stream()).distinct().sorted().toList());
    }

    /** How many rows, from how long each axis is. */
    public long count(ToLongFunction<Axis> size) {
        return axes.stream().mapToLong(size).reduce(1, Math::multiplyExact);
    }

    /** The axes, as in "BATCH x SAMPLE". */
    @Override
    public String toString() {
        return axes.isEmpty() ? "one row" : axes.stream().map(Axis::name).collect(Collectors.joining(" x "));
    }
}
