package io.elbo4j.train.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes matrices of float32 numbers as a NumPy .npz file, a zip archive of {@code NAME.npy}, as {@code numpy.savez}
 * does. Entries are stored as they are and have one date: the same matrices give the same bytes.
 */
public final class NpzWriter {
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0);
    private static final int HEADER = 128;
    private static final int PIECE = 1 << 14;

    private NpzWriter() {}

    /**
     * A matrix in a file.
     *
     * @param values rows x columns of them, row after row; asked for when they are written
     */
    public record Array(int rows, int columns, Supplier<float[]> values) {}

    /**
     * Writes atomically: the file appears whole or not at all.
     *
     * @param arrays by their names, in the order in which they come
     * @throws DataException if the file cannot be written
     */
    public static void write(Path file, Map<String, Array> arrays) {
        try {
            AtomicFile.write(file, channel -> {
                ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)));
                zip.setMethod(ZipOutputStream.STORED);
                for (Map.Entry<String, Array> array : arrays.entrySet()) {
                    write(zip, array.getKey(), array.getValue());
                }
                zip.finish();
                zip.flush();
            });
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }

    private static void write(ZipOutputStream zip, String name, Array array) throws IOException {
        float[] values = array.values().get();
        if (values.length != (long) array.rows() * array.columns()) {
            throw new IllegalArgumentException("the values of '" + name + "' must be " + array.rows() + " x " + array
                    .columns() + ", not " + values.length);
        }
        CRC32 checksum = new CRC32();
        npy(array, values, new OutputStream() {
            @Override
            public void write(int b) {
                checksum.update(b);
            }

            @Override
            public void write(byte[] bytes, int from, int count) {
                checksum.update(bytes, from, count);
            }
        });
        ZipEntry entry = new ZipEntry(name + ".npy");
        entry.setTimeLocal(DATE);
        entry.setSize(HEADER + (long) Float.BYTES * values.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        npy(array, values, zip);
        zip.closeEntry();
    }

    private static void npy(Array array, float[] values, OutputStream out) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(Float.BYTES * PIECE).order(ByteOrder.LITTLE_ENDIAN);
        out.write(NpyWriter.header(array.rows(), array.columns()).array());
        for (int from = 0; from < values.length; from += PIECE) {
            int count = Math.min(PIECE, values.length - from);
            piece.asFloatBuffer().put(values, from, count);
            out.write(piece.array(), 0, Float.BYTES * count);
        }
    }
}
