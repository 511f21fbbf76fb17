package io.elbo4j.train;

import io.elbo4j.Backend;
import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Training;
import io.elbo4j.train.model.Local;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Cosine;
import io.elbo4j.train.schedule.Schedule;
import org.jspecify.annotations.Nullable;

/**
 * The parameters with which a model meets data outside training: its own, but that those which it has for each row of
 * data ({@link Local}) are fitted to the rows of this data. Most models have none, and then nothing happens here.
 */
final class Fitted implements AutoCloseable {
    private final Parameters parameters;
    private final @Nullable Local local;
    private final @Nullable Steps steps;

    /** @param seed of everything else that happens with the data */
    Fitted(Model model, Parameters trained, Backend backend, Feed data, long seed) {
        this.local = model.local().orElse(null);
        if (local == null) {
            parameters = trained;
            steps = null;
            return;
        }
        Training training = Training.of(model.objective(Schedule.constant(1), 0), new Adam(new Cosine(local
                .learningRate(), 0, local.steps()))).withName("fit of each row's parameters").withParameters(local
                        .parameters());
        parameters = trained.with(local.parameters(), data.rows());
        // the noise of the training steps is that of another seed
        steps = new Steps(rows -> Step.of(model.graph(), parameters, backend).rows(rows).seed(~seed).read(data
                .source()).minimise(training).compile());
    }

    /** Allocates what {@link #fit} needs for {@code total} rows in pieces of {@code size}. */
    void prepare(int total, int size) {
        if (steps != null) {
            steps.prepare(total, size);
        }
    }

    Parameters parameters() {
        return parameters;
    }

    /** Before anything is computed for some rows, which the data is at. */
    void fit(int[] order, Chunk chunk) {
        if (steps == null) {
            return;
        }
        Step step = steps.of(chunk.rows());
        for (Parameters.State s : parameters.all()) {
            if (local.parameters().contains(s.parameter())) {
                fill(s.parameter().constant(), s.value(), chunk);
                s.slots().values().forEach(slot -> fill(0, slot, chunk));
            }
        }
        for (int i = 0; i < local.steps(); i++) {
            step.rows(order, chunk.begin()).run(i, chunk.begin());
        }
    }

    private static void fill(float value, Matrix all, Chunk chunk) {
        Rows.fill(value, all.rows(chunk.begin(), chunk.begin() + chunk.rows())).run();
    }

    @Override
    public void close() {
        if (steps != null) {
            try {
                steps.close();
            } finally {
                parameters.close();
            }
        }
    }
}
