package io.elbo4j.train.graph;

import io.elbo4j.Backend;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Program;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.schedule.Schedule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Columns of equal numbers: the weight of each row in a mean, times a number that may change from step to step. */
final class MeanWeights implements AutoCloseable {
    private record Key(Schedule schedule, long rows, long mean) {}

    private static final class Live {
        private final Schedule schedule;
        private final Matrix column;
        private final long mean;
        private final Program fill;
        private double now = Double.NaN;

        Live(Schedule schedule, Matrix column, long mean) {
            this.schedule = schedule;
            this.column = column;
            this.mean = mean;
            // unlike a write it waits for nothing, and unlike a launch of its own it allocates nothing
            this.fill = Program.notReplayed(column.backend(), List.of(
                    Launch.of("weight", column.backend(), column.rows()).writes(column).body(this::fill)));
        }

        private void fill(long begin, long end) {
            new Rows.Fill((float) (now / mean), column).run(begin, end);
        }

        void at(long step) {
            double next = schedule.at(step);
            if (!Double.isFinite(next)) {
                throw new IllegalArgumentException("the weight of a term must be finite, not " + next + " in step "
                        + step);
            }
            if (next != now) {
                double before = now;
                now = next;
                try {
                    fill.run();
                } catch (RuntimeException | Error e) {
                    now = before;
                    throw e;
                }
            }
        }
    }

    private final Backend backend;
    private final Map<Key, Matrix> columns = new LinkedHashMap<>();
    private final List<Live> live = new ArrayList<>();

    MeanWeights(Backend backend) {
        this.backend = backend;
    }

    /** @param mean over how many rows the mean is */
    Matrix of(Schedule schedule, long rows, long mean) {
        Key key = new Key(schedule, rows, mean);
        Matrix known = columns.get(key);
        if (known != null) {
            return known;
        }
        Matrix column = backend.matrix(rows, 1);
        columns.put(key, column);
        if (schedule instanceof Schedule.Constant constant) {
            Rows.fill((float) (constant.value() / mean), column).run();
        } else {
            live.add(new Live(schedule, column, mean));
        }
        return column;
    }

    /** Before each step. */
    void at(long step) {
        for (int i = 0; i < live.size(); i++) {
            live.get(i).at(step);
        }
    }

    @Override
    public void close() {
        live.forEach(l -> l.fill.close());
        columns.values().forEach(Matrix::close);
    }
}
