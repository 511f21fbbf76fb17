package io.elbo4j.train.torch;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.train.graph.Parameter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Where the elements of one of PyTorch's tensors are in one of our parameters. Its weights are the transposes of ours,
 * but for the order of rows and columns: with the tensor seen as a matrix of its first axis by all the others, element
 * (i, j) is element (rows[j], columns[i]) of the parameter. Both directions copy bits.
 *
 * @param name in the state dict, as {@code encoder.0.weight}
 * @param shape there, of at least one axis; not copied, as the other arrays
 * @param parameter ours
 * @param rows of the parameter, each at most once: one for each element of the other axes, the last running fastest;
 *     one row if there are none
 * @param columns of the parameter, each at most once: one for each element of the first axis
 * @param absent null; of a tensor that the module lacks, as a bias with {@code bias=False}, what its elements would be
 */
public record TorchTensor(String name, long[] shape, Parameter parameter, int[] rows, int[] columns,
        @Nullable Float absent) {
    /** @throws io.elbo4j.ArgumentException if one is null, or they do not fit each other */
    public TorchTensor {
        requireGiven("name", name);
        requireGiven("shape", shape);
        requireGiven("parameter", parameter);
        requireGiven("rows", rows);
        requireGiven("columns", columns);
        require(Arrays.stream(shape).allMatch(size -> size >= 0), "the shape of '" + name + "'",
                "of sizes of at least 0",
                Arrays.toString(shape));
        long others = Arrays.stream(shape).skip(1).reduce(1, Math::multiplyExact);
        require(shape.length > 0 && shape[0] == columns.length && others == rows.length, "the shape of '" + name + "'",
                columns.length + " by " + rows.length + " elements", Arrays.toString(shape));
        requirePlaces("rows", name, rows, parameter.rows());
        requirePlaces("columns", name, columns, parameter.columns());
    }

    /** A tensor that the module has. */
    public TorchTensor(String name, long[] shape, Parameter parameter, int[] rows, int[] columns) {
        this(name, shape, parameter, rows, columns, null);
    }

    /** The same where the module lacks it, unless {@code has}: all elements are {@code value} then. */
    TorchTensor unless(boolean has, float value) {
        return has ? this : new TorchTensor(name, shape, parameter, rows, columns, value);
    }

    /** A module that is the whole state dict has no name. */
    static String named(String module, String tensor) {
        return module.isEmpty() ? tensor : module + "." + tensor;
    }

    /** @throws io.elbo4j.ArgumentException unless these are all rows and columns of the parameter */
    static TorchTensor whole(String name, long[] shape, Parameter parameter, int[] rows, int[] columns) {
        require(rows.length == parameter.rows() && columns.length == parameter.columns(), "'" + parameter.name() + "'",
                rows.length + " x " + columns.length + " for '" + name + "'", parameter.rows() + " x " + parameter
                        .columns());
        return new TorchTensor(name, shape, parameter, rows, columns);
    }

    /** A vector, as a bias, is one row here: all of it. */
    static TorchTensor vector(String name, Parameter parameter, int[] columns) {
        return whole(name, new long[] {columns.length}, parameter, new int[] {0}, columns);
    }

    private static void requirePlaces(String what, String name, int[] places, long count) {
        boolean[] taken = new boolean[Math.toIntExact(count)];
        for (int place : places) {
            require(place >= 0 && place < count && !taken[place], what + " of '" + name + "'", "below " + count
                    + ", each once", place);
            taken[place] = true;
        }
    }

    /**
     * Copies the tensor into the parameter; what is elsewhere in the parameter stays.
     *
     * @param theirs the tensor's values, row-major
     * @param ours the parameter's, row after row
     */
    public void toOurs(float[] theirs, float[] ours) {
        requireLengths(theirs, ours);
        for (int i = 0; i < columns.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                ours[place(i, j)] = theirs[i * rows.length + j];
            }
        }
    }

    /**
     * Copies the parameter into the tensor.
     *
     * @param ours the parameter's values, row after row
     * @param theirs the tensor's, row-major
     */
    public void toTheirs(float[] ours, float[] theirs) {
        requireLengths(theirs, ours);
        for (int i = 0; i < columns.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                theirs[i * rows.length + j] = ours[place(i, j)];
            }
        }
    }

    /** Of element (i, j) among the parameter's values. */
    int place(int i, int j) {
        return Math.toIntExact(rows[j] * parameter.columns() + columns[i]);
    }

    private void requireLengths(float[] theirs, float[] ours) {
        requireGiven("theirs", theirs);
        requireGiven("ours", ours);
        require(theirs.length == (long) rows.length * columns.length, "theirs", "of " + (long) rows.length
                * columns.length + " values", theirs.length);
        require(ours.length == parameter.rows() * parameter.columns(), "ours", "of " + parameter.rows() * parameter
                .columns() + " values", ours.length);
    }
}
