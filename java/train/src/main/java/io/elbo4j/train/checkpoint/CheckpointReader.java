package io.elbo4j.train.checkpoint;

import io.elbo4j.Quoted;
import io.elbo4j.train.Trainer.Position;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Distribution;
import io.elbo4j.train.graph.Graph;
import io.elbo4j.train.graph.Parameter;
import io.elbo4j.train.model.Inputs;
import io.elbo4j.train.model.Models;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads checkpoints, which anybody may have written: nothing is taken on trust, and nothing allocated for a claim. */
final class CheckpointReader {
    private CheckpointReader() {}

    /** See {@link Checkpoint#read}. */
    static Checkpoint.Loaded read(Path file) {
        Contents contents = new Contents(file);
        String sha256 = SafetensorsReader.read(file, FileRole.CHECKPOINT, contents);
        SafetensorsHeader header = contents.header;
        Checkpoint checkpoint = of(file, header.metadata(), contents.standardisation());
        Map<String, TensorEntry> tensors = header.byName();
        for (Parameter p : Models.create(checkpoint.model()).graph().parameters()) {
            requireShape(file, tensors, p.name(), p.rows(), p.columns());
            for (String slot : p.statistic() ? List.<String>of() : checkpoint.training().optimiser().slots()) {
                requireShape(file, tensors, p.name() + "." + slot, p.rows(), p.columns());
            }
        }
        return new Checkpoint.Loaded(checkpoint, file, sha256);
    }

    /** Keeps of a file what is no parameter. */
    private static final class Contents implements SafetensorsReader.Visitor {
        private final Path file;
        private final Map<String, float[]> rows = new HashMap<>();
        private SafetensorsHeader header = new SafetensorsHeader(new TreeMap<>(), List.of());

        Contents(Path file) {
            this.file = file;
        }

        @Override
        public void header(SafetensorsHeader read) {
            header = read;
            for (TensorEntry t : read.entries()) {
                if (t.name().equals(Checkpoint.MEAN) || t.name().equals(Checkpoint.DEVIATION)) {
                    requireShape(file, Map.of(t.name(), t), t.name(), 1, t.elements());
                    rows.put(t.name(), new float[t.length(file)]);
                }
            }
        }

        @Override
        public void piece(TensorEntry tensor, long from, ByteBuffer bytes) {
            float[] values = rows.get(tensor.name());
            if (values != null) {
                bytes.asFloatBuffer().get(values, (int) from, bytes.remaining() / Float.BYTES);
            }
        }

        Standardisation standardisation() {
            try {
                float[] none = new float[0];
                return new Standardisation(rows.getOrDefault(Checkpoint.MEAN, none),
                        rows.getOrDefault(Checkpoint.DEVIATION, none));
            } catch (IllegalArgumentException e) {
                throw new CheckpointException(file + ": its " + e.getMessage(), e);
            }
        }
    }

    private static Checkpoint of(Path file, Map<String, String> metadata, Standardisation standardisation) {
        String state = metadata.get(Checkpoint.STATE);
        String format = metadata.get(Checkpoint.FORMAT);
        if (!Checkpoint.VERSION.equals(format) || state == null) {
            throw new CheckpointException(file + ": no elbo4j checkpoint of format " + Checkpoint.VERSION
                    + ": its metadata has " + Checkpoint.FORMAT + " = " + (format == null ? null : Quoted.of(format)));
        }
        try {
            Checkpoint checkpoint = Checkpoint.of(state).with(standardisation);
            requireConsistent(checkpoint);
            return checkpoint;
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file + ": its metadata " + e.getMessage(), e);
        }
    }

    /** @throws IllegalArgumentException if no run could have come here */
    private static void requireConsistent(Checkpoint checkpoint) {
        Graph graph = Models.create(checkpoint.model()).graph();
        long width = Inputs.columns(graph, Images.X);
        Checkpoint.Data data = checkpoint.data();
        Position position = checkpoint.position();
        Standardisation standardisation = checkpoint.standardisation();
        int batch = checkpoint.training().batch();
        double columns = (double) data.height() * data.width() * data.channels();
        if (columns != width) {
            throw new IllegalArgumentException("has images of " + data.height() + " x " + data.width() + " x "
                    + data.channels() + " and a model of " + width + " columns, expected as many");
        }
        if (standardisation.mean().length > 1 && standardisation.mean().length != width) {
            throw new IllegalArgumentException("has a model of " + width + " columns and a standardisation"
                    + " of " + standardisation.mean().length);
        }
        int named = checkpoint.table().names().size();
        if (checkpoint.table().hasColumns() && named != width) {
            throw new IllegalArgumentException("has a table of " + named + " values a row and a model of " + width
                    + " columns");
        }
        Optional<Distribution> bounded = Inputs.bounded(graph);
        if (standardisation.kind() != Standardisation.Kind.NONE && bounded.isPresent()) {
            throw new IllegalArgumentException("has a " + bounded.get().inWords()
                    + " likelihood of standardised data, which is not " + bounded.get().support());
        }
        int row = position.row();
        if (row > data.rows() || row != data.rows() && row % batch != 0) {
            throw new IllegalArgumentException("has position.row = " + row + ", expected whole batches of "
                    + batch + " of " + data.rows() + " rows");
        }
        BigInteger steps = BigInteger.valueOf(position.epoch())
                .multiply(BigInteger.valueOf((data.rows() + batch - 1L) / batch))
                .add(BigInteger.valueOf((row + batch - 1L) / batch));
        if (!steps.equals(BigInteger.valueOf(position.step()))) {
            throw new IllegalArgumentException("has position.step = " + position.step() + ", expected " + steps
                    + ", those of " + position.epoch() + " epochs and " + row + " rows");
        }
    }

    /** @throws CheckpointException if a tensor is missing, or of another type or shape */
    static void requireShape(Path file, Map<String, TensorEntry> tensors, String name, long rows, long columns) {
        requireShape(file, tensors, name, Dtype.F32, rows, columns);
    }

    static void requireShape(Path file, Map<String, TensorEntry> tensors, String name, Dtype dtype, long rows,
            long columns) {
        TensorEntry tensor = tensors.get(name);
        if (tensor == null || tensor.dtype() != dtype) {
            throw new CheckpointException(file + ": holds no " + dtype + " tensor '" + name + "'");
        }
        if (!Arrays.equals(tensor.shape(), new long[] {rows, columns})) {
            throw new CheckpointException(file + ": tensor '" + name + "' has the shape "
                    + TensorEntry.inWords(tensor.shape()) + ", expected [" + rows + ", " + columns + "]");
        }
    }
}
