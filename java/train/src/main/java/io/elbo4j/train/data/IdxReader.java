package io.elbo4j.train.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the IDX files of MNIST (LeCun, Cortes, Burges: "The MNIST database of handwritten digits"):
 * a big-endian magic number (0x803 for images, 0x801 for labels), one 32-bit size per dimension,
 * unsigned bytes. Gzipped or not, told from the content.
 *
 * <p>The files of a folder are found by the names of MNIST, EMNIST and QMNIST, also in the subfolder "MNIST/raw" that
 * torchvision makes. A gzipped file may announce at most 100 times its own bytes, or 8 MB.
 *
 * <p>Grey values are scaled to value/255f. Whatever is wrong with a file is a
 * {@link DataException} naming the file, what it holds and what was expected.
 */
public final class IdxReader {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    /** No deflate stream grows by more than this when inflated. */
    private static final long MAX_DEFLATE_RATIO = 1032;
    /** Images that say anything shrink less: those of MNIST to a fifth. What is small may shrink as it will. */
    private static final long MOST_RATIO = 100;
    private static final long ANY_RATIO = 1 << 23;

    private IdxReader() {}

    /** The 60,000 training images of MNIST, or what stands in their place, in {@code directory}. */
    public static Images trainImages(Path directory) {
        return images(IdxFolder.find(directory).trainImages());
    }

    public static Images testImages(Path directory) {
        return images(IdxFolder.find(directory).testImages());
    }

    public static int[] trainLabels(Path directory) {
        return labels(IdxFolder.find(directory).trainLabels());
    }

    public static int[] testLabels(Path directory) {
        return labels(IdxFolder.find(directory).testLabels());
    }

    /** Reads an image file of any number and size of images, one channel. */
    public static Images images(Path file) {
        return images(file, ReadProgress.NONE);
    }

    /**
     * As {@link #images(Path)}.
     *
     * @param progress is told of the file's bytes, gzipped if it is
     */
    public static Images images(Path file, ReadProgress progress) {
        return read(file, progress, in -> {
            long[] sizes = in.header(IMAGES, 3);
            String name = file.toString();
            int length = Images.length(name, sizes[0], sizes[1], sizes[2], 1);
            in.announce(length);
            float[] values = Images.allocate(name, sizes[0], sizes[1], sizes[2], 1);
            in.bytes(length, (i, value) -> values[i] = value / 255f);
            return new Images(name, (int) sizes[0], (int) sizes[1], (int) sizes[2], 1, values).ofBytes();
        });
    }

    /** Reads a label file: one label of 0 to 255 per image. */
    public static int[] labels(Path file) {
        return read(file, ReadProgress.NONE, in -> {
            int length = Images.length(file.toString(), in.header(LABELS, 1)[0], 1, 1, 1);
            in.announce(length);
            int[] labels = new int[length];
            in.bytes(length, (i, value) -> labels[i] = value);
            return labels;
        });
    }

    @FunctionalInterface
    private interface Body<T> {
        T read(IdxStream in) throws IOException;
    }

