package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes float32 numbers as a NumPy .npy file, format version 1.0, C order ('&lt;f4'). */
public final class NpyWriter {
    private static final int CHUNK = 1 << 16;

    private NpyWriter() {}

    /**
     * Writes atomically: the file appears whole or not at all.
     *
     * @param values rows*columns values, row-major
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, int rows, int columns, float[] values) {
        write(file, values, rows, columns);
    }

    /**
     * Writes atomically an array of any number of axes.
     *
     * @param values as many as the product of the axes, the last of which runs fastest
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, float[] values, int... axes) {
        long product = Arrays.stream(axes).asLongStream().reduce(1, (a, b) -> a * b);
        if (Arrays.stream(axes).anyMatch(n -> n < 0) || values.length != product) {
            throw new IllegalArgumentException("values: " + values.length + " given, expected the product of the axes"
                    + " = " + Arrays.stream(axes).mapToObj(Integer::toString).collect(Collectors.joining(" * ")));
        }
        try {
            AtomicFile.write(file, channel -> {
                AtomicFile.put(channel, header(axes));
                ByteBuffer chunk = ByteBuffer.allocate(4 * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
                int start = 0;
                while (start < values.length) {
                    int n = Math.min(CHUNK, values.length - start);
                    chunk.clear().asFloatBuffer().put(values, start, n);
                    AtomicFile.put(channel, chunk.limit(4 * n));
                    start += n;
                }
            });
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    /** Padded with spaces so that the data starts at a multiple of 64 bytes, as the format asks. */
    static ByteBuffer header(int... axes) {
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + Arrays.stream(axes).mapToObj(
                Integer::toString).collect(Collectors.joining(", ")) + "), }";
        int length = 128 - 10;
        String padded = text + " ".repeat(length - 1 - text.length()) + "\n";
        return ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0)
                .putShort((short) length).put(padded.getBytes(StandardCharsets.US_ASCII)).flip();
    }
}
