package io.elbo4j.train.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An immutable data set of float images: one row an image, its columns in the order height, width,
 * channel. Values are in [0,1] except where a NumPy file held something else or they are {@link #undivided}; all are
 * finite.
 *
 * <p>It is the array {@value #X} of a data set, which may have further arrays by other names, a row for each image:
 * {@value #LABEL} are its classes, as {@link Labels} makes them.
 *
 * <p>{@link #first} and {@link #last} are views that share the values.
 */
public final class Images {
    /** The name of the images themselves. */
    public static final String X = "x";
    /** The name of the images' classes: a row has 1 in the column of its class and 0 elsewhere. */
    public static final String LABEL = "label";

    /** The longest array a JVM gives. */
    private static final int MAX_VALUES = Integer.MAX_VALUE - 8;

    private final String name;
    private final int firstRow;
    private final int count;
    private final int height;
    private final int width;
    private final int channels;
    private final float[] values;
    private final Map<String, Images> others;
    private final boolean ofBytes;

    /**
     * @param name where the images come from, for error messages
     * @param values count*height*width*channels values, row-major; owned by this object from now on
     * @throws DataException if a size is below 1, the number of values is not the product of the
     *     sizes, or a value is not finite (named by row and column, counted from 0)
     */
    public Images(String name, int count, int height, int width, int channels, float[] values) {
        this(name, 0, count, height, width, channels, values, Map.of(), false);
        int expected = length(name, count, height, width, channels);
        if (values.length != expected) {
            throw new DataException(String.format(
                    "%s: %d values given, expected %d for %d images of %d x %d with %d channels",
                    name, values.length, expected, count, height, width, channels));
        }
        checkFinite();
    }

    private Images(String name, int firstRow, int count, int height, int width, int channels, float[] values,
            Map<String, Images> others, boolean ofBytes) {
        this.name = name;
        this.firstRow = firstRow;
        this.count = count;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.values = values;
        this.others = others;
        this.ofBytes = ofBytes;
    }

    private void checkFinite() {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new DataException(String.format(
                        "%s: the value at row %d, column %d (counted from 0) is %s, expected a finite float32 number",
                        name, i / columns(), i % columns(), values[i]));
            }
        }
    }

    /**
     * The number of values of a data set of these sizes.
     *
     * @throws DataException if a size is below 1 or one Java array cannot hold that many
     */
    static int length(String name, long count, long height, long width, long channels) {
        long product = 1;
        for (long size : new long[] {count, height, width, channels}) {
            if (size < 1) {
                throw new DataException(String.format(
                        "%s: holds %d images of %d x %d with %d channels, expected at least 1 of each",
                        name, count, height, width, channels));
            }
            // Saturates, because the sizes come from a file and may overflow even a long.
            product = product > MAX_VALUES / size ? Long.MAX_VALUE : product * size;
        }
        if (product > MAX_VALUES) {
            throw new DataException(String.format(
                    "%s: %d images of %d x %d with %d channels are more than the %d values one data set can hold:"
                            + " split the data or make the images smaller",
                    name, count, height, width, channels, MAX_VALUES));
        }
        return (int) product;
    }

    /** Room for a data set of these sizes; too little heap is a sentence as well. */
    static float[] allocate(String name, long count, long height, long width, long channels) {
        int length = length(name, count, height, width, channels);
        try {
            return new float[length];
        } catch (OutOfMemoryError e) {
            throw new DataException(String.format(
                    "%s: needs %d MB of Java heap, more than is free of %d MB: start java with a larger -Xmx",
                    name, 4L * length >> 20, Runtime.getRuntime().maxMemory() >> 20), e);
        }
    }

    /** Where the images come from, for error messages. */
    public String name() {
        return name;
    }

    public int count() {
        return count;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    public int channels() {
        return channels;
    }

    /** The number of images, as a matrix sees it. */
    public int rows() {
        return count;
    }

    /** height*width*channels: the number of values of an image. */
    public int columns() {
        return height * width * channels;
    }

    /** The value at a row and a column of this set or view. */
    public float value(int row, int column) {
        checkRows(row, 1);
        if (column < 0 || column >= columns()) {
            throw new IndexOutOfBoundsException("column " + column + ", expected 0 to " + (columns() - 1));
        }
        return values[(firstRow + row) * columns() + column];
    }

    /** Copies {@code rowCount} rows from {@code row} on to {@code target} from {@code offset} on. */
    public void copyRows(int row, int rowCount, float[] target, int offset) {
        checkRows(row, rowCount);
        System.arraycopy(values, (firstRow + row) * columns(), target, offset, rowCount * columns());
    }

    /** Rows {@code row} to {@code row + rowCount} in an array of their own. */
    public float[] copyRows(int row, int rowCount) {
        checkRows(row, rowCount);
        float[] copy = new float[rowCount * columns()];
        copyRows(row, rowCount, copy, 0);
        return copy;
    }

    /** The same, said to be bytes that were divided by 255. */
    Images ofBytes() {
        return new Images(name, firstRow, count, height, width, channels, values, others, true);
    }

    /** The bytes themselves, 0 to 255, where a file held bytes, which reading divides by 255; else the same. */
    public Images undivided() {
        if (!ofBytes) {
            return this;
        }
        float[] bytes = allocate(name, count, height, width, channels);
        copyRows(0, count, bytes, 0);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = Math.round(255 * bytes[i]);
        }
        return new Images(name, 0, count, height, width, channels, bytes, others, false);
    }

    /** A view of the first {@code n} images, 1 to {@link #count}. */
    public Images first(int n) {
        return view(0, n);
    }

    /** A view of the last {@code n} images, 1 to {@link #count}. */
    public Images last(int n) {
        return view(count - n, n);
    }

    private Images view(int row, int n) {
        if (n < 1 || n > count) {
            throw new IllegalArgumentException(name + ": " + n + " images asked for, expected 1 to " + count);
        }
        Map<String, Images> same = new TreeMap<>();
        others.forEach((array, all) -> same.put(array, all.view(row, n)));
        return new Images(name, firstRow + row, n, height, width, channels, values, same, ofBytes);
    }

    /**
     * The same data set with another array.
     *
     * @param array its name
     * @param all a row for each image
     * @throws DataException if it has another number of rows
     * @throws IllegalArgumentException if the name is taken
     */
    public Images with(String array, Images all) {
        if (array.equals(X) || others.containsKey(array)) {
            throw new IllegalArgumentException(name + ": has an array '" + array + "' already");
        }
        if (all.count != count) {
            throw new DataException(all.name + ": has " + all.count + " rows, expected one for each of the " + count
                    + " of " + name);
        }
        Map<String, Images> more = new TreeMap<>(others);
        more.put(array, all);
        return new Images(name, firstRow, count, height, width, channels, values, more, ofBytes);
    }

    /**
     * An array of the data set, {@value #X} or another.
     *
     * @throws DataException if there is none of that name
     */
    public Images array(String array) {
        Images found = array.equals(X) ? this : others.get(array);
        if (found == null) {
            throw new DataException(name + ": has no array '" + array + "', which the model takes; it has "
                    + String.join(", ", arrays()));
        }
        return found;
    }

    /** The names of all arrays: {@value #X}, and the others in the order of their names. */
    public List<String> arrays() {
        return Stream.concat(Stream.of(X), others.keySet().stream()).toList();
    }

    /** So many rows of this array alone: its own, one after the other and over again. */
    public Images repeated(int rows) {
        float[] all = allocate(name, rows, height, width, channels);
        for (int r = 0; r < rows; r++) {
            copyRows(r % count, 1, all, r * columns());
        }
        return new Images(name, rows, height, width, channels, all);
    }

    private void checkRows(int row, int rowCount) {
        if (row < 0 || rowCount < 0 || rowCount > count - row) {
            throw new IndexOutOfBoundsException(String.format("%s: rows %d to %d asked for, expected a part of 0 to %d",
                    name, row, (long) row + rowCount, count));
        }
    }
}
