package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.FloatingPoint;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Source;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;

/** What a model takes of a data set, in a backend's memory: all rows, or those that are read next. */
interface Feed extends AutoCloseable {
    /**
     * Of data in memory all rows, of streamed data two chunks at a time.
     *
     * @param batch rows of a step at most
     * @throws io.elbo4j.train.data.DataException as {@link #check}
     */
    static Feed of(Backend backend, Images data, Model model, Standardisation standardisation, int batch) {
        return of(backend, data, model, standardisation, batch, Streamed.CHUNK);
    }

    /** @param chunk values of a chunk of streamed data at most, unless a batch has more */
    static Feed of(Backend backend, Images data, Model model, Standardisation standardisation, int batch, int chunk) {
        return data.isStreamed() ? new Streamed(backend, data, model, standardisation, batch, chunk)
                : new Resident(backend, data, model, standardisation);
    }

    /**
     * Looks through all data, once.
     *
     * @throws io.elbo4j.train.data.DataException if the data lacks an array, has one of another width, or values that
     *     the model does not take
     */
    static void check(Images data, Model model, Standardisation standardisation) {
        FloatingPoint.requireNearest();
        Inputs.requireColumns(model.graph(), data);
        standardisation.requireColumns(data.columns());
        Inputs.requireStandardisable(model.graph(), "standardisation", standardisation.kind());
        Inputs.requireValues(model.graph(), data);
    }

    /** That of an array: others than x are taken as they are. */
    static Standardisation ofArray(String array, Standardisation standardisation) {
        return array.equals(Images.X) ? standardisation : Standardisation.NONE;
    }

    static int[] inOrder(int rows) {
        int[] order = new int[rows];
        for (int i = 0; i < rows; i++) {
            order[i] = i;
        }
        return order;
    }

    /** Rows of the data. */
    int rows();

    Source source();

    /** From now on steps read rows in this order, from a position on. The array stays as it is until {@link #end}. */
    void begin(int[] order, int from);

    /**
     * Before a step on the rows at {@code count} positions of the order, at most a batch: the same as those before, or
     * those that follow. Waits until they are there.
     *
     * @throws RuntimeException if they could not be read, as {@link io.elbo4j.train.data.DataException}
     */
    void at(int from, int count);

    /** Leaves the order: it may be changed when this returns. */
    void end();

    @Override
    void close();
}
