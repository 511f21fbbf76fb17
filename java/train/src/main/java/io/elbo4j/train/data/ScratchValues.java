package io.elbo4j.train.data;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/**
 * Values in a file of this process alone, which is mapped into its address space: a row that is asked for is a copy,
 * without a call of the system. The system keeps in memory what there is room for.
 */
final class ScratchValues implements Values {
    /** Of a part that is mapped, which a buffer can count. */
    private static final int LENGTH = 1 << 28;

    private final String name;
    private final FileChannel channel;
    private final FloatBuffer[] parts;
    private volatile boolean closed;

    private ScratchValues(String name, FileChannel channel, FloatBuffer[] parts) {
        this.name = name;
        this.channel = channel;
        this.parts = parts;
    }

    /** @param channel of float32 in this machine's order, closed with this */
    static ScratchValues of(String name, FileChannel channel) {
        try {
            long values = channel.size() / Float.BYTES;
            FloatBuffer[] parts = new FloatBuffer[(int) ((values + LENGTH - 1) / LENGTH)];
            for (int i = 0; i < parts.length; i++) {
                long first = (long) i * LENGTH;
                parts[i] = channel.map(MapMode.READ_ONLY, first * Float.BYTES, Math.min(LENGTH, values - first)
                        * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
            }
            return new ScratchValues(name, channel, parts);
        } catch (IOException e) {
            throw new DataException(name + ": its scratch file cannot be read: " + DataException.reason(e), e);
        }
    }

    @Override
    public void copy(long first, int count, float[] target, int offset) {
        if (closed) {
            throw new DataException(name + ": has been closed");
        }
        int done = 0;
        while (done < count) {
            int at = (int) ((first + done) % LENGTH);
            int n = Math.min(count - done, LENGTH - at);
            parts[(int) ((first + done) / LENGTH)].get(at, target, offset + done, n);
            done += n;
        }
    }

    @Override
    public boolean areStreamed() {
        return true;
    }

    @Override
    public void close() {
        closed = true;
        close(channel);
    }

    static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // nobody asks for what it held
        }
    }
}
