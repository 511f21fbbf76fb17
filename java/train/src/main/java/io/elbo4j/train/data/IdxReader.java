package io.elbo4j.train.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Reads the IDX files of MNIST (LeCun, Cortes, Burges: "The MNIST database of handwritten digits"):
 * a big-endian magic number (0x803 for images, 0x801 for labels), one 32-bit size per dimension,
 * unsigned bytes. Gzipped or not, told from the content.
 *
 * <p>Grey values are scaled to value/255f. Whatever is wrong with a file is a
 * {@link DataException} naming the file, what it holds and what was expected.
 */
public final class IdxReader {
    private static final int IMAGES = 0x803;
    private static final int LABELS = 0x801;
    /** No deflate stream grows by more than this when inflated. */
    private static final long MAX_DEFLATE_RATIO = 1032;

    private IdxReader() {}

    /** The 60,000 training images of MNIST, or what stands in their place, in {@code directory}. */
    public static Images trainImages(Path directory) {
        return images(find(directory, "train-images", "idx3-ubyte"));
    }

    public static Images testImages(Path directory) {
        return images(find(directory, "t10k-images", "idx3-ubyte"));
    }

    public static int[] trainLabels(Path directory) {
        return labels(find(directory, "train-labels", "idx1-ubyte"));
    }

    public static int[] testLabels(Path directory) {
        return labels(find(directory, "t10k-labels", "idx1-ubyte"));
    }

    /** Reads an image file of any number and size of images, one channel. */
    public static Images images(Path file) {
        return read(file, in -> {
            long[] sizes = in.header(IMAGES, 3);
            String name = file.toString();
            int length = Images.length(name, sizes[0], sizes[1], sizes[2], 1);
            in.announce(length);
            float[] values = Images.allocate(name, sizes[0], sizes[1], sizes[2], 1);
            byte[] chunk = new byte[1 << 16];
            for (int start = 0; start < length; start += chunk.length) {
                int n = Math.min(chunk.length, length - start);
                in.fill(chunk, n);
                for (int i = 0; i < n; i++) {
                    values[start + i] = (chunk[i] & 255) / 255f;
                }
            }
            in.end();
            return new Images(name, (int) sizes[0], (int) sizes[1], (int) sizes[2], 1, values);
        });
    }

    /** Reads a label file: one label of 0 to 255 per image. */
    public static int[] labels(Path file) {
        return read(file, in -> {
            int length = Images.length(file.toString(), in.header(LABELS, 1)[0], 1, 1, 1);
            in.announce(length);
            byte[] bytes = new byte[length];
            in.fill(bytes, length);
            in.end();
            int[] labels = new int[length];
            for (int i = 0; i < length; i++) {
                labels[i] = bytes[i] & 255;
            }
            return labels;
        });
    }

    private static Path find(Path directory, String stem, String kind) {
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory
                    + (Files.exists(directory) ? ": is not a directory" : ": no such directory")
                    + ", expected a folder with the IDX files of MNIST");
        }
        List<String> names = new ArrayList<>();
        for (String separator : List.of("-", ".")) {
            for (String suffix : List.of("", ".gz")) {
                String name = stem + separator + kind + suffix;
                if (Files.exists(directory.resolve(name))) {
                    return directory.resolve(name);
                }
                names.add(name);
            }
        }
        throw new DataException(directory + ": holds none of " + String.join(", ", names) + ", expected one of them");
    }

    @FunctionalInterface
    private interface Body<T> {
        T read(IdxStream in) throws IOException;
    }

    private static <T> T read(Path file, Body<T> body) {
        if (!Files.exists(file)) {
            throw new DataException(file + ": no such file, expected an IDX file");
        }
        if (Files.isDirectory(file)) {
            throw new DataException(file + ": is a directory, expected an IDX file");
        }
        try (IdxStream in = new IdxStream(file)) {
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

    /** The bytes of one file, inflated if need be, with its sizes checked against its header. */
    private static final class IdxStream implements AutoCloseable {
        private final Path file;
        private final long fileSize;
        private final boolean gzipped;
        private final InputStream in;
        private long headerBytes;
        private long announced;
        private long filled;

        IdxStream(Path file) throws IOException {
            this.file = file;
            fileSize = Files.size(file);
            if (fileSize == 0) {
                throw new DataException(file + ": is empty, expected an IDX file");
            }
            InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
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
            if (n >= 4 && header.getInt(0) != magic) {
                throw new DataException(String.format("%s: starts with the number 0x%08x, expected 0x%08x (IDX %s)",
                        file, header.getInt(0), magic, magic == IMAGES ? "images" : "labels"));
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

        /** Refuses sizes the file cannot hold, before any memory is taken for them. */
        void announce(long bytes) {
            announced = bytes;
            long room = gzipped ? fileSize * MAX_DEFLATE_RATIO : fileSize;
            if (room < headerBytes + bytes) {
                throw new DataException(String.format(
                        "%s: holds %s%d bytes, expected %d as its header says (truncated?)",
                        file, gzipped ? "at most " : "", room, headerBytes + bytes));
            }
        }

        void fill(byte[] target, int n) throws IOException {
            int got = in.readNBytes(target, 0, n);
            filled += got;
            if (got < n) {
                throw new DataException(String.format("%s: holds %d bytes, expected %d as its header says (truncated?)",
                        file, headerBytes + filled, headerBytes + announced));
            }
        }

        /** For a gzipped file this also reads and checks the CRC behind the data. */
        void end() throws IOException {
            if (in.read() >= 0) {
                throw new DataException(String.format("%s: holds more than the %d bytes its header announces",
                        file, headerBytes + announced));
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
