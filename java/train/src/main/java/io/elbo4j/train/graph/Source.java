package io.elbo4j.train.graph;

import io.elbo4j.Indices;
import io.elbo4j.Matrix;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A data set in a backend's memory, from which a step gathers its rows: a matrix for each input of a graph, by the
 * input's name. Matrices under other names are passed over. Whoever made the matrices closes them, after the step.
 *
 * @param matrices N x the input's columns each (of a sequence T x its columns), with row r of all of them belonging
 *     together
 * @param places the rows of the matrices that a step gathers, from their position on, where these are not the numbers
 *     of the data's rows: of data of which some rows at a time are in memory. Whoever made them says where, with
 *     {@link Indices#position}, before each run. Null: the rows' numbers
 */
public record Source(Map<String, Matrix> matrices, @Nullable Indices places) {
    /** @throws IllegalArgumentException naming two matrices, if they have not equally many rows */
    public Source {
        matrices = Map.copyOf(matrices);
        Map.Entry<String, Matrix> first = null;
        for (Map.Entry<String, Matrix> e : new TreeMap<>(matrices).entrySet()) {
            first = first == null ? e : first;
            if (e.getValue().rows() != first.getValue().rows()) {
                throw new IllegalArgumentException("the matrices of a data set must have equally many rows, but '"
                        + first.getKey() + "' has " + first.getValue().rows() + ", '" + e.getKey() + "' "
                        + e.getValue().rows());
            }
        }
    }

    /** A whole data set: the matrices have a row for each of the data. */
    public Source(Map<String, Matrix> matrices) {
        this(matrices, null);
    }

    /** One matrix for the graph's only input. */
    static Source of(Graph graph, Matrix matrix) {
        List<Input> inputs = graph.all(Input.class);
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("one matrix is data for one input, but the graph's inputs are "
                    + inputs.stream().map(input -> "'" + input.name() + "'").toList()
                    + ": give a Source with a matrix for each of them");
        }
        return new Source(Map.of(inputs.get(0).name(), matrix));
    }

    /**
     * @param columns of a row of the data: of all of the input's rows for one of the batch
     * @throws IllegalArgumentException naming the input, if it has no matrix or one of another width
     */
    Matrix of(Input input, long columns) {
        Matrix found = matrices.get(input.name());
        if (found == null) {
            throw new IllegalArgumentException("the data has no matrix for input '" + input.name() + "', only for "
                    + new TreeMap<>(matrices).keySet());
        }
        return found.requireShape("the data of input '" + input.name() + "'", found.rows(), columns);
    }
}
