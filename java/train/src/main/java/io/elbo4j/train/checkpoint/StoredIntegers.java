package io.elbo4j.train.checkpoint;

/**
 * A named tensor of 64-bit integers of a checkpoint (safetensors dtype I64 or U64): counters, seeds.
 *
 * @param shape sizes of at least 0; empty for a scalar
 * @param values row-major, as many as the product of the sizes; not copied
 * @param unsigned whether the bits mean U64 instead of I64
 */
public record StoredIntegers(String name, long[] shape, long[] values, boolean unsigned) {
    /** @throws CheckpointException if the shape and the number of values disagree */
    public StoredIntegers {
        TensorEntry.checkContent(name, shape, values.length);
    }
}
