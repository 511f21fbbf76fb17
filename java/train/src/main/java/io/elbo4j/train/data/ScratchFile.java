package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file of this process alone that values are written to, in this machine's order, and then read from. */
final class ScratchFile implements RowCollector.Store {
    /** Values that are written at once: they stay in the processor's cache on their way. */
    private static final int PIECE = 1 << 16;

    private final String name;
    private final Path file;
    private final FileChannel channel;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(PIECE * Float.BYTES).order(ByteOrder.nativeOrder());
    private final FloatBuffer piece = bytes.asFloatBuffer();
    private boolean read;

    ScratchFile(String name, Path folder) {
        this.name = name;
        try {
            this.file = Files.createTempFile(folder, "elbo4j-", ".rows");
            this.channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new DataException(folder + ": no scratch file can be made there: " + DataException.reason(e), e);
        }
    }

    @Override
    public void add(float[] values, int count) {
        int done = 0;
        while (done < count) {
            int n = Math.min(count - done, piece.remaining());
            piece.put(values, done, n);
            done += n;
            if (!piece.hasRemaining()) {
                write();
            }
        }
    }

    private void write() {
        try {
            AtomicFile.put(channel, bytes.clear().limit(piece.position() * Float.BYTES));
        } catch (IOException e) {
            throw new DataException(name + ": its rows cannot be written to the scratch file " + file + ": "
                    + DataException.reason(e) + "; -Djava.io.tmpdir=DIR says where there is room for it", e);
        }
        piece.clear();
    }

    @Override
    public Values values() {
        write();
        Values values = ScratchValues.of(name, channel);
        read = true;
        try {
            // a process that is killed leaves nothing
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Windows removes no file that is open: it goes when it is closed
        }
        return values;
    }

    @Override
    public void close() {
        if (!read) {
            ScratchValues.close(channel);
        }
    }
}
