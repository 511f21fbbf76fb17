package io.elbo4j.train.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Sequences of any lengths, whose steps past the end are NaN in a file. In memory they are zeros, with an array
 * {@link Images#MASK} that is 1 for the steps that there are, then 0.
 */
public final class Sequences {
    private Sequences() {}

    /**
     * Says which steps there are, and makes the others zeros, in place.
     *
     * @param x steps x width values of each row
     * @throws DataException naming the first value that is NaN though its sequence goes on, or has no other step
     */
    static Images mask(String name, float[] x, int rows, int steps, int width) {
        float[] mask = new float[rows * steps];
        for (int r = 0; r < rows; r++) {
            int first = r * steps * width;
            int length = steps;
            while (length > 1 && isGap(x, first + (length - 1) * width, width)) {
                length--;
            }
            for (int i = 0; i < steps * width; i++) {
                if (i >= length * width) {
                    x[first + i] = 0;
                } else if (Float.isNaN(x[first + i])) {
                    if (length == 1 && isGap(x, first, width)) {
                        throw new DataException(name + ": row " + r + " (counted from 0) is NaN in every step, expected"
                                + " a sequence of at least 1 step");
                    }
                    throw new DataException(name + ": the value at row " + r + ", column " + i + " (counted from 0) is"
                            + " NaN, expected a number: NaN are all values past a sequence's end, and no others");
                }
            }
            for (int t = 0; t < length; t++) {
                mask[r * steps + t] = 1;
            }
        }
        return new Images(name + " mask", rows, 1, steps, 1, mask);
    }

    /**
     * Makes NaN what lies past the end of sequences, in place.
     *
     * @param x of each sequence the same number of values for each of its steps, step after step
     * @param mask a number for each step of each sequence, 0 past its end
     */
    public static void end(float[] x, float[] mask) {
        int width = x.length / mask.length;
        for (int i = 0; i < mask.length; i++) {
            if (mask[i] == 0) {
                Arrays.fill(x, i * width, (i + 1) * width, Float.NaN);
            }
        }
    }

    /** The data set with sequences of so many steps, of which the last ones are not there, if it has fewer. */
    public static Images lengthened(Images images, int steps) {
        return images.arrays().contains(Images.MASK) && images.height() < steps ? images.paddedWith(images.padded(steps,
                images.width()), Images.MASK, steps) : images;
    }

    /** How many steps each sequence has, by its mask; the height of images that are none. */
    public static int[] heights(Images images) {
        Optional<Images> mask = images.arrays().contains(Images.MASK) ? Optional.of(images.array(Images.MASK))
                : Optional.empty();
        return IntStream.range(0, images.rows()).map(r -> mask.map(m -> length(m.copyRows(r, 1))).orElse(images
                .height())).toArray();
    }

    private static int length(float[] mask) {
        int length = 0;
        for (float there : mask) {
            length += there == 0 ? 0 : 1;
        }
        return length;
    }

    private static boolean isGap(float[] x, int from, int width) {
        for (int i = from; i < from + width; i++) {
            if (!Float.isNaN(x[i])) {
                return false;
            }
        }
        return true;
    }
}
