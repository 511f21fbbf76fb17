package io.elbo4j.train.checkpoint;

import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Parameters;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Matrices of a backend's memory in a file of {@link Safetensors}, those of bytes as U8, all others as F32: written and
 * read in pieces, so that they are never all on the heap. The file has been read once, and found whole; its matrices
 * are still there.
 *
 * @param metadata all but the checksum
 * @param sha256 the checksum of what it held then
 */
public record MatrixFile(Path file, Map<String, String> metadata, String sha256) {
    /**
     * Replaces a file atomically: the old one stays if anything fails.
     *
     * @param metadata any strings, but for {@value Safetensors#CHECKSUM}
     * @param matrices contiguous, by name
     */
    public static void write(Path file, Map<String, String> metadata, Map<String, Matrix> matrices) {
        SafetensorsWriter.write(file, metadata, matrices.entrySet().stream().map(e -> TensorSource.of(e.getKey(), e
                .getValue())).toList());
    }

    /**
     * Reads all of a file but its matrices, and verifies its checksum.
     *
     * @throws CheckpointException saying what is wrong with the file
     */
    public static MatrixFile read(Path file) {
        Map<String, String> metadata = new LinkedHashMap<>();
        String sha256 = SafetensorsReader.read(file, FileRole.MATRICES, new SafetensorsReader.Visitor() {
            @Override
            public void header(SafetensorsHeader header) {
                metadata.putAll(header.metadata());
            }
        });
        return new MatrixFile(file, metadata, sha256);
    }

    /** Parameters under their names, and what the optimiser keeps of each under its name with that of the slot. */
    public static Map<String, Matrix> of(Parameters parameters) {
        Map<String, Matrix> matrices = new LinkedHashMap<>();
        for (Parameters.State s : parameters.all()) {
            String name = s.parameter().name();
            matrices.put(name, s.value());
            s.slots().forEach((slot, matrix) -> matrices.put(name + "." + slot, matrix));
        }
        return matrices;
    }

    /**
     * Reads some matrices.
     *
     * @param targets by name, contiguous
     * @throws CheckpointException if one is missing or has another shape: nothing is changed then; or if the file has
     *     changed since: then the matrices must not be used
     */
    public void restore(Map<String, Matrix> targets) {
        float[] values = new float[Safetensors.PIECE];
        String found = SafetensorsReader.read(file, FileRole.MATRICES, new SafetensorsReader.Visitor() {
            @Override
            public void header(SafetensorsHeader header) {
                Map<String, TensorEntry> tensors = header.byName();
                targets.forEach((name, m) -> CheckpointReader.requireShape(file, tensors, name, Dtype.of(m), m
                        .rows(), m.columns()));
            }

            @Override
            public void piece(TensorEntry tensor, long from, ByteBuffer bytes) {
                Matrix target = targets.get(tensor.name());
                if (target != null) {
                    int n = bytes.remaining() * Byte.SIZE / tensor.dtype().bits();
                    for (int i = 0; i < n; i++) {
                        values[i] = tensor.dtype() == Dtype.U8 ? bytes.get(i) & 0xff : bytes.getFloat(i * Float.BYTES);
                    }
                    target.reshape(1, tensor.elements()).columns(from, from + n).set(values, 0);
                }
            }
        });
        if (!found.equals(sha256)) {
            throw new CheckpointException(file + ": has changed while it was read");
        }
    }
}