    private static <T> T read(Path file, ReadProgress progress, Body<T> body) {
        if (!Files.exists(file)) {
            throw new DataException(file + ": no such file, expected an IDX file");
        }
        if (Files.isDirectory(file)) {
            throw new DataException(file + ": is a directory, expected an IDX file");
        }
        try (IdxStream in = new IdxStream(file, progress)) {
            return body.read(in);
        } catch (EOFException e) {
            throw new DataException(file + ": the gzip data ends too early, expected a whole file (truncated?)", e);
        } catch (ZipException e) {
            throw new DataException(
                    file + ": the gzip data is damaged (" + e.getMessage() + "), expected a whole file", e);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    @FunctionalInterface
    private interface Sink {
        void accept(int index, int value);
    }

    /** The bytes of one file, inflated if need be, with its sizes checked against its header. */
    private static final class IdxStream implements AutoCloseable {
        private final Path file;
        private final long fileSize;
        private final ReadProgress progress;
        private final FileChannel channel;
        private final boolean gzipped;
        private final InputStream in;
        private long headerBytes;

        IdxStream(Path file, ReadProgress progress) throws IOException {
            this.file = file;
            this.progress = progress;
            fileSize = Files.size(file);
            if (fileSize == 0) {
                throw new DataException(file + ": is empty, expected an IDX file");
            }
            channel = FileChannel.open(file);
            InputStream raw = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
            try {
                raw.mark(2);
                gzipped = raw.read() == 0x1f && raw.read() == 0x8b;
                raw.reset();
                in = gzipped ? new GZIPInputStream(raw, 1 << 16) : raw;
            } catch (IOException e) {
                raw.close();
                throw e;
            }
        }

        long[] header(int magic, int dimensions) throws IOException {
            headerBytes = 4 + 4L * dimensions;
            byte[] bytes = new byte[(int) headerBytes];
            int n = in.readNBytes(bytes, 0, bytes.length);
            ByteBuffer header = ByteBuffer.wrap(bytes);
            if (n < 4 || header.getInt(0) != magic) {
                refuse(Arrays.copyOf(bytes, n), magic);
            }
            if (n < bytes.length) {
                throw new DataException(String.format("%s: holds %d bytes, expected an IDX header of %d (truncated?)",
                        file, n, headerBytes));
            }
            long[] sizes = new long[dimensions];
            for (int i = 0; i < dimensions; i++) {
                sizes[i] = header.getInt(4 + 4 * i) & 0xffffffffL;
            }
            return sizes;
        }

        /** Names what the file is instead, where it can be told. */
        private void refuse(byte[] start, int magic) throws IOException {
            byte[] more = in.readNBytes(FileKind.BYTES - start.length);
            byte[] first = Arrays.copyOf(start, start.length + more.length);
            System.arraycopy(more, 0, first, start.length, more.length);
            String expected = magic == IMAGES ? "IDX file of images" : "IDX file of labels";
            FileKind.of(first).ifPresent(kind -> {
                throw new DataException(file + (gzipped ? ": holds, gzipped, " : ": is ") + kind + ", expected an "
                        + expected);
            });
            if (start.length >= 4) {
                throw new DataException(String.format("%s: starts with the number 0x%08x, expected 0x%08x (%s)",
                        file, ByteBuffer.wrap(start).getInt(), magic, expected));
            }
        }

        /** Refuses sizes the file cannot hold, before any memory is taken for them. */
        void announce(long bytes) {
            long room = gzipped ? fileSize * MAX_DEFLATE_RATIO : fileSize;
            if (room < headerBytes + bytes) {
                throw new DataException(String.format(
                        "%s: holds %s%d bytes, expected %d as its header says (truncated?)",
                        file, gzipped ? "at most " : "", room, headerBytes + bytes));
            }
            if (gzipped && bytes > Math.max(ANY_RATIO, fileSize * MOST_RATIO)) {
                throw new DataException(String.format("%s: is %d bytes of gzip and announces %d, expected at most %d"
                        + " times as many: if they are meant, gunzip the file", file, fileSize, headerBytes + bytes,
                        MOST_RATIO));
            }
        }

        /** The bytes behind the header, up to the end of the file; of a gzipped one the CRC is checked as well. */
        void bytes(int length, Sink sink) throws IOException {
            byte[] chunk = new byte[1 << 16];
            int start = 0;
            while (start < length) {
                int n = Math.min(chunk.length, length - start);
                int got = in.readNBytes(chunk, 0, n);
                if (got < n) {
                    throw new DataException(String.format(
                            "%s: holds %d bytes, expected %d as its header says (truncated?)", file,
                            headerBytes + start + got, headerBytes + length));
                }
                for (int i = 0; i < n; i++) {
                    sink.accept(start + i, chunk[i] & 255);
                }
                start += n;
                // a file may grow meanwhile
                progress.at(Math.min(channel.position(), fileSize), fileSize);
            }
            if (in.read() >= 0) {
                throw new DataException(String.format("%s: holds more than the %d bytes its header announces",
                        file, headerBytes + length));
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
