package io.elbo4j.train.run;

import static io.elbo4j.ArgumentException.require;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.train.HeldOut;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.checkpoint.CheckpointException;
import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.data.Standardisation.Kind;
import io.elbo4j.train.data.Validation;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Models;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run is, as it stands in its folder's {@code run.json} before the first step: with it the run can be resumed
 * at any moment.
 *
 * @param start the model, how and on what it is trained, at position 0
 * @param standardise how the data is standardised, by numbers that are the data's own
 * @param source the value of {@code --data}; null if the data was given otherwise
 * @param stream whether the data stays in its file ({@code --stream}), which changes no bit of the run
 * @param steps training steps in all; 0 if that is not known
 * @param evaluateEvery epochs between two evaluations, at least 1; the run's end is always evaluated
 * @param checkpointEvery how often it is saved; null for: with every evaluation, and at least every ten minutes
 * @param patience evaluations without a better ELBO of the test or validation set after which the run ends; 0 for never
 * @param validation the share of the training rows, drawn by its seed, that it is evaluated on, see {@link HeldOut};
 *     0 for the test set
 * @param validationData the value of {@code --validation-data}, what it is evaluated on instead, see
 *     {@link Validation}; null for none, or if it was given otherwise
 * @param evaluatedOn the fingerprint of the rows that it is evaluated on; null of a run of an earlier version
 * @param version of elbo4j; null if not packaged
 * @param command the command line's words
 * @param device what it began on, in words; null if that is not known
 */
