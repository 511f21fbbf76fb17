package io.elbo4j.train.checkpoint;

/**
 * A named float32 tensor of a checkpoint (safetensors dtype F32).
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
