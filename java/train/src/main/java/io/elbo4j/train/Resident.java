package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Input;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.model.Model;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a model takes of a data set, all of it in a backend's memory. */
final class Resident implements Feed {
    private static final int ROWS_AT_ONCE = 1024;

    private final int rows;
    private final Map<String, Matrix> matrices = new LinkedHashMap<>();

    /** @throws io.elbo4j.train.data.DataException as {@link Feed#check} */
    Resident(Backend backend, Images data, Model model, Standardisation standardisation) {
        Feed.check(data, model, standardisation);
        this.rows = data.rows();
        try {
            for (Input input : model.graph().all(Input.class)) {
                Images array = data.array(input.name());
                Standardisation own = Feed.ofArray(input.name(), standardisation);
                Matrix matrix = allocate(backend, rows, array.columns());
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

    private static Matrix allocate(Backend backend, int rows, int columns) {
        try {
            return backend.matrix(rows, columns);
        } catch (OutOfMemoryError e) {
            OutOfMemoryError error = new OutOfMemoryError(e.getMessage()
                    + "; data in a NumPy file can be left there: --stream, NpyReader.stream");
            error.initCause(e);
            throw error;
        }
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public Source source() {
        return new Source(matrices);
    }

    @Override
    public void begin(int[] order, int from) {
        // every row is there
    }

    @Override
    public void at(int from, int count) {
        // every row is there
    }

    @Override
    public void end() {
        // every row is there
    }

    @Override
    public void close() {
        matrices.values().forEach(Matrix::close);
    }
}
