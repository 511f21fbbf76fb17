package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.object.message.DataLayout;
import java.util.Arrays;

/** A matrix of an HDF5 file, by its rows. */
interface H5Matrix {
    int rows();

    int columns();

    /** Rows {@code first} to {@code first + count}, one after the other. */
    void read(int first, int count, double[] target);

    /**
     * A dataset, or compressed sparse rows or columns as AnnData writes them.
     *
     * @throws DataException if it is neither
     */
    static H5Matrix of(String name, Node node) {
        if (node instanceof Dataset dataset) {
            return Dense.of(name, dataset);
        }
        Group group = (Group) node;
        String encoding = H5.text(group, "encoding-type");
        if (!encoding.equals("csr_matrix") && !encoding.equals("csc_matrix")) {
            throw new DataException(name + ": is a group of encoding '" + encoding + "', expected a dataset, csr_matrix"
                    + " or csc_matrix");
        }
        return Sparse.of(name, group, encoding.equals("csc_matrix"));
    }

    /**
     * A dataset whose first axis is that of the rows. What it is asked for is read, or all at once of one that is in
     * chunks: jHDF's slices of these lack what lies in a chunk at the edge.
     *
     * @param columns the product of the other axes
     * @param all rows one after the other; empty where they are read when they are asked for
     */
    record Dense(String name, Dataset dataset, int[] axes, int rows, int columns, double[] all) implements H5Matrix {
        static Dense of(String name, Dataset dataset) {
            int[] axes = dataset.getDimensions();
            if (axes.length < 1 || Arrays.stream(axes).anyMatch(n -> n < 1)) {
                throw new DataException(name + ": has the shape " + Arrays.toString(axes)
                        + ", expected rows of at least"
                        + " one value");
            }
            long columns = Arrays.stream(axes).skip(1).asLongStream().reduce(1, Math::multiplyExact);
            boolean sliced = dataset.getDataLayout() == DataLayout.CONTIGUOUS;
            return new Dense(name, dataset, axes, axes[0], Math.toIntExact(columns), sliced ? new double[0] : H5
                    .numbers(
                            name, dataset.getDataFlat()));
        }

        @Override
        public void read(int first, int count, double[] target) {
            if (all.length > 0) {
                System.arraycopy(all, first * columns, target, 0, count * columns);
                return;
            }
            long[] from = new long[axes.length];
            from[0] = first;
            int[] size = axes.clone();
            size[0] = count;
            int read = H5.flatten(name, dataset.getData(from, size), target, 0);
            if (read != count * columns) {
                throw new DataException(name + ": has " + read + " values in rows " + first + " to " + (first + count)
                        + ", expected " + count * columns);
            }
        }
    }

    /**
     * Compressed sparse rows, in memory.
     *
     * @param begins the place of each row's first value, and of the end
     * @param indices the column of each value
     */
    record Sparse(int rows, int columns, int[] begins, int[] indices, double[] values) implements H5Matrix {
        static Sparse of(String name, Group group, boolean byColumns) {
            double[] shape = H5.numbers(name + " shape", H5.attribute(group, "shape"));
            double[] values = H5.numbers(name + "/data", H5.data(name, group, "data"));
            int[] indices = H5.whole(name + "/indices", H5.data(name, group, "indices"));
            int[] begins = H5.whole(name + "/indptr", H5.data(name, group, "indptr"));
            int rows = (int) shape[0];
            int columns = (int) shape[1];
            int major = byColumns ? columns : rows;
            int minor = byColumns ? rows : columns;
            boolean ordered = begins.length == major + 1 && begins[0] == 0 && begins[major] == values.length
                    && indices.length == values.length;
            for (int i = 0; ordered && i < major; i++) {
                ordered = begins[i] <= begins[i + 1];
            }
            if (!ordered || Arrays.stream(indices).anyMatch(i -> i < 0 || i >= minor)) {
                throw new DataException(name + ": is damaged: indptr, indices and data are not those of a sparse matrix"
                        + " of " + rows + " x " + columns);
            }
            Sparse sparse = new Sparse(major, minor, begins, indices, values);
            return byColumns ? sparse.transposed() : sparse;
        }

        private Sparse transposed() {
            int[] ends = new int[columns + 1];
            for (int index : indices) {
                ends[index + 1]++;
            }
            Arrays.parallelPrefix(ends, Integer::sum);
            int[] next = ends.clone();
            int[] majors = new int[indices.length];
            double[] moved = new double[values.length];
            for (int r = 0; r < rows; r++) {
                for (int k = begins[r]; k < begins[r + 1]; k++) {
                    int at = next[indices[k]]++;
                    majors[at] = r;
                    moved[at] = values[k];
                }
            }
            return new Sparse(columns, rows, ends, majors, moved);
        }

        @Override
        public void read(int first, int count, double[] target) {
            Arrays.fill(target, 0, count * columns, 0);
            for (int r = 0; r < count; r++) {
                for (int k = begins[first + r]; k < begins[first + r + 1]; k++) {
                    // a place that is there twice is a sum, as in SciPy
                    target[r * columns + indices[k]] += values[k];
                }
            }
        }
    }
}
