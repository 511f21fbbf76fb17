package io.elbo4j.train.data;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A PNG encoder of every colour type and depth, from the text of the standard; all five row filters take turns, and the
 * data is cut into chunks of few bytes.
 */
final class PngEncoder {
    /** The pass each pixel of 8 x 8 belongs to, as the standard draws it. */
    private static final String[] ADAM7 = {
            "16462646", "77777777", "56565656", "77777777", "36463646", "77777777", "56565656", "77777777"};

    final int type;
    final int depth;
    final int height;
    final int width;
    private final boolean interlaced;
    private final ByteArrayOutputStream extra = new ByteArrayOutputStream();

    PngEncoder(int type, int depth, int height, int width, boolean interlaced) {
        this.type = type;
        this.depth = depth;
        this.height = height;
        this.width = width;
        this.interlaced = interlaced;
    }

    static PngEncoder grey(int height, int width) {
        return new PngEncoder(0, 8, height, width, false);
    }

    int samples() {
        return new int[] {1, 0, 3, 1, 2, 0, 4}[type];
    }

    /** A chunk between the header and the pixels. */
    PngEncoder with(String chunk, byte... contents) {
        extra.writeBytes(chunk(chunk, contents));
        return this;
    }

    PngEncoder with(String chunk, int... contents) {
        byte[] bytes = new byte[contents.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) contents[i];
        }
        return with(chunk, bytes);
    }

    byte[] encode(int... samples) {
        return file(deflated(interlaced ? passes(samples) : rows(samples, width)));
    }

    /** The file with this as its compressed data. */
    byte[] file(byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        out.writeBytes(chunk("IHDR", ByteBuffer.allocate(13).putInt(width).putInt(height).put((byte) depth)
                .put((byte) type).put(12, (byte) (interlaced ? 1 : 0)).array()));
        out.writeBytes(extra.toByteArray());
        int piece = Math.max(7, data.length / 3);
        for (int at = 0; at < data.length; at += piece) {
            out.writeBytes(chunk("IDAT", Arrays.copyOfRange(data, at, Math.min(data.length, at + piece))));
        }
        out.writeBytes(chunk("IEND"));
        return out.toByteArray();
    }

    static byte[] chunk(String type, byte... contents) {
        byte[] named = ByteBuffer.allocate(4 + contents.length).put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(contents).array();
        CRC32 crc = new CRC32();
        crc.update(named);
        return ByteBuffer.allocate(8 + named.length).putInt(contents.length).put(named).putInt((int) crc.getValue())
                .array();
    }

    static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        deflater.setInput(bytes);
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1 << 16];
        while (!deflater.finished()) {
            out.write(buffer, 0, deflater.deflate(buffer));
        }
        deflater.end();
        return out.toByteArray();
    }

    private byte[] passes(int[] samples) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (char pass = '1'; pass <= '7'; pass++) {
            ByteArrayOutputStream rows = new ByteArrayOutputStream();
            int[] taken = new int[samples.length];
            int n = 0;
            int columns = 0;
            for (int y = 0; y < height; y++) {
                int before = n;
                for (int x = 0; x < width; x++) {
                    if (ADAM7[y % 8].charAt(x % 8) == pass) {
                        System.arraycopy(samples, (y * width + x) * samples(), taken, n, samples());
                        n += samples();
                    }
                }
                columns = Math.max(columns, (n - before) / samples());
            }
            if (n > 0) {
                rows.writeBytes(rows(Arrays.copyOf(taken, n), columns));
            }
            out.writeBytes(rows.toByteArray());
        }
        return out.toByteArray();
    }

    private byte[] rows(int[] samples, int columns) {
        int perRow = columns * samples();
        int length = (perRow * depth + 7) / 8;
        int pixel = Math.max(1, samples() * depth / 8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] above = new byte[length];
        for (int y = 0; y < samples.length / perRow; y++) {
            byte[] row = new byte[length];
            for (int bit = 0; bit < perRow * depth; bit++) {
                int set = samples[y * perRow + bit / depth] >> depth - 1 - bit % depth & 1;
                row[bit / 8] |= (byte) (set << 7 - bit % 8);
            }
            int filter = y % 5;
            out.write(filter);
            for (int i = 0; i < length; i++) {
                int a = i < pixel ? 0 : row[i - pixel] & 255;
                int b = above[i] & 255;
                int c = i < pixel ? 0 : above[i - pixel] & 255;
                out.write(row[i] - new int[] {0, a, b, (a + b) >> 1, nearest(a + b - c, a, b, c)}[filter]);
            }
            above = row;
        }
        return out.toByteArray();
    }

    /** The first of the candidates that are nearest. */
    private static int nearest(int to, int... candidates) {
        int best = candidates[0];
        for (int candidate : candidates) {
            if (Math.abs(candidate - to) < Math.abs(best - to)) {
                best = candidate;
            }
        }
        return best;
    }
}
