package io.elbo4j.train.checkpoint;

/**
 * A named float32 tensor of a file: written as the safetensors dtype F32, read from F32, F64, F16 or BF16.
 *
 * @param shape sizes of at least 0; empty for a scalar
 * @param values row-major, as many as the product of the sizes; not copied
 */
public record StoredTensor(String name, long[] shape, float[] values) {
    /** @throws CheckpointException if the shape and the number of values disagree */
    public StoredTensor {
        TensorEntry.checkContent(name, shape, values.length);
    }
}
