package io.elbo4j.train.model;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.LogDensity;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Node;
import io.elbo4j.train.graph.Observation;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Support;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.Binarise;
import io.elbo4j.train.layer.Columns;
import io.elbo4j.train.layer.Concatenate;
import io.elbo4j.train.layer.Flatten;
import io.elbo4j.train.layer.LibrarySize;
import io.elbo4j.train.layer.Slice;
import io.elbo4j.train.layer.StopGradient;
import io.elbo4j.train.layer.Unflatten;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the inputs of a graph may hold: what their {@linkplain Input#support own support} has, that of likelihoods that
 * observe them, and that of {@linkplain Node#support nodes} that are computed from them. It is asked once, where data
 * enters, before anything is computed: of whole data sets, and of rows that are given by hand.
 */
public final class DataCheck {
    /** What moves values, or draws from them as probabilities, without making others of them. */
    private static final Set<Class<?>> MOVES = Set.of(Repeat.class, Unflatten.class, Flatten.class, Slice.class,
            Columns.class, Concatenate.class, StopGradient.class, Binarise.class);

    /**
     * A demand on an input.
     *
     * @param by who has it, as the beginning of a sentence
     * @param of the value that is asked for, the input's own or moved
     */
    private record Demand(String by, Support support, Value of, Input input) {
        /** The first column at which a row does not meet it; -1 if it does. */
        int missedAt(float[] row) {
            for (int c = 0; c < row.length; c++) {
                if (!support.has(row[c]) && hasColumn(c)) {
                    return c;
                }
            }
            return support.rows() == null || of != input ? -1 : support.rows().applyAsInt(row);
        }

        void require(String data, Images array, float[] row, int number) {
            int c = missedAt(row);
            if (c >= 0) {
                throw new DataException(data + ": " + by + " needs values " + support + "; row " + array.placeOf(number)
                        + ", column " + c + (input.name().equals(Images.X) ? "" : " of '" + input.name() + "'") + " is "
                        + row[c]);
            }
        }

        /** Whether a column of a row of the data is asked for: of a slice of each step not all are. */
        private boolean hasColumn(int column) {
            if (!(of instanceof Slice some)) {
                return true;
            }
            Value whole = some.of() instanceof Unflatten steps ? steps.inputs().get(0) : some.of();
            return !(whole instanceof Input) || some.has(column % some.of().columns());
        }
    }

    private final List<Demand> demands = new ArrayList<>();
    /** Those whose rows have a library size. */
    private final List<Input> counts;

    public DataCheck(Graph graph) {
        graph.all(Input.class).forEach(input -> add("the input '" + input.name() + "'", input.support(), input));
        graph.all(Observation.class).forEach(o -> add(likelihood(o.distribution()), o.distribution().support(), o.x()));
        graph.all(LogDensity.class).forEach(d -> add(likelihood(d.distribution()), d.distribution().support(), d.x()));
        graph.nodes().forEach(node -> node.inputs().forEach(v -> add("'" + node.name() + "'", node.support(v), v)));
        this.counts = graph.all(LibrarySize.class).stream().flatMap(size -> moved(size.counts())).distinct().toList();
    }

    private static String likelihood(Distribution p) {
        return "the " + p.inWords() + " likelihood";
    }

    private void add(String by, Support support, Value of) {
        if (support != Support.REAL) {
            moved(of).forEach(input -> demands.add(new Demand(by, support, of, input)));
        }
    }

    /** The inputs whose values these are; none where something is made of them. */
    private static Stream<Input> moved(Value v) {
        return v instanceof Input input ? Stream.of(input) : !MOVES.contains(v.getClass()) ? Stream.empty()
                : v.inputs().stream().flatMap(DataCheck::moved).distinct();
    }

    /**
     * Of the arrays that the graph takes.
     *
     * @throws DataException naming the first value that may not be, or a row without a library
     */
    public void require(Images data) {
        demands.stream().map(Demand::input).distinct().forEach(input -> require(data, input, of(input)));
        counts.forEach(input -> {
            Images array = data.array(input.name());
            array.forEachRow((row, number) -> {
                if (isEmpty(row)) {
                    throw new DataException(data.name() + ": the library size of row " + array.placeOf(number)
                            + ", the sum of its counts, is 0, expected above 0");
                }
            });
        });
    }

    private static boolean isEmpty(float[] row) {
        for (float count : row) {
            if (count > 0) {
                return false;
            }
        }
        return true;
    }

    /**
     * Of what is made under these inputs, which may lie between classes.
     *
     * @throws DataException naming the first value that may not be
     */
    public void requireConditions(Images data, Collection<Input> inputs) {
        inputs.forEach(input -> require(data, input, of(input).stream().map(d -> d.support == Support.ONE_HOT
                ? new Demand(d.by, Support.SHARES, d.of, input) : d).toList()));
    }

    private List<Demand> of(Input input) {
        return demands.stream().filter(d -> d.input == input).toList();
    }

    private static void require(Images data, Input input, List<Demand> own) {
        if (!own.isEmpty()) {
            Images array = data.array(input.name());
            array.forEachRow((row, number) -> own.forEach(d -> d.require(data.name(), array, row, number)));
        }
    }

    /**
     * Of a row of an input.
     *
     * @throws io.elbo4j.ArgumentException naming the input and the first value that may not be
     */
    public void require(String input, float[] row) {
        for (int c = 0; c < row.length; c++) {
            if (!Float.isFinite(row[c])) {
                throw new ArgumentException(input, "finite", row[c] + " in column " + c);
            }
        }
        for (Demand d : demands) {
            int c = d.input.name().equals(input) ? d.missedAt(row) : -1;
            if (c >= 0) {
                throw new ArgumentException(input, "of values " + d.support + ", as " + d.by + " needs them", row[c]
                        + " in column " + c);
            }
        }
        if (counts.stream().anyMatch(of -> of.name().equals(input)) && isEmpty(row)) {
            throw new ArgumentException(input, "counts with a sum above 0, its library size", "all 0");
        }
    }
}
