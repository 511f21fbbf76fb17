package io.elbo4j.train.data;

import java.math.BigDecimal;
import java.nio.ByteBuffer;

/**
 * Brings the values of a .npy file to float32; what float32 cannot hold is refused.
 *
 * @param gaps whether NaN is taken, as what is not there
 * @param sequences whether rows have the form of sequences, of which NaN may be what lies past the end
 */
record NpyNumbers(String file, NpyElement element, long columns, boolean gaps, boolean sequences) {
    /** Every integer up to here is a float32. */
    private static final int MOST_INTEGER = 1 << 24;

    static NpyNumbers of(NpyFile file) {
        return of(file, false);
    }

    static NpyNumbers of(NpyFile file, boolean gaps) {
        return new NpyNumbers(file.name(), file.element(), file.height() * file.width() * file.channels(), gaps,
                file.header().shape().length == 3);
    }

    /**
     * The next values of a buffer.
     *
     * @param first the place of the first of them, counted over the rows
     */
    void copy(ByteBuffer bytes, long first, int count, float[] target, int offset) {
        if (element.isByte()) {
            // what large files hold needs no question for each value
            for (int i = 0; i < count; i++) {
                target[offset + i] = (bytes.get() & 255) / 255f;
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            target[offset + i] = checked(first + i, element.next(bytes));
        }
    }

    /** @throws DataException naming the place of a value that float32 does not hold */
    float checked(long place, double value) {
        if (gaps && Double.isNaN(value)) {
            return Float.NaN;
        }
        if (sequences && Double.isNaN(value)) {
            throw new DataException(Images.notFinite(file, place / columns, place % columns, Float.NaN).getMessage()
                    + "; an array (N, T, D) with NaN past the ends is of sequences of several lengths, which a model of"
                    + " sequences takes, as deep-markov-model");
        }
        if (!Double.isFinite(value)) {
            throw Images.notFinite(file, place / columns, place % columns, (float) value);
        }
        String at = "%s: the value at row %d, column %d (counted from 0) is ";
        if (element.integer() && Math.abs(value) > MOST_INTEGER) {
            throw new DataException(String.format(at + "%s, expected an integer from -2^24 to 2^24, which"
                    + " float32 holds exactly", file, place / columns, place % columns,
                    new BigDecimal(value).toPlainString()));
        }
        if (Float.isInfinite((float) value)) {
            throw new DataException(String.format(at + "%s, expected one of at most %s, as float32 holds", file,
                    place / columns, place % columns, value, Float.MAX_VALUE));
        }
        return (float) value;
    }
}
