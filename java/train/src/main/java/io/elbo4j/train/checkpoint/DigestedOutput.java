package io.elbo4j.train.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** Little-endian values to a file, digested on the way. */
final class DigestedOutput {
    private static final int CHUNK = 1 << 18;

    private final ByteBuffer bytes = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    final MessageDigest digest = Safetensors.newSha256();
    private final FileChannel channel;

    DigestedOutput(FileChannel channel) {
        this.channel = channel;
    }

    void put(ByteBuffer source) throws IOException {
        drain();
        digest.update(source.duplicate());
        ByteBuffer rest = source.duplicate();
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    void put(float[] values) throws IOException {
        for (int start = 0; start < values.length; start += CHUNK / 4) {
            int n = Math.min(CHUNK / 4, values.length - start);
            drain();
            bytes.asFloatBuffer().put(values, start, n);
            bytes.position(4 * n);
        }
    }

    void put(long[] values) throws IOException {
        for (int start = 0; start < values.length; start += CHUNK / 8) {
            int n = Math.min(CHUNK / 8, values.length - start);
            drain();
            bytes.asLongBuffer().put(values, start, n);
            bytes.position(8 * n);
        }
    }

    void drain() throws IOException {
        bytes.flip();
        digest.update(bytes.duplicate());
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        bytes.clear();
    }
}
