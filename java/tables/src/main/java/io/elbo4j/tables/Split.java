package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.train.HeldOut;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/** Which rows are the test set: by a column, by a draw that is keyed by their number, or the last tenth. */
final class Split {
    private final String name;
    private final DataRequest request;
    /** Empty for none. */
    private final String column;
    private final BitSet test = new BitSet();

    Split(String name, DataRequest request, String column) {
        this.name = name;
        this.request = request;
        this.column = column;
    }

    boolean isByColumn() {
        return !column.isEmpty();
    }

    /** @param word of a row; null for NULL */
    void add(long row, String word) {
        if (!"train".equals(word) && !"test".equals(word)) {
            throw new DataException(name + ": column " + Quoted.of(column) + " at row " + row + " (counted from 0) is "
                    + (word == null ? "NULL" : Quoted.of(word)) + ", expected train or test of the column that --split"
                    + " names");
        }
        test.set(Math.toIntExact(row), word.equals("test"));
    }

    /**
     * The rows, divided.
     *
     * @throws DataException if one of the sets has none, unless they are for a trained model: then all are both
     */
    DataSource of(Images all) {
        if (isByColumn()) {
            int[] rows = IntStream.range(0, all.rows()).toArray();
            int[] tested = IntStream.of(rows).filter(test::get).toArray();
            int[] trained = IntStream.of(rows).filter(r -> !test.get(r)).toArray();
            if (tested.length > 0 && trained.length > 0) {
                return new DataSource(all.chosen(trained), all.chosen(tested));
            }
            if (!request.like().hasColumns()) {
                throw new DataException(name + ": column " + Quoted.of(column) + " is " + (tested.length
                        == 0 ? "train" : "test") + " in every row, expected rows of both");
            }
            return new DataSource(all, all);
        }
        if (all.rows() == 1) {
            return new DataSource(all, all);
        }
        if (request.settings().test() > 0) {
            return HeldOut.of(new DataSource(all, all), request.settings().test(), request.settings().testSeed());
        }
        int tested = Math.max(1, all.rows() / 10);
        return new DataSource(all.first(all.rows() - tested), all.last(tested), List.of());
    }
}
