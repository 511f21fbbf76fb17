package io.elbo4j.train.data;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Inflates, unfilters and unpacks the pixels of a PNG file, a row at a time. The JDK's own reader checks no checksum
 * and takes a microsecond a row: a file of 20 kB can keep it for ten seconds.
 */
final class PngPixels {
    /** Left, top, horizontal and vertical step of each pass of an interlaced file. */
    private static final int[][] ADAM7 = {
            {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
    };
    /**
     * Bytes of samples that are taken at once, beside {@value #GROWTH} times the file's. A picture of more is looked
     * through first: a damaged file does not take the memory of the picture that it claims to be.
     */
    private static final long FREE = 32 << 20;
    private static final long GROWTH = 8;
    private static final int[][] WHOLE = {{0, 0, 1, 1}};

    private final PngFile file;
    private final int samples;
    private final int channels;
    private final int max;
    private final int @Nullable [] transparent;
    private final Inflater inflater = new Inflater();
    /** What a row may be less than: a call of the inflater takes longer than a short row. */
    private final byte[] inflated = new byte[1 << 13];
    private int from;
    private int to;
    /** The chunk to take data from when the inflater has none left. */
    private int next;

    PngPixels(PngFile file) {
        this.file = file;
        samples = file.samples();
        channels = file.palette() != null || samples >= 3 ? 3 : 1;
        max = (1 << file.depth()) - 1;
        transparent = transparent(file, max);
        next = file.data();
    }

    /** The colour that the chunk tRNS declares transparent in a file without a palette. */
    private static int @Nullable [] transparent(PngFile file, int max) {
        if (file.transparency() == null || file.palette() != null) {
            return null;
        }
        int[] colour = new int[file.samples()];
        for (int i = 0; i < colour.length; i++) {
            colour[i] = ByteBuffer.wrap(file.transparency()).getShort(2 * i) & max;
        }
        return colour;
    }

    Picture decode() {
        long bytes = (long) Float.BYTES * Images.length(file.name(), 1, file.height(), file.width(), channels);
        try {
            if (bytes > FREE + GROWTH * file.bytes().length) {
                passes(null);
                inflater.reset();
                from = 0;
                to = 0;
                next = file.data();
            }
            float[] values = Images.allocate(file.name(), 1, file.height(), file.width(), channels);
            passes(values);
            boolean alpha = file.transparency() != null || samples == 2 || samples == 4;
            return Picture.of(file.height(), file.width(), channels, alpha, values);
        } catch (DataFormatException e) {
            throw Pictures.damaged(file.name(), "its compressed data is damaged");
        } finally {
            inflater.end();
        }
    }

    /** @param values to fill; null to look only whether all is there and good */
    private void passes(float @Nullable [] values) throws DataFormatException {
        for (int[] pass : file.interlaced() ? ADAM7 : WHOLE) {
            pass(pass[0], pass[1], pass[2], pass[3], values);
        }
    }

    private void pass(int left, int top, int stepX, int stepY, float @Nullable [] values) throws DataFormatException {
        long columns = ((long) file.width() - left + stepX - 1) / stepX;
        if (columns <= 0) {
            return;
        }
        byte[] row = new byte[(int) ((columns * file.bitsPerPixel() + 7) / 8) + 1];
        byte[] above = new byte[row.length];
        for (int y = top; y < file.height(); y += stepY) {
            read(row);
            unfilter(row, above);
            int at = (y * file.width() + left) * channels;
            for (int x = 0; x < columns; x++) {
                unpack(row, x, values, at + x * stepX * channels);
            }
            byte[] swap = above;
            above = row;
            row = swap;
        }
    }

    private void read(byte[] row) throws DataFormatException {
        for (int filled = 0; filled < row.length;) {
            if (from == to) {
                inflate();
            }
            int n = Math.min(to - from, row.length - filled);
            System.arraycopy(inflated, from, row, filled, n);
            from += n;
            filled += n;
        }
    }

    private void inflate() throws DataFormatException {
        from = 0;
        to = inflater.inflate(inflated);
        while (to == 0) {
            if (inflater.finished() || inflater.needsDictionary() || !feed()) {
                throw Pictures.damaged(file.name(), "it has fewer pixels than its header says");
            }
            to = inflater.inflate(inflated);
        }
    }

    private boolean feed() {
        ByteBuffer in = ByteBuffer.wrap(file.bytes());
        while (true) {
            int length = in.getInt(next);
            int type = in.getInt(next + 4);
            if (type == PngFile.IEND) {
                return false;
            }
            int contents = next + PngFile.BEFORE;
            next += length + PngFile.AROUND;
            if (type == PngFile.IDAT) {
                inflater.setInput(file.bytes(), contents, length);
                return true;
            }
        }
    }

    /** Byte 0 of a row names the filter; what lies left of the first pixel and above the first row is 0. */
    private void unfilter(byte[] row, byte[] above) {
        int pixel = Math.max(1, file.bitsPerPixel() / 8);
        int filter = row[0];
        if (filter < 0 || filter > 4) {
            throw Pictures.damaged(file.name(), "row filter " + (filter & 255));
        }
        for (int i = 1; i < row.length && filter != 0; i++) {
            int left = i > pixel ? row[i - pixel] & 255 : 0;
            int up = above[i] & 255;
            row[i] += (byte) switch (filter) {
                case 1 -> left;
                case 2 -> up;
                case 3 -> (left + up) / 2;
                default -> paeth(left, up, i > pixel ? above[i - pixel] & 255 : 0);
            };
        }
    }

    private static int paeth(int left, int up, int upLeft) {
        int toLeft = Math.abs(up - upLeft);
        int toUp = Math.abs(left - upLeft);
        int toUpLeft = Math.abs(left + up - 2 * upLeft);
        return toLeft <= toUp && toLeft <= toUpLeft ? left : toUp <= toUpLeft ? up : upLeft;
    }

    private void unpack(byte[] row, int x, float @Nullable [] values, int at) {
        long first = (long) x * samples;
        boolean opaque = (channels == samples || samples == 1 || sample(row, first + channels) == max);
        byte[] palette = file.palette();
        if (palette != null) {
            int entry = sample(row, first);
            if (3 * entry >= palette.length) {
                throw Pictures.damaged(file.name(), "colour " + entry + " of a palette of " + palette.length / 3);
            }
            for (int c = 0; c < 3 && values != null; c++) {
                values[at + c] = (palette[3 * entry + c] & 255) / 255f;
            }
            byte[] alpha = file.transparency();
            opaque = alpha == null || entry >= alpha.length || alpha[entry] == -1;
        } else {
            boolean same = transparent != null;
            for (int c = 0; c < channels; c++) {
                int sample = sample(row, first + c);
                if (values != null) {
                    values[at + c] = sample / (float) max;
                }
                same = same && transparent[c] == sample;
            }
            opaque &= !same;
        }
        if (!opaque) {
            throw new DataException(
                    file.name() + ": has transparent pixels, expected an opaque image: flatten it first");
        }
    }

    private int sample(byte[] row, long index) {
        int depth = file.depth();
        if (depth == 16) {
            int at = 1 + 2 * (int) index;
            return (row[at] & 255) << 8 | row[at + 1] & 255;
        }
        long bit = index * depth;
        return row[1 + (int) (bit >> 3)] >> 8 - depth - (int) (bit & 7) & max;
    }
}
