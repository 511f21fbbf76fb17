package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a model takes of a data set, in a backend's memory. */
final class Resident implements AutoCloseable {
    private static final int ROWS_AT_ONCE = 1024;

    private final int rows;
    private final Map<String, Matrix> matrices = new LinkedHashMap<>();

    /** @throws io.elbo4j.train.data.DataException if the data lacks an array, or has one of another width */
    Resident(Backend backend, Images data, Model model, Standardisation standardisation) {
        FloatingPoint.requireNearest();
        Inputs.requireColumns(model.graph(), data);
        standardisation.requireColumns(data.columns());
        this.rows = data.rows();
        try {
            for (Input input : model.graph().all(Input.class)) {
                Images array = data.array(input.name());
                Standardisation own = input.name().equals(Images.X) ? standardisation : Standardisation.NONE;
                Matrix matrix = backend.matrix(rows, array.columns());
                matrices.put(input.name(), matrix);
                for (Chunk chunk : Chunk.of(rows, ROWS_AT_ONCE)) {
                    matrix.rows(chunk.begin(), chunk.begin() + chunk.rows())
                            .set(own.apply(array, chunk.begin(), chunk.rows()));
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    int rows() {
        return rows;
    }

    Source source() {
        return new Source(matrices);
    }

    static int[] inOrder(int rows) {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        return order;
    }

    @Override
    public void close() {
        matrices.values().forEach(Matrix::close);
    }
}
