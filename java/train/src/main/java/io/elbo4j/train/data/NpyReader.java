package io.elbo4j.train.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads NumPy .npy files, format versions 1.0, 2.0 and 3.0 (numpy.lib.format), C or Fortran order.
 *
 * <p>Shapes: (N,D) is N images of height 1 and width D; (N,H,W) is grey; (N,H,W,C) has C = 1 or 3; (N,C,H,W) too where
 * W is above 4, so that it can be nothing else, and comes to have its channels last.
 * Element types, of either byte order: float16, float32 and float64 are taken as they are (float64
 * rounded to float32); uint8, the type of images, is divided by 255 (see {@link Images#undivided});
 * the other integers are taken as they are, from -2^24 to 2^24, which float32 holds exactly; bool
 * becomes 0 or 1.
 */
public final class NpyReader {
    /** Values that are read at once. */
    static final int PIECE = 1 << 16;
    private static final String STREAM = "; or leave the values in the file: --stream, NpyReader.stream";

    private NpyReader() {}

    /** @throws DataException naming the file, what it holds and what was expected */
    public static Images read(Path file) {
        return read(file, ReadProgress.NONE);
    }

    /**
     * As {@link #read(Path)}.
     *
     * @param progress is told of bytes
     */
    public static Images read(Path path, ReadProgress progress) {
        return read(path, path.toString(), progress);
    }

    /** @param name of what is in the file, for error messages */
    static Images read(Path path, String name, ReadProgress progress) {
        return read(path, name, progress, false);
    }

    /**
     * Sequences, (N,T,D): images of height T and width D, with the array {@link Images#MASK}. What lies past the end of
     * a sequence is NaN in the file, and zero here. A sequence has at least one step, and no NaN in any.
     *
     * @throws DataException naming the file, what it holds and what was expected
     */
    public static Images sequences(Path path, ReadProgress progress) {
        return read(path, path.toString(), progress, true);
    }

    /** What of a file does not show in its images. */
    static List<String> notes(Path path) {
        try (NpyFile file = NpyFile.open(path)) {
            return !file.isChannelsFirst() ? List.of() : List.of(path + ": has its channels first, " + Arrays.toString(
                    file.header().shape()) + "; here they come last, as in " + file.height() + " x " + file.width()
                    + " x " + file.channels());
        }
    }

    private static Images read(Path path, String name, ReadProgress progress, boolean sequences) {
        try (NpyFile file = NpyFile.open(path, name)) {
            int length = Images.length(name, file.rows(), file.height(), file.width(), file.channels(), STREAM);
            file.requireSize();
            float[] values = Images.allocate(name, length, STREAM);
            NpyNumbers numbers = NpyNumbers.of(file, sequences);
            ByteBuffer bytes = ByteBuffer.allocate(PIECE * file.element().bytes()).order(file.element().order());
            boolean fortran = file.header().fortranOrder();
            int[] columns = fortran || file.isChannelsFirst() ? columnsInFileOrder(file) : null;
            int first = 0;
            while (first < length) {
                int n = Math.min(PIECE, length - first);
                file.read(first, n, bytes);
                if (columns == null) {
                    numbers.copy(bytes, first, n, values, first);
                } else {
                    inOtherOrder(file, numbers, columns, bytes, first, n, values);
                }
                first += n;
                said(progress, file, first, length);
            }
            if (!sequences) {
                return images(file, new HeapValues(values));
            }
            Images mask = Sequences.mask(name, values, (int) file.rows(), (int) file.height(), (int) (file.width()
                    * file.channels()));
            return images(file, new HeapValues(values)).with(Images.MASK, mask);
        }
    }

    /**
     * A data set whose values stay in the file, which may be larger than memory: rows are read each time they are
     * asked for. Before, all values are read once, in order, and checked as {@link #read(Path)} checks them. The file
     * must stay as it is: a change shows in its size, its time or its place on disk, and is refused. It is in C order,
     * which is what NumPy writes unless an array was transposed. Training asks for single rows in a random order, which
     * wants an SSD. A thread that is interrupted while it reads closes the file for all.
     *
     * @return images to be closed: see {@link Images#close}
     * @throws DataException naming the file, what it holds and what was expected
     */
    public static Images stream(Path file) {
        return stream(file, ReadProgress.NONE);
    }

    /**
     * As {@link #stream(Path)}.
     *
     * @param progress is told of bytes
     */
    public static Images stream(Path path, ReadProgress progress) {
        NpyFile file = NpyFile.open(path);
        try {
            Images.requireRows(file.name(), file.rows(), file.height(), file.width(), file.channels());
            file.requireSize();
            if (file.header().fortranOrder()) {
                throw new DataException(file.name() + ": is in Fortran order, where the values of a row lie apart,"
                        + " expected C order of a file that is streamed: numpy.save(FILE, numpy.ascontiguousarray(x))"
                        + " writes it");
            }
            if (file.isChannelsFirst() && file.channels() > 1) {
                throw new DataException(file.name() + ": has its channels first, expected (N,H,W,C) of a file that is"
                        + " streamed: numpy.save(FILE, numpy.ascontiguousarray(numpy.transpose(x, (0, 2, 3, 1))))"
                        + " writes it");
            }
            NpyValues values = new NpyValues(path, file);
            check(file, values, progress);
            return images(file, values);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static void check(NpyFile file, Values values, ReadProgress progress) {
        long length = file.rows() * file.height() * file.width() * file.channels();
        float[] piece = new float[(int) Math.min(PIECE, length)];
        for (long first = 0; first < length; first += PIECE) {
            int n = (int) Math.min(PIECE, length - first);
            values.copy(first, n, piece, 0);
            said(progress, file, first + n, length);
        }
        values.requireUnchanged();
    }

    private static void said(ReadProgress progress, NpyFile file, long done, long length) {
        int bytes = file.element().bytes();
        progress.at(file.begin() + done * bytes, file.begin() + length * bytes);
    }

    private static Images images(NpyFile file, Values values) {
        return new Images(file.name(), (int) file.rows(), (int) file.height(), (int) file.width(),
                (int) file.channels(), values, file.element().isByte());
    }

    /** In Fortran order the image number varies fastest, then the first axis of an image; in C order the last one. */
    private static void inOtherOrder(NpyFile file, NpyNumbers numbers, int[] columns, ByteBuffer bytes, int first,
            int n, float[] values) {
        boolean fortran = file.header().fortranOrder();
        int rows = (int) file.rows();
        for (int i = first; i < first + n; i++) {
            int row = fortran ? i % rows : i / columns.length;
            int place = row * columns.length + columns[fortran ? i / rows : i % columns.length];
            values[place] = numbers.checked(place, file.element().next(bytes));
        }
    }

    /** Of each value of an image, in the order in which they lie in the file, its place among those of images here. */
    private static int[] columnsInFileOrder(NpyFile file) {
        int channels = (int) file.channels();
        int width = (int) file.width();
        int[] sizes = file.isChannelsFirst() ? new int[] {channels, (int) file.height(), width} : new int[] {(int) file
                .height(), width, channels};
        int[] steps = file.isChannelsFirst() ? new int[] {1, width * channels, channels} : new int[] {width * channels,
                channels, 1};
        boolean fortran = file.header().fortranOrder();
        int[] columns = new int[sizes[0] * sizes[1] * sizes[2]];
        for (int i = 0; i < columns.length; i++) {
            int rest = i;
            for (int k = 0; k < 3; k++) {
                int axis = fortran ? k : 2 - k;
                columns[i] += rest % sizes[axis] * steps[axis];
                rest /= sizes[axis];
            }
        }
        return columns;
    }
}
