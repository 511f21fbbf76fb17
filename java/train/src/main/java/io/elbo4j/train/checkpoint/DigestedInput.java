package io.elbo4j.train.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** Little-endian values from a file; tensor data is digested on the way. */
final class DigestedInput {
    private static final int CHUNK = 1 << 18;

    final MessageDigest digest = Safetensors.newSha256();
    private final ByteBuffer bytes;
    private final String file;
    private final FileChannel channel;

    DigestedInput(String file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        bytes = ByteBuffer.allocate((int) Math.min(CHUNK, channel.size())).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] next(int n) throws IOException {
        byte[] target = new byte[n];
        fill(ByteBuffer.wrap(target));
        return target;
    }

    float[] floats(int n) throws IOException {
        float[] values = new float[n];
        for (int start = 0; start < n; start += CHUNK / 4) {
            int part = Math.min(CHUNK / 4, n - start);
            chunk(4 * part).asFloatBuffer().get(values, start, part);
        }
        return values;
    }

    long[] longs(int n) throws IOException {
        long[] values = new long[n];
        for (int start = 0; start < n; start += CHUNK / 8) {
            int part = Math.min(CHUNK / 8, n - start);
            chunk(8 * part).asLongBuffer().get(values, start, part);
        }
        return values;
    }

    private ByteBuffer chunk(int n) throws IOException {
        fill(bytes.clear().limit(n));
        digest.update(bytes.flip().duplicate());
        return bytes;
    }

    private void fill(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target) < 0) {
                throw new CheckpointException(file + ": became shorter while it was read");
            }
        }
    }
}
