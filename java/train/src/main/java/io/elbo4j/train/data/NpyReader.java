package io.elbo4j.train.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Reads NumPy .npy files, format versions 1.0, 2.0 and 3.0 (numpy.lib.format), C or Fortran order.
 *
 * <p>Shapes: (N,D) is N images of height 1 and width D; (N,H,W) is grey; (N,H,W,C) has C = 1 or 3.
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
        return read(path, progress, false);
    }

    /**
     * Sequences, (N,T,D): images of height T and width D, with the array {@link Images#MASK}. What lies past the end of
     * a sequence is NaN in the file, and zero here. A sequence has at least one step, and no NaN in any.
     *
     * @throws DataException naming the file, what it holds and what was expected
     */
    public static Images sequences(Path path, ReadProgress progress) {
        return read(path, progress, true);
    }

    private static Images read(Path path, ReadProgress progress, boolean sequences) {
        try (NpyFile file = NpyFile.open(path)) {
            String name = file.name();
            int length = Images.length(name, file.rows(), file.height(), file.width(), file.channels(), STREAM);
            file.requireSize();
            float[] values = Images.allocate(name, length, STREAM);
            NpyNumbers numbers = NpyNumbers.of(file, sequences);
            ByteBuffer bytes = ByteBuffer.allocate(PIECE * file.element().bytes()).order(file.element().order());
            int[] columns = file.header().fortranOrder() ? columnsInFileOrder(file) : null;
            int first = 0;
            while (first < length) {
                int n = Math.min(PIECE, length - first);
                file.read(first, n, bytes);
                if (columns == null) {
                    numbers.copy(bytes, first, n, values, first);
                } else {
                    fortranOrder(file, numbers, columns, bytes, first, n, values);
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

    /** In Fortran order the image number varies fastest, then height, then width, then channel. */
    private static void fortranOrder(NpyFile file, NpyNumbers numbers, int[] columns, ByteBuffer bytes, int first,
            int n, float[] values) {
        int rows = (int) file.rows();
        for (int i = first; i < first + n; i++) {
            int place = i % rows * columns.length + columns[i / rows];
            values[place] = numbers.checked(place, file.element().next(bytes));
        }
    }

    private static int[] columnsInFileOrder(NpyFile file) {
        int height = (int) file.height();
        int width = (int) file.width();
        int channels = (int) file.channels();
        int[] columns = new int[height * width * channels];
        int next = 0;
        for (int c = 0; c < channels; c++) {
            for (int x = 0; x < width; x++) {
                for (int y = 0; y < height; y++) {
                    columns[next++] = (y * width + x) * channels + c;
                }
            }
        }
        return columns;
    }
}
