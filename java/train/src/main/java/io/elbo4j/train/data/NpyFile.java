package io.elbo4j.train.data;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * An open .npy file whose header has been read.
 *
 * @param begin the byte with which its values begin
 */
record NpyFile(String name, FileChannel channel, NpyHeader header, long begin) implements AutoCloseable {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy's own limit; a header of ours needs 128 bytes. */
    private static final int MAX_HEADER = 10_000;

    /** @throws DataException if there is no such file, or its header or its shape is none that is read here */
    static NpyFile open(Path path) {
        return open(path, path.toString());
    }

    /** @param name of what is in the file, for error messages */
    static NpyFile open(Path path, String name) {
        return open(path, name, false);
    }

    /** Of one number for each row: as {@link #open}, but of shape (N) or (N,1). */
    static NpyFile openLabels(Path path, String name) {
        return open(path, name, true);
    }

    private static NpyFile open(Path path, String name, boolean labels) {
        if (!Files.exists(path)) {
            throw new DataException(path + ": no such file, expected a NumPy .npy file");
        }
        if (Files.isDirectory(path)) {
            throw new DataException(path + ": is a directory, expected a NumPy .npy file");
        }
        FileChannel opened = null;
        try {
            opened = FileChannel.open(path);
            NpyHeader header = header(name, opened);
            requireShape(name, header.shape(), labels);
            return new NpyFile(name, opened, header, opened.position());
        } catch (EOFException e) {
            close(opened);
            throw new DataException(name + ": ends inside its header, expected a whole .npy file (truncated?)", e);
        } catch (IOException e) {
            close(opened);
            throw unreadable(name, e);
        } catch (RuntimeException | Error e) {
            close(opened);
            throw e;
        }
    }

    private static DataException unreadable(String name, IOException e) {
        return new DataException(name + ": cannot be read: " + DataException.reason(e), e);
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

    private static void requireShape(String file, long[] shape, boolean labels) {
        if (labels) {
            if (shape.length != 1 && !(shape.length == 2 && shape[1] == 1)) {
                throw new DataException(file + ": has the shape " + text(shape) + ", expected (N) or (N,1) of labels");
            }
            return;
        }
        if (shape.length < 2 || shape.length > 4 || (shape.length == 4 && !isColour(shape[3]) && !isChannelsFirst(
                shape))) {
            throw new DataException(file + ": has the shape " + text(shape)
                    + ", expected (N,D), (N,H,W), (N,H,W,C) or (N,C,H,W) with C = 1 or 3" + mend(shape));
        }
    }

    private static String text(long[] shape) {
        return shape.length <= 8 ? Arrays.toString(shape) : "of " + shape.length + " axes";
    }

    private static boolean isColour(long channels) {
        return channels == 1 || channels == 3;
    }

    /** Whether the channels are the second axis, as PyTorch has them: they can be no others. */
    boolean isChannelsFirst() {
        return isChannelsFirst(header.shape());
    }

    private static boolean isChannelsFirst(long[] shape) {
        return shape.length == 4 && isColour(shape[1]) && shape[3] > 4;
    }

    /** How to give a wrong shape a right one, where it can be told. */
    private static String mend(long[] shape) {
        if (shape.length == 1) {
            return "; one axis holds labels, or images that numpy.reshape can give their shape again";
        }
        if (shape.length == 4 && (shape[1] == 2 || shape[1] == 4) && shape[3] > 4) {
            return "; the channels seem to be the second axis: numpy.transpose(x, (0, 2, 3, 1)) puts them last";
        }
        return shape.length == 4 && shape[3] == 4 ? "; x[..., :3] leaves out a fourth channel, alpha" : "";
    }

    NpyElement element() {
        return header.element();
    }

    long rows() {
        return header.shape()[0];
    }

    long height() {
        long[] shape = header.shape();
        return shape.length == 2 ? 1 : shape[isChannelsFirst() ? 2 : 1];
    }

    long width() {
        long[] shape = header.shape();
        return shape.length == 2 ? shape[1] : shape[isChannelsFirst() ? 3 : 2];
    }

    long channels() {
        long[] shape = header.shape();
        return shape.length == 4 ? shape[isChannelsFirst() ? 1 : 3] : 1;
    }

    /** @throws DataException unless the file has so many bytes as its shape says */
    void requireSize() {
        long given;
        try {
            given = channel.size() - begin;
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        BigInteger expected = BigInteger.valueOf(element().bytes());
        for (long size : header.shape()) {
            expected = expected.multiply(BigInteger.valueOf(size));
        }
        int difference = BigInteger.valueOf(given).compareTo(expected);
        if (difference != 0) {
            throw new DataException(String.format("%s: holds %d bytes of data, expected %d for the shape %s of %s (%s)",
                    name, given, expected, Arrays.toString(header.shape()), element().descr(),
                    difference < 0 ? "truncated?" : "trailing bytes"));
        }
    }

    /**
     * Reads values, in the order in which they lie.
     *
     * @param first counted from 0
     * @param target room for them, of which they take the beginning
     */
    void read(long first, int count, ByteBuffer target) {
        target.clear().limit(count * element().bytes());
        long from = begin + first * element().bytes();
        try {
            while (target.hasRemaining()) {
                if (channel.read(target, from + target.position()) < 0) {
                    throw new DataException(name + ": ends at byte " + (from + target.position())
                            + ", expected more: it was cut while it was read");
                }
            }
        } catch (ClosedByInterruptException e) {
            throw new DataException(name + ": was closed as its reader, thread '" + Thread.currentThread().getName()
                    + "', was interrupted", e);
        } catch (IOException e) {
            throw channel.isOpen() ? unreadable(name, e) : new DataException(name + ": has been closed", e);
        }
        target.flip();
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it was read only: nothing is lost
        }
    }
}
