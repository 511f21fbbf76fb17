package io.elbo4j.cli;

import io.elbo4j.train.run.CheckpointEvery;
import io.elbo4j.train.run.RunPlan;
import io.elbo4j.train.run.TrainingRun;
import picocli.CommandLine.Option;

/** When a run is evaluated and saved on its way; at its end it always is. An option not given is null. */
final class SavingOptions {
    @Option(names = "--evaluate-every", paramLabel = "EPOCHS", description = {
            "epochs from one line of metrics, on the training set and the test or validation set, to the next",
            "(1; for small data so many that at least 100 steps lie between)"})
    private Long evaluateEvery;

    @Option(names = "--checkpoint-every", paramLabel = "WHEN", description = {
            "minutes or steps from one checkpoint to the next, as 10min or 500steps",
            "(with every line of metrics, and at least every 10min)"})
    private CheckpointEvery checkpointEvery;

    @Option(names = "--patience", paramLabel = "N", description = {
            "evaluations without a better ELBO of the test or validation set after which the run ends;"
                    + " best.safetensors in --out is the checkpoint of the best one",
            "(never; with --resume as before)"})
    private Long patience;

    @Option(names = "--log-every", paramLabel = "STEPS", description = {
            "steps from one line of steps.jsonl, for 'elbo4j view', to the next", "(100)"})
    private Long logEvery;

    @Option(names = "--pictures-every", paramLabel = "EPOCHS", description = {
            "epochs from one set of pictures, epochs/samples-5.png and so on in --out, to the next",
            "(none but those at"
                    + " the end; of data that are no pictures none)"})
    private Long picturesEvery;

    @Option(names = "--tensorboard", description = {
            "also write the numbers of metrics.jsonl and steps.jsonl as event files for TensorBoard",
            "(not; with --resume if the run has such files)"})
    private boolean tensorBoard;

    void check() {
        if (logEvery != null && logEvery < 1) {
            throw Failure.usage("--log-every must be at least 1, not " + logEvery);
        }
        if (picturesEvery != null && picturesEvery < 1) {
            throw Failure.usage("--pictures-every must be at least 1, not " + picturesEvery);
        }
        if (patience != null && patience < 1) {
            throw Failure.usage("--patience must be at least 1, not " + patience);
        }
        if (evaluateEvery != null && evaluateEvery < 1) {
            throw Failure.usage("--evaluate-every must be at least 1, not " + evaluateEvery);
        }
    }

    /** Refuses other lines of metrics than those that a run that is resumed has. */
    void check(RunPlan plan, Agreement agreement) {
        agreement.check("--evaluate-every", evaluateEvery, plan.evaluateEvery());
    }

    /** Refuses other evaluations and checkpoints than those of the run that this worker takes part in. */
    void checkWorker(RunPlan plan, Agreement agreement) {
        check(plan, agreement);
        agreement.check("--patience", patience, plan.patience() == 0 ? null : plan.patience());
        agreement.check("--checkpoint-every", checkpointEvery, plan.checkpointEvery());
    }

    /** What a run writes for those who watch. */
    TrainingRun in(TrainingRun run) {
        run.withLogEvery(logEvery == null ? TrainingRun.LOG_EVERY : logEvery);
        if (picturesEvery != null) {
            run.withPicturesEvery(picturesEvery);
        }
        return tensorBoard ? run.withTensorBoard() : run;
    }

    /** The plan with what was given. */
    RunPlan in(RunPlan plan) {
        RunPlan evaluated = evaluateEvery == null ? plan : plan.withEvaluateEvery(evaluateEvery);
        RunPlan patient = patience == null ? evaluated : evaluated.withPatience(patience);
        return checkpointEvery == null ? patient : patient.withCheckpointEvery(checkpointEvery);
    }
}
