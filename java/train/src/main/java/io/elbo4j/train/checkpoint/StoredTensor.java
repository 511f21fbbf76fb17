package io.elbo4j.train.checkpoint;

import io.elbo4j.Quoted;
import java.util.Arrays;

/**
 * A named float32 tensor of a checkpoint: written as the safetensors dtype F32, read from F32, F64, F16 or BF16.
 *
 * @param shape sizes of at least 0; empty for a scalar
 * @param values row-major, as many as the product of the sizes; not copied
 */
public record StoredTensor(String name, long[] shape, float[] values) {
    /** @throws CheckpointException if the shape and the number of values disagree */
    public StoredTensor {
        TensorEntry.checkContent(name, shape, values.length);
    }

    /** @throws CheckpointException if it has another shape */
    public StoredTensor requireShape(long... expected) {
        if (!Arrays.equals(shape, expected)) {
            throw new CheckpointException("tensor " + Quoted.of(name) + " has the shape " + TensorEntry.inWords(shape)
                    + ", expected " + TensorEntry.inWords(expected));
        }
        return this;
    }
}
