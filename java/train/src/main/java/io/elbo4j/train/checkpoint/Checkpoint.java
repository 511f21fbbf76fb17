package io.elbo4j.train.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.elbo4j.Matrix;
import io.elbo4j.Quoted;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.PenaltySettings;
import io.elbo4j.train.RefinementSettings;
import io.elbo4j.train.ScheduleSettings;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.data.Table;
import io.elbo4j.train.event.CheckpointEvent;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import io.elbo4j.train.optimiser.Averaged;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a training run is at one moment, as a safetensors file: each parameter under its name, what the optimiser
 * keeps for it under the name with that of the slot, as {@code .firstMoment}, and as metadata, in JSON, the model, how
 * it is trained, the data's shape and fingerprint, and the position. No time or host is in it: equal runs leave equal
 * bytes.
 *
 * @param model the settings of the model, which say of which kind it is
 * @param training how it is trained
 * @param data what it is trained on
 * @param position where the run stands
 * @param standardisation of the data; if there is any, it is in the file as two tensors of 1 x 1 or 1 x columns,
 *     {@code standardisation.mean} and {@code standardisation.deviation}
 * @param table what the values of a row mean; {@link Table#NONE} if that is not known
 */
public record Checkpoint(Record model, TrainingSettings training, Data data, Position position,
        Standardisation standardisation, Table table) {
    /** Of data that is taken as it is. */
    public Checkpoint(Record model, TrainingSettings training, Data data, Position position) {
        this(model, training, data, position, Standardisation.NONE, Table.NONE);
    }

    /**
     * What a run was trained on.
     *
     * @param rows training images
     * @param fingerprint SHA-256 of the training images' float32 values as they are read, little-endian, then of those
     *     of the data set's other arrays, in the order of their names
     */
    public record Data(int rows, int height, int width, int channels, String fingerprint) {
        public static Data of(Images images) {
            return new Data(images.rows(), images.height(), images.width(), images.channels(), sha256(images));
        }

        /** @throws IllegalArgumentException if a size is below 1 or the fingerprint is none */
        public Data {
            require(rows >= 1, "rows", rows);
            require(height >= 1, "height", height);
            require(width >= 1, "width", width);
            require(channels >= 1, "channels", channels);
            if (!fingerprint.matches("[0-9a-f]{64}")) {
                throw new IllegalArgumentException(
                        "fingerprint must be 64 hexadecimal digits, not " + Quoted.of(fingerprint));
            }
        }

        /** Values of an image. */
        public long columns() {
            return (long) height * width * channels;
        }

        private static void require(boolean holds, String name, int given) {
            if (!holds) {
                throw new IllegalArgumentException(name + " must be at least 1, not " + given);
            }
        }
    }

    /** The tensor that holds the means of a standardisation. */
    public static final String MEAN = "standardisation.mean";
    /** The tensor that holds its deviations. */
    public static final String DEVIATION = "standardisation.deviation";
    static final String FORMAT = "elbo4j.format";
    static final String VERSION = "1";
    static final String STATE = "elbo4j.checkpoint";
    /** What a file that names no kind of model is of. */
    private static final String EARLIER_KIND = "vae";
    /** What of the training is left out of the metadata where it is this; so it is read from earlier versions. */
    private static final Map<String, Object> TRAINING = Map.ofEntries(Map.entry("clip", Double.POSITIVE_INFINITY),
            Map.entry("clipValue", Double.POSITIVE_INFINITY), Map.entry("klCycle", 0.0),
            Map.entry("objective", ObjectiveKind.ELBO), Map.entry("samples", 1),
            Map.entry("optimiser", OptimiserSettings.of(OptimiserSettings.Kind.ADAM)),
            Map.entry("schedule", ScheduleSettings.constant()), Map.entry("schedule.scheduleGrowth", 1.0),
            Map.entry("penalty", PenaltySettings.NONE), Map.entry("penalty.klCapacity", 0.0),
            Map.entry("refinement", RefinementSettings.NONE));
    private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();
    private static final System.Logger LOGGER = System.getLogger("io.elbo4j.train");

    /**
     * Writes this and the parameters to {@code file}, atomically: the old file stays if anything fails. The parameters
     * go there in pieces: this takes less than a megabyte of the heap, however large they are.
     */
    public void write(Path file, Parameters parameters) {
        CheckpointEvent event = new CheckpointEvent();
        event.begin();
        List<TensorSource> tensors = new ArrayList<>();
        MatrixFile.of(parameters).forEach((name, matrix) -> tensors.add(TensorSource.of(name, matrix)));
        if (standardisation.kind() != Standardisation.Kind.NONE) {
            tensors.add(row(MEAN, standardisation.mean()));
            tensors.add(row(DEVIATION, standardisation.deviation()));
        }
        SafetensorsWriter.write(file, Map.of(FORMAT, VERSION, STATE, toJson().toString()), tensors);
        event.end();
        LOGGER.log(System.Logger.Level.DEBUG, () -> "checkpoint " + file + " is written after step " + position
                .step());
        if (event.shouldCommit()) {
            event.file = file.toString();
            event.step = position.step();
            event.commit();
        }
    }

    private static TensorSource row(String name, float[] values) {
        return TensorSource.of(new StoredTensor(name, new long[] {1, values.length}, values));
    }

    /** What of a checkpoint is in the metadata. */
    private record State(Record model, TrainingSettings training, Data data, Position position, Table table) {}

    /** The kind of the model; files of earlier versions have no {@code kind}, and nor have those of that kind. */
    private record Kind(String kind) {}

    /**
     * This in JSON, but for the standardisation. What earlier versions did not have is left out where it is as it was
     * with them; and JSON has no infinity: training without clipping has no {@code clip}.
     */
    public JsonObject toJson() {
        JsonObject state = new JsonObject();
        String kind = Models.of(model).name();
        if (!kind.equals(EARLIER_KIND)) {
            state.addProperty("kind", kind);
        }
        state.add("model", GSON.toJsonTree(model));
        state.add("training", GSON.toJsonTree(training));
        state.add("data", GSON.toJsonTree(data));
        state.add("position", GSON.toJsonTree(position));
        if (!table.isNone()) {
            state.add("table", GSON.toJsonTree(table));
        }
        leaveOut(TRAINING, training, state.getAsJsonObject("training"));
        leaveOut(Models.of(model).earlier(), model, state.getAsJsonObject("model"));
        return state;
    }

    private static void leaveOut(Map<String, Object> earlier, Record settings, JsonObject written) {
        Map<String, Object> values = Settings.values(settings);
        earlier.forEach((name, value) -> {
            if (value.equals(values.get(name))) {
                written.remove(name);
            }
        });
    }

    /**
     * What {@link #toJson} wrote, of data that is taken as it is.
     *
     * @throws IllegalArgumentException saying what is wrong in the rest of a sentence that begins "its metadata"
     */
    public static Checkpoint of(String json) {
        String kind = RecordReader.read(Kind.class, json, Map.of("kind", EARLIER_KIND)).kind;
        ModelKind<?> model;
        try {
            model = Models.named(kind);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("names a model that is not here: " + e.getMessage(), e);
        }
        Map<String, Object> defaults = new HashMap<>(Map.of("table", Table.NONE));
        TRAINING.forEach((name, value) -> defaults.put("training." + name, value));
        model.earlier().forEach((name, value) -> defaults.put("model." + name, value));
        State s = RecordReader.read(State.class, json, defaults, Map.of(Record.class, model.settings()));
        return new Checkpoint(s.model, s.training, s.data, s.position, Standardisation.NONE, s.table);
    }

    /** The same run at another position. */
    public Checkpoint at(Position other) {
        return new Checkpoint(model, training, data, other, standardisation, table);
    }

    /** The same run on data that is standardised so. */
    public Checkpoint with(Standardisation other) {
        return new Checkpoint(model, training, data, position, other, table);
    }

    /** The same run on a table. */
    public Checkpoint with(Table other) {
        return new Checkpoint(model, training, data, position, standardisation, other);
    }

    /** Epochs whose rows are all done. */
    public long epochsCompleted() {
        return position.epoch() + (position.row() == data.rows() ? 1 : 0);
    }

    /**
     * A checkpoint whose file has been read once, and found whole; its tensors are still there.
     *
     * @param sha256 the checksum of what it held then
     */
    public record Loaded(Checkpoint checkpoint, Path file, String sha256) {
        /** Reads what goes on with training needs, as {@link #restoreValues}, and what the optimiser keeps. */
        public void restore(Parameters parameters) {
            read(MatrixFile.of(parameters.keep(checkpoint.training.optimiser().still())));
        }

        /**
         * Reads the moving averages in the place of the parameters, as {@link #restoreValues}.
         *
         * @throws CheckpointException if the run keeps none
         */
        public void restoreAverages(Parameters parameters) {
            if (checkpoint.training.optimiser().average() == 0) {
                throw new CheckpointException(file + ": holds no moving averages of the parameters, as its run was"
                        + " started without them");
            }
            Map<String, Matrix> targets = new LinkedHashMap<>();
            parameters.all().forEach(s -> targets.put(s.parameter().name() + (s.parameter().statistic() ? "" : "."
                    + Averaged.SLOT), s.value()));
            read(targets);
        }

        /**
         * Reads the parameters, in pieces: for use, not for training.
         *
         * @throws CheckpointException if a parameter is missing or has another shape: nothing is changed then; or if
         *     the file has changed since: then the parameters must not be used
         */
        public void restoreValues(Parameters parameters) {
            read(MatrixFile.of(parameters));
        }

        private void read(Map<String, Matrix> targets) {
            new MatrixFile(file, Map.of(), sha256).restore(targets);
        }
    }

    /**
     * Reads all of a file but the parameters, and verifies its checksum; that it holds the parameters of the model that
     * it names is seen before anybody allocates any.
     *
     * @throws CheckpointException saying what is wrong with the file
     */
    public static Loaded read(Path file) {
        return CheckpointReader.read(file);
    }

    private static String sha256(Images images) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : images.arrays()) {
                Images array = images.array(name);
                ByteBuffer bytes = ByteBuffer.allocate(array.columns() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                array.forEachRow((row, number) -> {
                    bytes.asFloatBuffer().put(row);
                    digest.update(bytes.array());
                });
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
