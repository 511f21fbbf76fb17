package io.elbo4j.train.run;

import io.elbo4j.Backend;
import io.elbo4j.train.Coder;
import io.elbo4j.train.EpochReport;
import io.elbo4j.train.Evaluation;
import io.elbo4j.train.Evaluator;
import io.elbo4j.train.Trainer;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A training run in a folder: {@code checkpoint.safetensors}, {@code metrics.jsonl}, and pictures at the end. Stopped
 * at any moment and resumed, it ends in exactly the checkpoint that an uninterrupted run would have written.
 */
public final class TrainingRun implements AutoCloseable {
    /** Is told how far a run is. */
    public interface Listener {
        /** After each step; returns false to stop here: the run is saved as it stands. */
        boolean step(Trainer.Progress progress, long stepsPerEpoch);

        /** After each epoch, or the part of one with which the run ends. */
        void epoch(EpochReport report);
    }

    /**
     * What a run came to.
     *
     * @param stopped whether the listener ended it
     * @param test the model on the test set
     * @param pictures the files written
     */
    public record Outcome(boolean stopped, Evaluation test, List<Path> pictures) { }

    private final Path directory;
    private final DataSource source;
    private final Checkpoint.Data data;
    private final Vae vae;
    private final TrainingSettings settings;
    private final Standardisation standardisation;
    private final Backend backend;
    private final Parameters parameters;
    private final Trainer trainer;
    private final Evaluator evaluator;
    private final Metrics metrics;
    /** Folders made for this run, the deepest first, as long as nothing is saved in them. */
    private List<Path> made = List.of();

    private TrainingRun(Path directory, DataSource source, Checkpoint.Data data, VaeSettings model,
            TrainingSettings settings, Standardisation standardisation, Backend backend,
            Checkpoint.@Nullable Loaded resumed) {
        this.directory = directory;
        this.source = source;
        this.data = data;
        this.settings = settings;
        this.standardisation = standardisation;
        this.backend = backend;
        this.vae = new Vae(model);
        Position start = resumed == null ? Position.START : resumed.checkpoint().position();
        this.metrics = new Metrics(directory.resolve("metrics.jsonl"), start.step());
        this.parameters = new Parameters(backend, vae.graph().parameters(), settings.seed());
        if (resumed != null) {
            try {
                resumed.restore(parameters);
            } catch (CheckpointException e) {
                parameters.close();
                throw e;
            }
        }
        this.trainer = new Trainer(vae, parameters, backend, settings, source.train(), start, standardisation);
        this.evaluator = new Evaluator(vae, parameters, backend, source.test(), settings.seed(),
                standardisation);
    }

    /** Where a run in {@code directory} keeps its checkpoint. */
    public static Path checkpoint(Path directory) {
        return directory.resolve("checkpoint.safetensors");
    }

    /**
     * Starts a run in a folder, which is made if it is not there.
     *
     * @throws DataException if the folder holds a run already, or cannot be written to
     */
    public static TrainingRun start(Path directory, DataSource source, VaeSettings model, TrainingSettings settings,
            Backend backend) {
        return start(directory, source, model, settings, Standardisation.Kind.NONE, backend);
    }

    /**
     * Starts a run on data that is standardised, by the training data's mean and deviation, before the model sees it.
     * All that the run reports and shows is of the data as given.
     *
     * @throws DataException as the other; or if the model's likelihood is Bernoulli, which needs values in [0, 1]
     */
    public static TrainingRun start(Path directory, DataSource source, VaeSettings model, TrainingSettings settings,
            Standardisation.Kind standardise, Backend backend) {
        if (Files.exists(checkpoint(directory))) {
            throw new DataException(directory + " already holds a run (" + checkpoint(directory).getFileName()
                    + "): resume it, or choose another folder");
        }
        checkData(source.train(), model);
        checkData(source.test(), model);
        if (standardise != Standardisation.Kind.NONE && model.likelihood() == VaeSettings.LikelihoodKind.BERNOULLI) {
            throw new DataException(source.train().name() + ": the Bernoulli likelihood needs values in [0, 1], which"
                    + " standardised values are not");
        }
        TrainingRun run = new TrainingRun(directory, source, Checkpoint.Data.of(source.train()), model, settings,
                Standardisation.of(source.train(), standardise), backend, null);
        try {
            run.make();
        } catch (DataException e) {
            run.close();
            throw e;
        }
        return run;
    }

    private void make() {
        made = Stream.iterate(directory.toAbsolutePath(), p -> p != null && !Files.exists(p), Path::getParent).toList();
        try {
            Files.createDirectories(directory);
        } catch (FileSystemException e) {
            throw new DataException("cannot make the folder " + directory + reason(e), e);
        } catch (IOException e) {
            throw new DataException("cannot make the folder " + directory + ": " + DataException.reason(e), e);
        }
        if (!Files.isWritable(directory)) {
            throw new DataException("cannot write to the folder " + directory);
        }
    }

