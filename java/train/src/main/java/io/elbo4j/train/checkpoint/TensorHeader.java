package io.elbo4j.train.checkpoint;

import io.elbo4j.Quoted;
import java.util.Arrays;

/**
 * What the header of a file says of a tensor.
 *
 * @param dtype the element type, by its name in the safetensors format, as {@code BF16}
 * @param shape sizes of at least 0; empty for a scalar; not copied
 */
public record TensorHeader(String name, String dtype, long[] shape) {
    /** @throws CheckpointException if it has another shape, or elements that are not read as float32 */
    public TensorHeader requireFloats(long... expected) {
        if (!Dtype.FLOATS.stream().map(Dtype::name).toList().contains(dtype)) {
            throw new CheckpointException("tensor " + Quoted.of(name) + " has the dtype " + dtype + ", expected one of "
                    + Dtype.FLOATS);
        }
        if (!Arrays.equals(shape, expected)) {
            throw new CheckpointException("tensor " + Quoted.of(name) + " has the shape " + TensorEntry.inWords(shape)
                    + ", expected " + TensorEntry.inWords(expected));
        }
        return this;
    }
}
