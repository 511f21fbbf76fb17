package io.elbo4j.tables;

import io.elbo4j.Quoted;
import io.elbo4j.tables.Roles.Source;
import io.elbo4j.train.HeldOut;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataRequest;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.duckdb.DuckDBReadableVector;

/** Which rows are the test set: by a column, by a draw that is keyed by their number, or the last tenth. */
final class Split {
    private final String name;
    private final DataRequest request;
    private final Optional<Source> column;
    private final BitSet test = new BitSet();

    Split(String name, DataRequest request, Optional<Source> column) {
        this.name = name;
        this.request = request;
        this.column = column;
    }

    /** Takes the words of a chunk. */
    void add(DuckDBReadableVector v, long first, int count) {
        for (int r = 0; r < count; r++) {
            String word = v.isNull(r) ? null : v.getString(r);
            if (!"train".equals(word) && !"test".equals(word)) {
                throw new DataException(name + ": column " + Quoted.of(column.orElseThrow().name()) + " at row "
                        + (first
                                + r) + " (counted from 0) is " + (word == null ? "NULL" : Quoted.of(word))
                        + ", expected train or test of the column that --split names");
            }
            test.set(Math.toIntExact(first + r), word.equals("test"));
        }
    }

    /**
     * The rows, divided.
     *
     * @throws DataException if one of the sets has none, unless they are for a trained model: then all are both
     */
    DataSource of(Images all) {
        if (column.isPresent()) {
            int[] rows = IntStream.range(0, all.rows()).toArray();
            int[] tested = IntStream.of(rows).filter(test::get).toArray();
            int[] trained = IntStream.of(rows).filter(r -> !test.get(r)).toArray();
            if (tested.length > 0 && trained.length > 0) {
                return new DataSource(all.chosen(trained), all.chosen(tested));
            }
            if (request.like().isNone()) {
                throw new DataException(name + ": column " + Quoted.of(column.get().name()) + " is " + (tested.length
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
