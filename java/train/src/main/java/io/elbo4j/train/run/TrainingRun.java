package io.elbo4j.train.run;

import com.google.gson.JsonObject;
import io.elbo4j.ArgumentException;
import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.event.EvaluationEvent;
import io.elbo4j.train.graph.Exchange;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.worker.Broadcast;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A training run in a folder: {@code run.json} from the beginning, {@code checkpoint.safetensors} and
 * {@code metrics.jsonl} on the way, and pictures at the end. Stopped or killed at any moment and resumed, it ends in
 * exactly the checkpoint, and the metrics but for the speed, that an uninterrupted run would have written. A run with
 * {@link RunPlan#patience} also keeps {@code best.safetensors}, the checkpoint of its best evaluation.
 */
public final class TrainingRun implements AutoCloseable {
    /** Is told how far a run is. */
    public interface Listener {
        /** After each step; returns false to stop here: the run is saved as it stands. */
        boolean step(Trainer.Progress progress, long stepsPerEpoch);

        /** After each evaluated epoch, and where the run ends. */
        void epoch(EpochReport report);

        /**
         * Before the first picture and after each; returns false to leave out those that remain: a resumed run draws
         * them.
         */
        default boolean pictures(int drawn, int all) {
            return true;
        }
    }

    /**
     * What a run came to.
     *
     * @param stopped whether the listener ended it
     * @param test the model on the test set, or on the validation set of a run that has one
     * @param pictures those drawn
     */
    public record Outcome(boolean stopped, Evaluation test, List<Path> pictures) {}

    private static final System.Logger LOGGER = System.getLogger("io.elbo4j.train");

    /** Steps between two lines of {@code steps.jsonl}. */
    public static final long LOG_EVERY = 100;

    private final RunFolder folder;
    private final DataSource source;
    private final Model model;
    private final Standardisation standardisation;
    private final Backend backend;
    private final Parameters parameters;
    private final Trainer trainer;
    private final Evaluator evaluator;
    private final Metrics metrics;
    private final long begin;
    private RunPlan plan;
    private long logEvery = LOG_EVERY;
    private long picturesEvery;
    private boolean tensorBoard;
    private @Nullable EventFile events;

    private TrainingRun(RunFolder folder, StoredRun run, DataSource source, Backend backend,
            @Nullable Exchange workers) {
        this.folder = folder;
        this.source = source;
        this.backend = backend;
        this.plan = run.plan();
        this.model = Models.create(plan.start().model());
        TrainingSettings settings = plan.start().training();
        Position start = run.loaded() == null ? Position.START : run.loaded().checkpoint().position();
        this.standardisation = run.loaded() == null ? Standardisation.of(source.train(), plan.standardise())
                : run.loaded().checkpoint().standardisation();
        this.begin = start.step();
        this.tensorBoard = EventFile.areIn(folder.directory());
        this.metrics = new Metrics(folder.metrics(), start.step(), plan::evaluates, plan.evaluatedSet());
        this.parameters = new Parameters(backend, model.graph().parameters(), settings.seed());
        Trainer opened = null;
        try {
            if (run.loaded() != null) {
                run.loaded().restore(parameters);
            }
            if (workers != null) {
                Broadcast.text(workers, plan.text());
            }
            opened = workers == null ? new Trainer(model, parameters, backend, settings, source.train(), start,
                    standardisation) : new Trainer(model, parameters, backend, settings, source.train(), start,
                            standardisation, workers);
            this.evaluator = new Evaluator(model, parameters, backend, source.test(), settings.seed(),
                    standardisation);
        } catch (RuntimeException | Error e) {
            if (opened != null) {
                opened.close();
            }
            parameters.close();
            throw e;
        }
        this.trainer = opened;
    }

    /** Where a run in {@code directory} keeps its checkpoint. */
    public static Path checkpoint(Path directory) {
        return RunFolder.checkpoint(directory);
    }

    /** Where a run with patience keeps the checkpoint of its best evaluation. */
    public static Path best(Path directory) {
        return directory.resolve("best.safetensors");
    }

    /**
     * Starts a run in a folder, which is made if it is not there.
     *
     * @throws io.elbo4j.train.data.DataException if the model cannot take the data, or the folder holds a run
     *     already, is in use, or cannot be written to
     */
    public static TrainingRun start(Path directory, DataSource source, Record model, TrainingSettings settings,
            Backend backend) {
        RunPlan plan = RunPlan.of(source, model, settings);
        return start(RunFolder.create(directory), plan, source, backend);
    }

    /**
     * Starts a run in a folder, which is closed with the run.
     *
     * @param source the data that the plan is for
     * @throws io.elbo4j.train.data.DataException if the folder cannot be written to
     */
    public static TrainingRun start(RunFolder folder, RunPlan plan, DataSource source, Backend backend) {
        return start(folder, plan, source, backend, null);
    }

    /**
     * As worker 0, the only one with a folder: the others are {@link WorkerRun}s. The run has the bits of one worker
     * alone.
     *
     * @param workers null for one alone
     */
    public static TrainingRun start(RunFolder folder, RunPlan plan, DataSource source, Backend backend,
            @Nullable Exchange workers) {
        return open(folder, () -> {
            TrainingRun run = new TrainingRun(folder, new StoredRun(plan, null, folder.plan()), source, backend,
                    workers);
            plan.write(folder.plan());
            return run;
        });
    }

    /**
     * Goes on with the run in a folder, on the same data.
     *
     * @throws io.elbo4j.train.data.DataException if it holds no run, is in use or cannot be written to, or if its
     *     files are damaged, or the run's data is another
     */
    public static TrainingRun resume(Path directory, DataSource source, Backend backend) {
        RunFolder folder = RunFolder.open(directory);
        return open(folder, () -> resume(folder, StoredRun.read(folder), source, backend));
    }

    /**
     * Goes on with the run in a folder, which is closed with the run, on the same data.
     *
     * @throws CheckpointException if the run's data is another, or what it is evaluated on
     */
    public static TrainingRun resume(RunFolder folder, StoredRun run, DataSource source, Backend backend) {
        return resume(folder, run, source, backend, null);
    }

    /**
     * As worker 0, with as many workers as there are now.
     *
     * @param workers null for one alone
     */
    public static TrainingRun resume(RunFolder folder, StoredRun run, DataSource source, Backend backend,
            @Nullable Exchange workers) {
        return open(folder, () -> {
            Checkpoint.Data given = Checkpoint.Data.of(source.train());
            Checkpoint.Data own = run.plan().start().data();
            if (!given.equals(own)) {
                throw new CheckpointException(run.file() + " was trained on " + inWords(own) + "; the data now given, "
                        + source.train().name() + ", is " + inWords(given) + ": resume with the run's own data");
            }
            run.plan().requireEvaluated(run.file(), source.test());
            TrainingRun resumed = new TrainingRun(folder, run, source, backend, workers);
            LOGGER.log(System.Logger.Level.DEBUG, () -> "run " + folder.directory() + " goes on after step "
                    + resumed.begin);
            return resumed;
        });
    }

    private static TrainingRun open(RunFolder folder, Supplier<TrainingRun> opens) {
        try {
            return opens.get();
        } catch (RuntimeException | Error e) {
            folder.close();
            throw e;
        }
    }

    static String inWords(Checkpoint.Data data) {
        return data.rows() + " images of " + data.height() + " x " + data.width() + " x " + data.channels()
                + " (fingerprint " + data.fingerprint().substring(0, Math.min(8, data.fingerprint().length())) + ")";
    }

    public Model model() {
        return model;
    }

    /**
     * How many steps lie between two lines of {@code steps.jsonl}, {@value #LOG_EVERY} unless this is called: step,
     * epoch, rows since the last line, seconds, the averages of ELBO, reconstruction and KL over these rows, and the
     * norm of the step's gradients, see {@link Trainer#gradientNorm}. It changes no bit of the run; a device is waited
     * for.
     *
     * @param steps at least 1
     */
    public TrainingRun withLogEvery(long steps) {
        ArgumentException.require(steps >= 1, "steps", "at least 1", steps);
        logEvery = steps;
        return this;
    }

    /**
     * How many epochs lie between two sets of pictures on the way, {@code epochs/samples-5.png} and so on, named as
     * those at the end and by the epoch, counted from 1. Unless this is called there are none. It changes no bit of
     * the run; data without pictures has none.
     *
     * @param epochs at least 1
     */
    public TrainingRun withPicturesEvery(long epochs) {
        ArgumentException.require(epochs >= 1, "epochs", "at least 1", epochs);
        picturesEvery = epochs;
        return this;
    }

    /**
     * Writes the numbers of {@code steps.jsonl} and {@code metrics.jsonl} for TensorBoard, too, as event files beside
     * them, in single precision. A run that has such files goes on with a new one whether this is called or not.
     */
    public TrainingRun withTensorBoard() {
        tensorBoard = true;
        return this;
    }

    /** What the run is. */
    public RunPlan plan() {
        return plan;
    }

    public Parameters parameters() {
        return parameters;
    }

    public Position position() {
        return trainer.position();
    }

    public long stepsPerEpoch() {
        return trainer.stepsPerEpoch();
    }

    /**
     * Trains until {@code lastStep} steps are done in all, is evaluated and saved on the way as planned and at the end,
     * then draws the pictures; stopped by the listener it leaves them out, so as to end soon.
     *
     * @throws NonFiniteException if a number is not finite; the last checkpoint stays as it was, and the lines of
     *     steps
     */
    public Outcome train(long lastStep, Listener listener) {
        try {
            return trainUntil(lastStep, listener);
        } catch (NonFiniteException e) {
            folder.keepSteps();
            throw e;
        }
    }

    private Outcome trainUntil(long lastStep, Listener listener) {
        Position at = trainer.position();
        Evaluation test = null;
        boolean goOn = true;
        if (at.step() < lastStep) {
            describe(lastStep);
        }
        if (at.row() > 0 && (isEvaluated() || at.step() >= lastStep) && !metrics.endWith(at.step())) {
            // an earlier process ended between the checkpoint and its line of metrics
            EpochReport missing = report(Double.NaN);
            add(missing);
            test = missing.test();
        }
        SaveTimes times = new SaveTimes(plan.checkpointEvery(), System::nanoTime);
        Speed speed = new Speed();
        StepLog log = new StepLog(folder.steps(), at, logEvery);
        boolean exhausted = at.row() > 0 && isEvaluated() && isExhausted(null);
        if (at.row() > 0 && isEvaluated() && isBest(null) && !isKept(at.step())) {
            keepBest();
        }
        if (at.row() > 0 && isPictured()) {
            drawEpoch(test);
        }
        while (goOn && !exhausted && trainer.progress().step() < lastStep) {
            if (trainer.atEndOfEpoch()) {
                log.endOfEpoch(trainer);
                trainer.nextEpoch();
            }
            int before = trainer.progress().row();
            trainer.step();
            speed.add(trainer.progress().row() - before);
            goOn = listener.step(trainer.progress(), trainer.stepsPerEpoch());
            long step = trainer.progress().step();
            boolean last = !goOn || step == lastStep;
            log.step(trainer, step, last).ifPresent(line -> logged("steps", line));
            boolean evaluated = last || isEvaluated();
            boolean saved = last || times.due(step, evaluated);
            boolean pictured = goOn && isPictured();
            if (!evaluated && !saved && !pictured) {
                continue;
            }
            // a device has done these steps when their totals have been read
            trainer.position();
            test = null;
            if (!evaluated && saved) {
                speed.leaveOut(this::save);
            } else if (evaluated) {
                EpochReport report = report(speed.perSecond());
                boolean best = isEvaluated() && isBest(report);
                exhausted = isEvaluated() && isExhausted(report);
                saved |= exhausted;
                if (saved) {
                    save();
                }
                add(report);
                if (best) {
                    keepBest();
                }
                folder.keep();
                listener.epoch(report);
                test = report.test();
                speed.restart();
            }
            if (saved) {
                times.saved();
            }
            if (pictured) {
                Evaluation known = test;
                speed.leaveOut(() -> drawEpoch(known));
            }
        }
        if (test == null) {
            test = evaluator.evaluate(trainer.position().step());
        }
        return goOn ? draw(test, listener) : new Outcome(true, test, List.of());
    }

    private void add(EpochReport report) {
        logged("metrics", metrics.add(report));
    }

    private void logged(String group, JsonObject line) {
        if (tensorBoard && events == null) {
            events = EventFile.start(folder.directory(), begin);
        }
        if (events != null) {
            events.add(group, line);
        }
    }

    private Map<String, Consumer<Path>> pictures(Evaluation test) {
        Coder coder = new Coder(model, parameters, backend, plan.start().training().seed(), standardisation);
        return Pictures.of(coder, model, source.test(), test, metrics);
    }

    private boolean isPictured() {
        return picturesEvery > 0 && trainer.atEndOfEpoch() && (trainer.progress().epoch() + 1) % picturesEvery == 0;
    }

    /** @param test null where the epoch is not evaluated otherwise */
    private void drawEpoch(@Nullable Evaluation test) {
        Position at = trainer.position();
        folder.pictures(at.epoch() + 1, pictures(test != null ? test : evaluator.evaluate(at.step())));
    }

    private Outcome draw(Evaluation test, Listener listener) {
        Map<String, Consumer<Path>> pictures = pictures(test);
        List<Path> drawn = new ArrayList<>();
        boolean goOn = pictures.isEmpty() || listener.pictures(0, pictures.size());
        for (Map.Entry<String, Consumer<Path>> picture : pictures.entrySet()) {
            if (goOn) {
                Path file = folder.directory().resolve(picture.getKey());
                picture.getValue().accept(file);
                drawn.add(file);
                goOn = listener.pictures(drawn.size(), pictures.size());
            }
        }
        return new Outcome(drawn.size() < pictures.size(), test, drawn);
    }

    /** Writes down what is planned from here on, if that is not what the run has been so far. */
    private void describe(long lastStep) {
        plan = plan.withSteps(lastStep);
        if (!Files.exists(folder.plan()) || !plan.equals(RunPlan.read(folder.plan()))) {
            plan.write(folder.plan());
        }
    }

    /** Whether the run is evaluated where it stands even if it goes on. */
    private boolean isEvaluated() {
        return trainer.atEndOfEpoch() && plan.evaluates(trainer.progress().epoch() + 1);
    }

    private boolean isExhausted(@Nullable EpochReport next) {
        return plan.patience() > 0 && metrics.sinceBest(next) >= plan.patience();
    }

    private boolean isBest(@Nullable EpochReport next) {
        return plan.patience() > 0 && metrics.sinceBest(next) == 0;
    }

    private void keepBest() {
        state().write(best(folder.directory()), parameters);
    }

    /** A process may have ended between a line of metrics and its checkpoint. */
    private boolean isKept(long step) {
        Path file = best(folder.directory());
        return Files.exists(file) && Checkpoint.read(file).checkpoint().position().step() == step;
    }

    /** The epoch so far: nothing but the position and the parameters goes into it. */
    private EpochReport report(double samplesPerSecond) {
        trainer.checkParameters();
        Position at = trainer.position();
        EvaluationEvent event = new EvaluationEvent();
        event.begin();
        EpochReport report = new EpochReport(at.epoch() + 1, at.step(), trainer.atEndOfEpoch(), trainer.elbo(),
                evaluator.evaluate(at.step()),
                plan.start().training().klWeightAt(at.step() - 1, stepsPerEpoch()), samplesPerSecond);
        event.end();
        if (event.shouldCommit()) {
            event.epoch = report.epoch();
            event.step = report.step();
            event.trainingElbo = report.train().elbo();
            event.elbo = report.test().elbo().elbo();
            event.kl = report.test().elbo().kl();
            event.commit();
        }
        return report;
    }

    /** Before a line of metrics: from a checkpoint the line can be written again, but not the other way round. */
    private void save() {
        trainer.checkParameters();
        state().write(folder.checkpoint(), parameters);
        folder.keep();
    }

    /** The run as it stands. */
    public Checkpoint state() {
        return plan.start().at(trainer.position()).with(standardisation);
    }

    @Override
    public void close() {
        try (folder) {
            if (events != null) {
                events.close();
            }
            trainer.close();
            evaluator.close();
            parameters.close();
        }
    }
}