    /**
     * Goes on with the run in a folder, on the same data.
     *
     * @throws CheckpointException if its checkpoint is missing or damaged, or was trained on other data
     */
    public static TrainingRun resume(Path directory, DataSource source, Checkpoint.Loaded loaded, Backend backend) {
        Checkpoint.Data data = Checkpoint.Data.of(source.train());
        Checkpoint checkpoint = loaded.checkpoint();
        if (!data.equals(checkpoint.data())) {
            throw new CheckpointException(loaded.file() + " was trained on " + inWords(checkpoint.data())
                    + "; the data now given, " + source.train().name() + ", is " + inWords(data)
                    + ": resume with the run's own data");
        }
        return new TrainingRun(directory, source, data, checkpoint.model(), checkpoint.training(),
                checkpoint.standardisation(), backend, loaded);
    }

    private static String inWords(Checkpoint.Data data) {
        return data.rows() + " images of " + data.height() + " x " + data.width() + " x " + data.channels()
                + " (fingerprint " + data.fingerprint().substring(0, Math.min(8, data.fingerprint().length())) + ")";
    }

    private static String reason(FileSystemException e) {
        if (e instanceof AccessDeniedException) {
            return ": no permission at " + e.getFile();
        }
        return e instanceof FileAlreadyExistsException ? ": " + e.getFile() + " is a file"
                : e.getReason() == null ? "" : ": " + e.getReason();
    }

    private static void checkData(Images images, VaeSettings model) {
        model.requireSize(images);
        if (model.likelihood() != VaeSettings.LikelihoodKind.BERNOULLI) {
            return;
        }
        for (int r = 0; r < images.rows(); r++) {
            float[] row = images.copyRows(r, 1);
            for (int c = 0; c < row.length; c++) {
                if (row[c] < 0 || row[c] > 1) {
                    throw new DataException(images.name() + ": the Bernoulli likelihood needs values in [0, 1]; row "
                            + r + ", column " + c + " is " + row[c]);
                }
            }
        }
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
     * Trains until {@code lastStep} steps are done in all, with a checkpoint and a line of metrics after every epoch
     * and at the end, then writes the pictures; stopped by the listener it leaves them out, so as to end soon.
     *
     * @throws io.elbo4j.train.NonFiniteException if a number is not finite; the last checkpoint stays as it was
     */
    public Outcome train(long lastStep, Listener listener) {
        boolean goOn = true;
        Evaluation test = null;
        if (trainer.position().row() > 0 && !metrics.endWith(trainer.position().step())) {
            // an earlier process ended between the checkpoint and its line of metrics
            EpochReport missing = report(Double.NaN);
            metrics.add(missing);
            test = missing.test();
        }
        while (goOn && trainer.progress().step() < lastStep) {
            if (trainer.atEndOfEpoch()) {
                trainer.nextEpoch();
            }
            long begin = System.nanoTime();
            int before = trainer.progress().row();
            do {
                trainer.step();
                goOn = listener.step(trainer.progress(), trainer.stepsPerEpoch());
            } while (goOn && !trainer.atEndOfEpoch() && trainer.progress().step() < lastStep);
            long rows = trainer.position().row() - before;
            EpochReport report = report(rows / ((System.nanoTime() - begin) * 1e-9));
            save(report);
            listener.epoch(report);
            test = report.test();
        }
        if (test == null) {
            test = evaluator.evaluate(trainer.position().step());
        }
        Coder coder = new Coder(vae, parameters, backend, settings.seed(), standardisation);
        List<Path> pictures = goOn ? Pictures.write(directory, coder, source.test(), test, metrics) : List.of();
        return new Outcome(!goOn, test, pictures);
    }

    /** The epoch so far: nothing but the position and the parameters goes into it. */
    private EpochReport report(double samplesPerSecond) {
        trainer.checkParameters();
        Position at = trainer.position();
        return new EpochReport(at.epoch() + 1, at.step(), trainer.atEndOfEpoch(), trainer.elbo(),
                evaluator.evaluate(at.step()), settings.klWeightAt(at.step() - 1, stepsPerEpoch()), samplesPerSecond);
    }

    /** The checkpoint comes first: from it the line of metrics can be written again, but not the other way round. */
    private void save(EpochReport report) {
        state().write(checkpoint(directory), parameters);
        made = List.of();
        metrics.add(report);
    }

    /** The run as it stands. */
    public Checkpoint state() {
        return new Checkpoint(vae.settings(), settings, data, trainer.position(), standardisation);
    }

    @Override
    public void close() {
        trainer.close();
        evaluator.close();
        parameters.close();
        removeEmpty(made);
    }

    /** A run that failed before it saved anything leaves no folder that another run would step aside for. */
    private static void removeEmpty(List<Path> folders) {
        try {
            for (Path folder : folders) {
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            // somebody else has put something there, or forbids it: not worth hiding why the run failed
        }
    }
}
