package io.elbo4j.train.data;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

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
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy's own limit; a header of ours needs 128 bytes. */
    private static final int MAX_HEADER = 10_000;
    /** Every integer up to here is a float32. */
    private static final int MOST_INTEGER = 1 << 24;
    private static final int CHUNK = 1 << 16;

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
    public static Images read(Path file, ReadProgress progress) {
        if (!Files.exists(file)) {
            throw new DataException(file + ": no such file, expected a NumPy .npy file");
        }
        if (Files.isDirectory(file)) {
            throw new DataException(file + ": is a directory, expected a NumPy .npy file");
        }
        try (FileChannel channel = FileChannel.open(file)) {
            return read(file.toString(), channel, progress);
        } catch (EOFException e) {
            throw new DataException(file + ": ends inside its header, expected a whole .npy file (truncated?)", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    private static Images read(String file, FileChannel channel, ReadProgress progress) throws IOException {
        NpyHeader header = header(file, channel);
        long[] shape = header.shape();
        if (shape.length < 2 || shape.length > 4 || (shape.length == 4 && shape[3] != 1 && shape[3] != 3)) {
            throw new DataException(file + ": has the shape " + text(shape)
                    + ", expected (N,D), (N,H,W) or (N,H,W,C) with C = 1 or 3" + mend(shape));
        }
        long height = shape.length == 2 ? 1 : shape[1];
        long width = shape.length == 2 ? shape[1] : shape[2];
        long channels = shape.length == 4 ? shape[3] : 1;
        int length = Images.length(file, shape[0], height, width, channels);

        NpyElement element = header.element();
        long given = channel.size() - channel.position();
        long expected = (long) length * element.bytes();
        if (given != expected) {
            throw new DataException(String.format("%s: holds %d bytes of data, expected %d for the shape %s of %s (%s)",
                    file, given, expected, Arrays.toString(shape), element.descr(),
                    given < expected ? "truncated?" : "trailing bytes"));
        }
        float[] values = Images.allocate(file, shape[0], height, width, channels);
        Target target = new Target(file, element, values, length / (int) shape[0]);
        if (header.fortranOrder()) {
            int[] columns = columnsInFileOrder((int) height, (int) width, (int) channels);
            fortranOrder(channel, element, target, (int) shape[0], columns, progress);
        } else {
            elements(channel, element, length, target::set, progress);
        }
        Images images = new Images(file, (int) shape[0], (int) height, (int) width, (int) channels, values);
        return element.isByte() ? images.ofBytes() : images;
    }

    private static String text(long[] shape) {
        return shape.length <= 8 ? Arrays.toString(shape) : "of " + shape.length + " axes";
    }

    /** How to give a wrong shape a right one, where it can be told. */
    private static String mend(long[] shape) {
        if (shape.length == 1) {
            return "; one axis holds labels, or images that numpy.reshape can give their shape again";
        }
        if (shape.length == 4 && shape[1] >= 1 && shape[1] <= 4 && shape[3] > 4) {
            return "; the channels seem to be the second axis: numpy.transpose(x, (0, 2, 3, 1)) puts them last";
        }
        return shape.length == 4 && shape[3] == 4 ? "; x[..., :3] leaves out a fourth channel, alpha" : "";
    }

    private static NpyHeader header(String file, FileChannel channel) throws IOException {
        checkMagic(file, channel);
        ByteBuffer start = next(channel, 8);
        int major = start.get(6) & 255;
        int minor = start.get(7) & 255;
        if (major < 1 || major > 3 || minor != 0) {
            throw new DataException(
                    String.format("%s: is of .npy version %d.%d, expected 1.0, 2.0 or 3.0", file, major, minor));
        }
        long length = major == 1 ? next(channel, 2).getShort() & 0xffff : next(channel, 4).getInt() & 0xffffffffL;
        if (length > MAX_HEADER) {
            throw new DataException(
                    String.format("%s: announces a header of %d bytes, expected at most %d", file, length, MAX_HEADER));
        }
        // What we accept is ASCII, on which Latin-1 (versions 1, 2) and UTF-8 (version 3) agree.
        return NpyHeader.parse(file, StandardCharsets.ISO_8859_1.decode(next(channel, (int) length)).toString());
    }

    private static void checkMagic(String file, FileChannel channel) throws IOException {
        byte[] first = Channels.newInputStream(channel).readNBytes(FileKind.BYTES);
        channel.position(0);
        int n = Math.min(first.length, MAGIC.length);
        if (!Arrays.equals(first, 0, n, MAGIC, 0, n)) {
            throw new DataException(file + FileKind.of(first).map(kind -> ": is " + kind)
                    .orElse(": does not start with \\x93NUMPY") + ", expected a NumPy .npy file");
        }
    }

    private static ByteBuffer next(FileChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException();
            }
        }
        return buffer.flip();
    }

    @FunctionalInterface
    private interface Sink {
        void accept(int index, double value);
    }

    /** The values as float32, in the order of the rows; what float32 cannot hold is refused. */
    private record Target(String file, NpyElement element, float[] values, int columns) {
        void set(int index, double value) {
            String place = "%s: the value at row %d, column %d (counted from 0) is ";
            if (element.integer() && Math.abs(value) > MOST_INTEGER) {
                throw new DataException(String.format(place + "%s, expected an integer from -2^24 to 2^24, which"
                        + " float32 holds exactly", file, index / columns, index % columns,
                        new BigDecimal(value).toPlainString()));
            }
            if (Double.isFinite(value) && Float.isInfinite((float) value)) {
                throw new DataException(String.format(place + "%s, expected one of at most %s, as float32 holds",
                        file, index / columns, index % columns, value, Float.MAX_VALUE));
            }
            values[index] = (float) value;
        }
    }

    private static void elements(FileChannel channel, NpyElement element, int length, Sink sink, ReadProgress progress)
            throws IOException {
        long bytesInAll = channel.position() + (long) length * element.bytes();
        int start = 0;
        while (start < length) {
            int n = Math.min(CHUNK, length - start);
            ByteBuffer bytes = next(channel, n * element.bytes()).order(element.order());
            for (int i = 0; i < n; i++) {
                sink.accept(start + i, element.next(bytes));
            }
            start += n;
            progress.at(channel.position(), bytesInAll);
        }
    }

    /** In Fortran order the image number varies fastest, then height, then width, then channel. */
    private static void fortranOrder(FileChannel channel, NpyElement element, Target target, int count, int[] columns,
            ReadProgress progress) throws IOException {
        elements(channel, element, target.values().length,
                (i, value) -> target.set(i % count * columns.length + columns[i / count], value), progress);
    }

    private static int[] columnsInFileOrder(int height, int width, int channels) {
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
