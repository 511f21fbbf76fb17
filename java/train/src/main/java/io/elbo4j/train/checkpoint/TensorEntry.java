package io.elbo4j.train.checkpoint;

import io.elbo4j.Quoted;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What the header of a safetensors file says of one tensor; offsets count from the start of the data. */
record TensorEntry(String name, Dtype dtype, long[] shape, long begin, long end) {
    private static final int SHOWN_SIZES = 8;

    long elements() {
        return elements(shape);
    }

    /** The number of elements of an array that is to hold this tensor of a file. */
    int length(Path file) {
        if (elements() > Integer.MAX_VALUE - 8) {
            throw new CheckpointException(String.format("%s: tensor %s: holds %d values, expected at most %d", file,
                    Quoted.of(name), elements(), Integer.MAX_VALUE - 8));
        }
        return (int) elements();
    }

    /** Puts the next elements, of one of {@link Dtype#FLOATS}, into {@code target} from {@code from} on. */
    void decode(Path file, ByteBuffer values, float[] target, int from) {
        try {
            for (int i = from; values.hasRemaining(); i++) {
                target[i] = dtype.next(values);
            }
        } catch (ArithmeticException e) {
            throw new CheckpointException(file + ": tensor " + Quoted.of(name) + ": " + e.getMessage(), e);
        }
    }

    /** The product of the sizes, or -1 if one is negative or the product overflows. */
    static long elements(long[] shape) {
        long product = 1;
        boolean overflow = false;
        boolean empty = false;
        for (long size : shape) {
            if (size < 0) {
                return -1;
            }
            empty |= size == 0;
            overflow |= size > 0 && product > Long.MAX_VALUE / size;
            product *= size;
        }
        return empty ? 0 : overflow ? -1 : product;
    }

    /** A shape for sentences, which stays short however many sizes a file names. */
    static String inWords(long[] shape) {
        return Arrays.stream(shape).limit(SHOWN_SIZES).mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "[", shape.length > SHOWN_SIZES ? ", ...]" : "]"));
    }

    static void checkContent(String name, long[] shape, int values) {
        if (name.isEmpty() || name.equals(SafetensorsHeader.METADATA)) {
            throw new CheckpointException("the tensor name '" + name + "' is reserved, expected another");
        }
        if (elements(shape) != values) {
            throw new CheckpointException(String.format(
                    "tensor %s: %d values given, expected as many as the shape %s holds", Quoted.of(name), values,
                    inWords(shape)));
        }
    }
}
