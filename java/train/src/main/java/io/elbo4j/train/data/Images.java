package io.elbo4j.train.data;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ObjIntConsumer;
import java.util.function.UnaryOperator;
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
 *
 * <p>The values are in memory, or stay in a file and are read when they are asked for: {@link NpyReader#stream}.
 * Threads may share a data set of either kind.
 */
public final class Images implements AutoCloseable {
    /** The name of the images themselves. */
    public static final String X = "x";
    /** The name of the images' classes: a row has 1 in the column of its class and 0 elsewhere. */
    public static final String LABEL = "label";
    /** Name of the array that has a 1 for each step that a sequence has, 0 for those past its end. */
    public static final String MASK = "mask";

    /** The longest array a JVM gives. */
    private static final int MAX_VALUES = Integer.MAX_VALUE - 8;
    /** Values of the rows that are gone through at once. */
    private static final int PIECE = 1 << 16;

    private final String name;
    private final int firstRow;
    private final int count;
    private final int height;
    private final int width;
    private final int channels;
    private final Values values;
    private final Map<String, Images> others;
    private final boolean ofBytes;

    /**
     * @param name where the images come from, for error messages
     * @param values count*height*width*channels values, row-major; owned by this object from now on
     * @throws DataException if a size is below 1, the number of values is not the product of the
     *     sizes, or a value is not finite (named by row and column, counted from 0)
     */
    public Images(String name, int count, int height, int width, int channels, float[] values) {
        this(name, count, height, width, channels, new HeapValues(values), false);
        int expected = length(name, count, height, width, channels);
        if (values.length != expected) {
            throw new DataException(String.format(
                    "%s: %d values given, expected %d for %d images of %d x %d with %d channels",
                    name, values.length, expected, count, height, width, channels));
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw notFinite(name, i / columns(), i % columns(), values[i]);
            }
        }
    }

    /**
     * @param values that have been checked
     * @param ofBytes whether they are bytes that were divided by 255
     */
    Images(String name, int count, int height, int width, int channels, Values values, boolean ofBytes) {
        this(name, 0, count, height, width, channels, values, Map.of(), ofBytes);
    }

    private Images(String name, int firstRow, int count, int height, int width, int channels, Values values,
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

    static DataException notFinite(String name, long row, long column, float value) {
        return new DataException(String.format("%s: the value at row %d, column %d (counted from 0) is %s, expected a"
                + " finite float32 number", name, row, column, value));
    }

    /**
     * The number of values of a data set of these sizes.
     *
     * @throws DataException if a size is below 1 or one Java array cannot hold that many
     */
    static int length(String name, long count, long height, long width, long channels) {
        return length(name, count, height, width, channels, "");
    }

    /** @param instead what else can be done with too many, the end of the sentence */
    static int length(String name, long count, long height, long width, long channels, String instead) {
        long product = product(name, count, height, width, channels, count, height, width, channels);
        if (product > MAX_VALUES) {
            throw new DataException(String.format(
                    "%s: %d images of %d x %d with %d channels are more than the %d values one data set can hold:"
                            + " split the data or make the images smaller%s",
                    name, count, height, width, channels, MAX_VALUES, instead));
        }
        return (int) product;
    }

    /** @throws DataException if a size is below 1, or there are more rows, or longer ones, than are counted here */
    static void requireRows(String name, long count, long height, long width, long channels) {
        long columns = product(name, count, height, width, channels, height, width, channels);
        if (count > MAX_VALUES || columns > MAX_VALUES) {
            throw new DataException(String.format("%s: holds %d images of %d x %d with %d channels, expected at most"
                    + " %d images, and as many values of each", name, count, height, width, channels, MAX_VALUES));
        }
    }

    private static long product(String name, long count, long height, long width, long channels, long... factors) {
        if (Math.min(Math.min(count, height), Math.min(width, channels)) < 1) {
            throw new DataException(String.format(
                    "%s: holds %d images of %d x %d with %d channels, expected at least 1 of each",
                    name, count, height, width, channels));
        }
        long product = 1;
        for (long size : factors) {
            // Saturates, because the sizes come from a file and may overflow even a long.
            product = product > MAX_VALUES / size ? Long.MAX_VALUE : product * size;
        }
        return product;
    }

    /** Room for a data set of these sizes; too little heap is a sentence as well. */
    static float[] allocate(String name, long count, long height, long width, long channels) {
        return allocate(name, length(name, count, height, width, channels), "");
    }

    /** @param instead what else can be done if there is too little heap, the end of the sentence */
    static float[] allocate(String name, int length, String instead) {
        try {
            return new float[length];
        } catch (OutOfMemoryError e) {
            throw new DataException(String.format(
                    "%s: needs %d MB of Java heap, more than is free of %d MB: start java with a larger -Xmx%s",
                    name, 4L * length >> 20, Runtime.getRuntime().maxMemory() >> 20, instead), e);
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
        float[] one = new float[1];
        values.copy(place(row) + column, 1, one, 0);
        values.requireUnchanged();
        return one[0];
    }

    /** Where a row of this set or view begins among all values. */
    private long place(int row) {
        return ((long) firstRow + row) * columns();
    }

    /** Copies {@code rowCount} rows from {@code row} on to {@code target} from {@code offset} on. */
    public void copyRows(int row, int rowCount, float[] target, int offset) {
        checkRows(row, rowCount);
        values.copy(place(row), Math.multiplyExact(rowCount, columns()), target, offset);
        values.requireUnchanged();
    }

    /** Rows {@code row} to {@code row + rowCount} in an array of their own. */
    public float[] copyRows(int row, int rowCount) {
        checkRows(row, rowCount);
        float[] copy = new float[Math.multiplyExact(rowCount, columns())];
        copyRows(row, rowCount, copy, 0);
        return copy;
    }

    /**
     * Copies the {@code rowCount} rows whose numbers are {@code rows[from ...]} to {@code target} from {@code offset}
     * on.
     */
    public void copyRows(int[] rows, int from, int rowCount, float[] target, int offset) {
        int done = 0;
        while (done < rowCount) {
            int first = rows[from + done];
            int n = 1;
            // what lies together is read at once
            while (done + n < rowCount && rows[from + done + n] == first + n) {
                n++;
            }
            checkRows(first, n);
            values.copy(place(first), Math.multiplyExact(n, columns()), target, offset + done * columns());
            done += n;
        }
        values.requireUnchanged();
    }

    /**
     * Goes over all rows, in order.
     *
     * @param each takes the values of a row, in an array that is used again for the next, and its number
     */
    public void forEachRow(ObjIntConsumer<float[]> each) {
        int rows = Math.max(1, Math.min(count, PIECE / columns()));
        float[] piece = new float[rows * columns()];
        float[] row = new float[columns()];
        int done = 0;
        while (done < count) {
            int n = Math.min(rows, count - done);
            copyRows(done, n, piece, 0);
            for (int r = 0; r < n; r++) {
                System.arraycopy(piece, r * row.length, row, 0, row.length);
                each.accept(row, done + r);
            }
            done += n;
        }
    }

    /** The number of a row, counted from 0, in the file or folder that this is all of or a part. */
    public int placeOf(int row) {
        checkRows(row, 1);
        return values.placeOf(firstRow + row);
    }

    /** Whether rows of any array are read from a file when they are asked for. */
    public boolean isStreamed() {
        return values.areStreamed() || others.values().stream().anyMatch(Images::isStreamed);
    }

    /**
     * Closes the files from which rows are read, also for views and other data sets made of this one: later they refuse
     * to be read. Values in memory stay as they are, nothing need be closed then.
     */
    @Override
    public void close() {
        values.close();
        others.values().forEach(Images::close);
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
        return new Images(name, firstRow, count, height, width, channels, new Undivided(values), others, false);
    }

    /** The same images of other values. */
    Images with(UnaryOperator<Values> other) {
        return new Images(name, firstRow, count, height, width, channels, other.apply(values), others, ofBytes);
    }

    /** Whether a row of one is, at its very place, a row of the other. */
    boolean overlaps(Images other) {
        return values == other.values && firstRow < other.firstRow + other.count && other.firstRow < firstRow + count;
    }

    /** The same without other arrays. */
    Images alone() {
        return new Images(name, firstRow, count, height, width, channels, values, Map.of(), ofBytes);
    }

    /** x with the other arrays of this data set, of which one gets zeros after the values of each row. */
    Images paddedWith(Images x, String array, int columns) {
        Images all = x;
        for (Map.Entry<String, Images> other : others.entrySet()) {
            all = all.with(other.getKey(), other.getKey().equals(array) ? other.getValue().padded(1, columns) : other
                    .getValue());
        }
        return all;
    }

    /** The same rows of this array alone, with zeros after the values of each: as high, or of the same width. */
    Images padded(int higher, int wider) {
        float[] all = allocate(name, count, higher, wider, channels);
        for (int r = 0; r < count; r++) {
            copyRows(r, 1, all, r * higher * wider * channels);
        }
        return new Images(name, count, higher, wider, channels, new HeapValues(all), ofBytes);
    }

    /** A view of the first {@code n} images, 1 to {@link #count}. */
    public Images first(int n) {
        return view(0, n);
    }

    /**
     * The rows of both, those of this one first: a view where the others follow them in the same values, else in new
     * memory.
     *
     * @throws DataException if they are of another size or have other arrays
     */
    public Images and(Images more) {
        if (more.height != height || more.width != width || more.channels != channels || !more.others.keySet().equals(
                others.keySet())) {
            throw new DataException(more.name + ": has other arrays or another size than " + name);
        }
        Map<String, Images> both = new TreeMap<>();
        others.forEach((array, all) -> both.put(array, all.and(more.others.get(array))));
        if (more.values.equals(values) && more.firstRow == firstRow + count && more.ofBytes == ofBytes) {
            return new Images(name, firstRow, count + more.count, height, width, channels, values, both, ofBytes);
        }
        float[] all = allocate(name, (long) count + more.count, height, width, channels);
        copyRows(0, count, all, 0);
        more.copyRows(0, more.count, all, count * columns());
        return new Images(name, 0, count + more.count, height, width, channels, new HeapValues(all), both, ofBytes);
    }

    /** A view of the last {@code n} images, 1 to {@link #count}. */
    public Images last(int n) {
        return view(count - n, n);
    }

    /**
     * A view of some images.
     *
     * @param rows their numbers, 0 to {@link #count} - 1, at least one, in the order that they are to have
     */
    public Images chosen(int... rows) {
        if (rows.length == 0) {
            throw new IllegalArgumentException(name + ": no images asked for, expected at least 1");
        }
        int[] places = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            checkRows(rows[i], 1);
            places[i] = firstRow + rows[i];
        }
        Map<String, Images> same = new TreeMap<>();
        others.forEach((array, all) -> same.put(array, all.chosen(rows)));
        return new Images(name, 0, rows.length, height, width, channels, new Chosen(values, places, columns()), same,
                ofBytes);
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