public record RunPlan(Checkpoint start, Kind standardise, @Nullable String source, boolean stream, long steps,
        long evaluateEvery, @Nullable CheckpointEvery checkpointEvery, long patience, double validation,
        @Nullable String validationData, @Nullable String evaluatedOn, @Nullable String version,
        List<String> command, @Nullable String device) {
    private static final int FORMAT = 1;
    /** Steps from one evaluation to the next, unless asked otherwise: at fewer it would take a share of the time. */
    private static final long STEPS_PER_EVALUATION = 100;
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    public RunPlan {
        if (evaluateEvery < 1 || steps < 0 || patience < 0) {
            throw new IllegalArgumentException("evaluateEvery must be at least 1, steps and patience at least 0, not "
                    + evaluateEvery + ", " + steps + " and " + patience);
        }
        require(validation >= 0 && validation < 1, "validation", "0, or above it and below 1", validation);
        command = List.copyOf(command);
    }

    /**
     * A run on data, which is looked through.
     *
     * @throws DataException if the model cannot take the data
     * @throws io.elbo4j.ArgumentException if it has no such objective, or a setting would have no effect
     */
    public static RunPlan of(DataSource source, Record model, TrainingSettings training) {
        Model created = Models.create(model);
        // what it refuses is refused before there is a folder
        long stepsPerEpoch = stepsPerEpoch(source.train().rows(), training);
        training.requireEffect(stepsPerEpoch);
        created.check(training);
        training.objective(created, stepsPerEpoch);
        Graph graph = created.graph();
        requireInputs(graph, source.train());
        requireInputs(graph, source.test());
        return of(new Checkpoint(model, training, Checkpoint.Data.of(source.train()), Position.START)
                .with(source.table()), Kind.NONE,
                Checkpoint.Data.of(source.test()).fingerprint());
    }

    private static void requireInputs(Graph graph, Images images) {
        Inputs.requireColumns(graph, images);
        Inputs.requireValues(graph, images);
    }

    private static RunPlan of(Checkpoint start, Kind standardise, @Nullable String evaluatedOn) {
        long stepsPerEpoch = stepsPerEpoch(start);
        return new RunPlan(start, standardise, null, false, 0, (STEPS_PER_EVALUATION + stepsPerEpoch - 1)
                / stepsPerEpoch,
                null, 0, 0, null, evaluatedOn, null, List.of(), null);
    }

    /** Of a run that an earlier version began, which evaluated every epoch and left no {@code run.json}. */
    static RunPlan ofEarlier(Checkpoint c) {
        return of(c.at(Position.START).with(Standardisation.NONE), c.standardisation().kind(), null)
                .withEvaluateEvery(1);
    }

    /**
     * On data that is standardised, by the training data's mean and deviation, before the model sees it. All that the
     * run reports and shows is of the data as given.
     *
     * @throws DataException if the model's likelihood has no density everywhere, as Bernoulli's has not
     * @throws io.elbo4j.ArgumentException if the model is of sequences, of whose rows not all values are modelled
     */
    public RunPlan withStandardise(Kind kind) {
        Graph graph = Models.create(start.model()).graph();
        Inputs.requireStandardisable(graph, "standardise", kind);
        // of one column both are the same
        Kind one = kind == Kind.COLUMN && start.data().columns() == 1 ? Kind.WHOLE : kind;
        return new RunPlan(start, one, source, stream, steps, evaluateEvery, checkpointEvery, patience, validation,
                validationData, evaluatedOn, version, command, device);
    }

    public RunPlan withSource(@Nullable String value) {
        return new RunPlan(start, standardise, value, stream, steps, evaluateEvery, checkpointEvery, patience,
                validation, validationData, evaluatedOn, version, command, device);
    }

    public RunPlan withStream(boolean streamed) {
        return new RunPlan(start, standardise, source, streamed, steps, evaluateEvery, checkpointEvery, patience,
                validation, validationData, evaluatedOn, version, command, device);
    }

    public RunPlan withSteps(long all) {
        return new RunPlan(start, standardise, source, stream, all, evaluateEvery, checkpointEvery, patience,
                validation, validationData, evaluatedOn, version, command, device);
    }

    public RunPlan withEvaluateEvery(long epochs) {
        return new RunPlan(start, standardise, source, stream, steps, epochs, checkpointEvery, patience, validation,
                validationData, evaluatedOn, version, command, device);
    }

    public RunPlan withCheckpointEvery(@Nullable CheckpointEvery every) {
        return new RunPlan(start, standardise, source, stream, steps, evaluateEvery, every, patience, validation,
                validationData, evaluatedOn, version, command, device);
    }

    public RunPlan withPatience(long evaluations) {
        return new RunPlan(start, standardise, source, stream, steps, evaluateEvery, checkpointEvery, evaluations,
                validation, validationData, evaluatedOn, version, command, device);
    }

    /** The plan must be of data of which this share {@linkplain HeldOut is held out}, by the run's seed. */
    public RunPlan withValidation(double fraction) {
        return new RunPlan(start, standardise, source, stream, steps, evaluateEvery, checkpointEvery, patience,
                fraction, null, evaluatedOn, version, command, device);
    }

    /**
     * The plan must be of data that {@linkplain Validation these rows} are in, instead of a test set.
     *
     * @param value as {@code --validation-data} has it
     */
    public RunPlan withValidationData(String value) {
        return new RunPlan(start, standardise, source, stream, steps, evaluateEvery, checkpointEvery, patience, 0,
                value, evaluatedOn, version, command, device);
    }

    /** Whether the run is evaluated on a validation set, instead of the test set. */
    public boolean hasValidation() {
        return validation > 0 || validationData != null;
    }

    /** The name of the set that the run is evaluated on, {@code validation} or {@code test}. */
    public String evaluatedSet() {
        return hasValidation() ? "validation" : "test";
    }

    public RunPlan withOrigin(@Nullable String elbo4j, List<String> words) {
        return new RunPlan(start, standardise, source, stream, steps, evaluateEvery, checkpointEvery, patience,
                validation, validationData, evaluatedOn, elbo4j, words, device);
    }

    /** Says what it begins on, which changes no bit of the run. */
    public RunPlan withDevice(String words) {
        return new RunPlan(start, standardise, source, stream, steps, evaluateEvery, checkpointEvery, patience,
                validation, validationData, evaluatedOn, version, command, words);
    }

    public long stepsPerEpoch() {
        return stepsPerEpoch(start);
    }

    private static long stepsPerEpoch(Checkpoint start) {
        return stepsPerEpoch(start.data().rows(), start.training());
    }

    private static long stepsPerEpoch(long rows, TrainingSettings training) {
        return (rows + training.batch() - 1) / training.batch();
    }

    /** Whether an epoch, counted from 1, is evaluated at its end wherever the run itself ends. */
    boolean evaluates(long epoch) {
        return epoch % evaluateEvery == 0;
    }

    /**
     * For a run that goes on.
     *
     * @param file that the run is in
     * @throws CheckpointException if these are not the rows that it is evaluated on
     * @throws DataException if an earlier version did not say what they are, and the model cannot take these
     */
    void requireEvaluated(Path file, Images rows) {
        if (evaluatedOn == null) {
            requireInputs(Models.create(start.model()).graph(), rows);
        } else if (!evaluatedOn.equals(Checkpoint.Data.of(rows).fingerprint())) {
            throw new CheckpointException(file + " is of a run that is evaluated on other rows than those now given, "
                    + rows.name() + ": resume with the run's own");
        }
    }

    /** Whether a checkpoint is of this run. */
    boolean isOf(Checkpoint c) {
        return start.equals(c.at(Position.START).with(Standardisation.NONE))
                && standardise == c.standardisation().kind();
    }

    /** Atomically. */
    void write(Path file) {
        byte[] text = text().getBytes(StandardCharsets.UTF_8);
        try {
            AtomicFile.write(file, channel -> AtomicFile.put(channel, ByteBuffer.wrap(text)));
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    /** What the file holds. */
    String text() {
        return GSON.toJson(json()) + "\n";
    }

    private JsonObject json() {
        JsonObject o = new JsonObject();
        o.addProperty("format", FORMAT);
        o.addProperty("version", version);
        JsonArray words = new JsonArray();
        command.forEach(words::add);
        o.add("command", words);
        if (device != null) {
            o.addProperty("device", device);
        }
        o.addProperty("source", source);
        o.addProperty("stream", stream);
        o.addProperty("steps", steps);
        o.addProperty("evaluateEvery", evaluateEvery);
        o.addProperty("checkpointEvery", checkpointEvery == null ? null : checkpointEvery.toString());
        if (patience > 0) {
            o.addProperty("patience", patience);
        }
        if (validation > 0) {
            o.addProperty("validation", validation);
        }
        if (validationData != null) {
            o.addProperty("validationData", validationData);
        }
        if (evaluatedOn != null) {
            o.addProperty("evaluatedOn", evaluatedOn);
        }
        o.addProperty("standardise", standardise.name());
        o.add("start", start.toJson());
        return o;
    }

    /**
     * The run in whose folder a checkpoint lies; null where no {@code run.json} of that run lies beside it.
     *
     * @throws CheckpointException if the file is damaged
     */
    public static @Nullable RunPlan beside(Checkpoint.Loaded loaded) {
        Path file = loaded.file().toAbsolutePath().resolveSibling(RunFolder.PLAN);
        RunPlan plan = Files.exists(file) ? read(file) : null;
        return plan != null && plan.isOf(loaded.checkpoint()) ? plan : null;
    }

    /** @throws CheckpointException saying what is wrong with the file */
    static RunPlan read(Path file) {
        try {
            return of(Files.readString(file), file);
        } catch (CharacterCodingException e) {
            throw noRun(file, e);
        } catch (IOException e) {
            throw new CheckpointException("cannot read " + file + ": " + DataException.reason(e), e);
        }
    }

    private static CheckpointException noRun(Object file, Exception e) {
        return new CheckpointException(file + ": is no description of a run written by elbo4j", e);
    }

    /** @param file for messages */
    static RunPlan of(String text, Object file) {
        try {
            JsonObject o = JsonParser.parseString(text).getAsJsonObject();
            int format = o.get("format").getAsInt();
            if (format != FORMAT) {
                throw new CheckpointException(file + ": has format " + format + ", expected " + FORMAT
                        + ": it is of another version of elbo4j");
            }
            List<String> command = new ArrayList<>();
            o.getAsJsonArray("command").forEach(word -> command.add(word.getAsString()));
            String every = text(o, "checkpointEvery");
            return new RunPlan(Checkpoint.of(o.getAsJsonObject("start").toString()),
                    Kind.valueOf(o.get("standardise").getAsString()), text(o, "source"),
                    o.has("stream") && o.get("stream").getAsBoolean(), o.get("steps").getAsLong(), o.get(
                            "evaluateEvery").getAsLong(),
                    every == null ? null : CheckpointEvery.of(every), o.has("patience") ? o.get("patience").getAsLong()
                            : 0, o.has("validation") ? o.get("validation").getAsDouble() : 0,
                    text(o, "validationData"), text(o, "evaluatedOn"),
                    text(o, "version"), command, text(o, "device"));
        } catch (CheckpointException e) {
            throw e;
        } catch (RuntimeException e) {
            // each of Gson's ways to say that something else is there
            throw noRun(file, e);
        }
    }

    private static @Nullable String text(JsonObject o, String name) {
        JsonElement value = o.get(name);
        return value == null || value.isJsonNull() ? null : value.getAsString();
    }
}
