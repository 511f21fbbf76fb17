package io.elbo4j.train.run;

import io.elbo4j.Backend;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.worker.Broadcast;
import io.elbo4j.train.worker.WorkerException;
import java.util.function.LongPredicate;

/**
 * The part that a worker other than 0 has in a {@link TrainingRun}: it has no folder, and what is trained, and for how
 * long, is worker 0's to say. Its data must be the run's.
 */
public final class WorkerRun implements AutoCloseable {
    private final Parameters parameters;
    private final Trainer trainer;

    /**
     * The run that worker 0 begins or goes on with; waits for it.
     *
     * @throws CheckpointException if that is of another version of elbo4j
     * @throws WorkerException if another worker is lost
     */
    public static RunPlan plan(Exchange workers) {
        return RunPlan.of(Broadcast.text(workers, ""), "what worker 0 trains");
    }

    /**
     * @param plan that of worker 0
     * @throws CheckpointException if the data is not the run's
     */
    public WorkerRun(RunPlan plan, DataSource source, Backend backend, Exchange workers) {
        Checkpoint.Data given = Checkpoint.Data.of(source.train());
        Checkpoint start = plan.start();
        if (!given.equals(start.data())) {
            throw new CheckpointException("worker 0 trains on " + TrainingRun.inWords(start.data())
                    + "; the data of worker " + workers.rank() + ", " + source.train().name() + ", is " + TrainingRun
                            .inWords(given));
        }
        Model model = Models.create(start.model());
        this.parameters = new Parameters(backend, model.graph().parameters(), start.training().seed());
        try {
            this.trainer = new Trainer(model, parameters, backend, start.training(), source.train(),
                    Trainer.Position.START, Standardisation.of(source.train(), plan.standardise()), workers);
        } catch (RuntimeException | Error e) {
            parameters.close();
            throw e;
        }
    }

    public Parameters parameters() {
        return parameters;
    }

    /**
     * Trains until worker 0 ends.
     *
     * @param afterStep is told the number of each step; returns false to leave the others
     * @return the steps done in all
     * @throws WorkerException if another worker is lost
     * @throws io.elbo4j.train.NonFiniteException if a number is not finite
     */
    public long train(LongPredicate afterStep) {
        try {
            do {
                trainer.steps(1);
            } while (afterStep.test(trainer.progress().step()));
        } catch (WorkerException e) {
            if (!e.isEnd()) {
                throw e;
            }
        }
        return trainer.progress().step();
    }

    @Override
    public void close() {
        trainer.close();
        parameters.close();
    }
}
