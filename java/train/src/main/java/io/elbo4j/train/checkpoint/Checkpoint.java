package io.elbo4j.train.checkpoint;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.elbo4j.Matrix;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.VaeSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Everything a training run is at one moment, as a safetensors file: each parameter under its name, Adam's moments
 * under the name with {@code .firstMoment} and {@code .secondMoment}, and as metadata, in JSON, the model, how it is
 * trained, the data's shape and fingerprint, and the position. No time or host is in it, so equal runs leave equal
 * bytes.
 *
 * @param model the shape of the model
 * @param training how it is trained
 * @param data what it is trained on
 * @param position where the run stands
 */
public record Checkpoint(VaeSettings model, TrainingSettings training, Data data, Position position) {
    /**
     * What a run was trained on.
     *
     * @param rows training images
     * @param fingerprint SHA-256 of the training images' float32 values, little-endian
     */
    public record Data(int rows, int height, int width, int channels, String fingerprint) {
        public static Data of(Images images) {
            return new Data(images.rows(), images.height(), images.width(), images.channels(), sha256(images));
        }
    }

    private static final String FORMAT = "elbo4j.format";
    private static final String VERSION = "1";
    private static final String STATE = "elbo4j.checkpoint";
    private static final Gson GSON = new GsonBuilder().serializeSpecialFloatingPointValues().create();

    /** Writes this and the parameters to {@code file}, atomically: the old file stays if anything fails. */
    public void write(Path file, Parameters parameters) {
        List<StoredTensor> tensors = new ArrayList<>();
        for (Parameters.State s : parameters.all()) {
            String name = s.parameter().name();
            tensors.add(stored(name, s.value()));
            tensors.add(stored(name + ".firstMoment", s.firstMoment()));
            tensors.add(stored(name + ".secondMoment", s.secondMoment()));
        }
        Safetensors.write(file, Map.of(FORMAT, VERSION, STATE, toJson().toString()), tensors);
    }

    /** This in JSON, which has no infinity: training without clipping has no {@code clip}. */
    public JsonObject toJson() {
        JsonObject state = GSON.toJsonTree(this).getAsJsonObject();
        if (training.clip() == Double.POSITIVE_INFINITY) {
            state.getAsJsonObject("training").remove("clip");
        }
        return state;
    }

    /** What {@link #toJson} wrote. */
    public static Checkpoint of(String json) {
        JsonObject state = JsonParser.parseString(json).getAsJsonObject();
        JsonObject training = state.getAsJsonObject("training");
        if (training != null && !training.has("clip")) {
            training.addProperty("clip", Double.POSITIVE_INFINITY);
        }
        return GSON.fromJson(state, Checkpoint.class);
    }

    /** The same run at another position. */
    public Checkpoint at(Position other) {
        return new Checkpoint(model, training, data, other);
    }

    /** Epochs whose rows are all done. */
    public long epochsCompleted() {
        return position.epoch() + (position.row() == data.rows() ? 1 : 0);
    }

    private static StoredTensor stored(String name, Matrix m) {
        return new StoredTensor(name, new long[] {m.rows(), m.columns()}, m.toArray());
    }

    /** A checkpoint read from a file, its tensors still to be copied into parameters. */
    public record Loaded(Checkpoint checkpoint, Path file, Safetensors.Content content) {
        /** @throws CheckpointException if a parameter is missing or has another shape; nothing is changed then */
        public void restore(Parameters parameters) {
            for (boolean write : new boolean[] {false, true}) {
                for (Parameters.State s : parameters.all()) {
                    String name = s.parameter().name();
                    restore(name, s.value(), write);
                    restore(name + ".firstMoment", s.firstMoment(), write);
                    restore(name + ".secondMoment", s.secondMoment(), write);
                }
            }
        }

        private void restore(String name, Matrix target, boolean write) {
            StoredTensor tensor = content.tensor(name);
            if (tensor.values().length != target.rows() * target.columns() || tensor.shape().length != 2
                    || tensor.shape()[0] != target.rows()) {
                throw new CheckpointException(file + ": tensor '" + name + "' has the wrong shape, expected "
                        + target.rows() + " x " + target.columns());
            }
            if (write) {
                target.set(tensor.values());
            }
        }
    }

    /** @throws CheckpointException saying what is wrong with the file */
    public static Loaded read(Path file) {
        Safetensors.Content content = Safetensors.read(file);
        String state = content.metadata().get(STATE);
        if (!VERSION.equals(content.metadata().get(FORMAT)) || state == null) {
            throw new CheckpointException(file + ": no elbo4j checkpoint of format " + VERSION + ": its metadata has "
                    + FORMAT + " = " + content.metadata().get(FORMAT));
        }
        Checkpoint checkpoint;
        try {
            checkpoint = of(state);
        } catch (RuntimeException e) {
            // Gson wraps what a record's constructor refuses
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new CheckpointException(file + ": its metadata cannot be read: " + cause.getMessage(), e);
        }
        if (checkpoint.model == null || checkpoint.training == null || checkpoint.data == null
                || checkpoint.position == null) {
            throw new CheckpointException(file + ": its metadata lacks model, training, data or position");
        }
        return new Loaded(checkpoint, file, content);
    }

    private static String sha256(Images images) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            ByteBuffer bytes = ByteBuffer.allocate(images.columns() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < images.rows(); row++) {
                bytes.asFloatBuffer().put(images.copyRows(row, 1));
                digest.update(bytes.array());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
