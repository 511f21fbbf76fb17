package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes rows of values one after the other, for readers of data that do not know how many there are, and makes them a
 * data set: in memory, or in a scratch file, from which rows can then be read in any order. The file is removed when
 * the data set is closed, where the system allows it already when it is made.
 */
public final class RowCollector implements AutoCloseable {
    private final String name;
    private final int columns;
    private final @Nullable Path file;
    private final @Nullable FileChannel channel;
    private final List<float[]> pieces = new ArrayList<>();
    /** What has been taken and is not in the file or a piece of its own. */
    private float[] piece;
    private int filled;
    private long rows;
    private boolean done;

    private RowCollector(String name, int columns, @Nullable Path file, @Nullable FileChannel channel) {
        this.name = name;
        this.columns = columns;
        this.file = file;
        this.channel = channel;
        this.piece = room();
    }

    /** @param name where the rows come from, for error messages */
    public static RowCollector inMemory(String name, int columns) {
        return new RowCollector(name, columns, null, null);
    }

    /**
     * In a file of rows x columns x 4 bytes in a folder.
     *
     * @throws DataException if there can be none
     */
    public static RowCollector inFile(String name, int columns, Path folder) {
        try {
            Path file = Files.createTempFile(folder, "elbo4j-", ".rows");
            return new RowCollector(name, columns, file, FileChannel.open(file, StandardOpenOption.READ,
                    StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw new DataException(folder + ": no scratch file can be made there: " + DataException.reason(e), e);
        }
    }

    /**
     * Takes rows.
     *
     * @param values rows x columns of them at least, row after row, each of which the caller has checked to be finite
     */
    public void add(float[] values, int count) {
        int from = 0;
        int end = Math.multiplyExact(count, columns);
        while (from < end) {
            int n = Math.min(end - from, SegmentedValues.LENGTH - filled);
            System.arraycopy(values, from, piece, filled, n);
            from += n;
            filled += n;
            if (filled == SegmentedValues.LENGTH) {
                leave();
            }
        }
        rows += count;
    }

    private void leave() {
        if (channel == null) {
            pieces.add(piece);
            piece = room();
        } else {
            write(channel);
        }
        filled = 0;
    }

    private void write(FileChannel to) {
        ByteBuffer bytes = ByteBuffer.allocate(filled * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(piece, 0, filled);
        try {
            AtomicFile.put(to, bytes);
        } catch (IOException e) {
            throw new DataException(name + ": its rows cannot be written to the scratch file " + file + ": "
                    + DataException.reason(e), e);
        }
    }

    private float[] room() {
        return Images.allocate(name, SegmentedValues.LENGTH, "; or leave the values in a file: --stream");
    }

    /**
     * The rows as a data set, to be closed if it is in a file. Rows that were taken by then are all that it has.
     *
     * @throws DataException if there are none, or more than are counted here
     */
    public Images images() {
        Images.requireRows(name, rows, 1, columns, 1);
        Values values;
        if (channel == null) {
            pieces.add(Arrays.copyOf(piece, filled));
            values = new SegmentedValues(pieces);
        } else {
            write(channel);
            values = ScratchValues.of(name, channel);
            remove();
        }
        done = true;
        return new Images(name, (int) rows, 1, columns, 1, values, false);
    }

    /** Windows removes no file that is open: there it goes when it is closed. */
    private void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it is deleted on close
        }
    }

    /** Leaves rows of which no data set was made. */
    @Override
    public void close() {
        if (channel != null && !done) {
            ScratchValues.close(channel);
        }
    }
}
