package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/** The values of a .npy file in C order, which stay there: every copy reads them. Threads take turns. */
final class NpyValues implements Values {
    /** Which file it is, and how it was when it was opened. */
    private record State(@Nullable Object file, long bytes, FileTime changed) {
        static State of(Path path) {
            try {
                BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
                return new State(now.fileKey(), now.size(), now.lastModifiedTime());
            } catch (IOException e) {
                throw new DataException(path + ": is not there any more: " + DataException.reason(e), e);
            }
        }
    }

    private final Path path;
    private final State opened;
    private final NpyFile file;
    private final NpyNumbers numbers;
    private final ByteBuffer bytes;

    /** @param file of that path, whose size has been checked; closed with this */
    NpyValues(Path path, NpyFile file) {
        this.path = path;
        this.opened = State.of(path);
        this.file = file;
        this.numbers = NpyNumbers.of(file);
        long values = file.rows() * numbers.columns();
        this.bytes = ByteBuffer.allocateDirect((int) Math.min(NpyReader.PIECE, values) * file.element().bytes())
                .order(file.element().order());
    }

    @Override
    public synchronized void copy(long first, int count, float[] target, int offset) {
        try {
            int done = 0;
            while (done < count) {
                int n = Math.min(NpyReader.PIECE, count - done);
                file.read(first + done, n, bytes);
                numbers.copy(bytes, first + done, n, target, offset + done);
                done += n;
            }
        } catch (DataException e) {
            // of a file that has been changed that is what there is to say, whatever it holds by now
            requireUnchanged();
            throw e;
        }
    }

    @Override
    public void requireUnchanged() {
        if (!State.of(path).equals(opened)) {
            throw new DataException(path + ": has been changed since it was opened, expected the same file until its"
                    + " last row has been read");
        }
    }

    @Override
    public boolean areStreamed() {
        return true;
    }

    @Override
    public void close() {
        file.close();
    }
}
