package io.elbo4j.train.picture;

import io.elbo4j.train.data.AtomicFile;
import io.elbo4j.train.data.DataException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes images of one size as one PNG: a grid with gutters of one pixel, small images enlarged
 * twofold by nearest neighbour. The values are floats, 0 black and 1 full, in the order image,
 * height, width, channel; they are clipped to [0,1], and a value that is not finite is shown in
 * magenta. Where images are sequences, a step a row of pixels, what lies past an end is not drawn. Files are written
 * atomically.
 *
 * @param channels 1 (grey) or 3 (RGB)
 * @param full what is shown as 1, above 0
 */
public record Png(int height, int width, int channels, float full) {
    private static final int GUTTER = 0x33475b;
    private static final int NOT_FINITE = 0xff00ff;
    /** Images below this height and width are enlarged. */
    private static final int SMALL = 64;

    /** @throws IllegalArgumentException if a size is below 1 or channels is neither 1 nor 3 */
    public Png {
        if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
            throw new IllegalArgumentException("images of " + height + " x " + width + " with " + channels
                    + " channels, expected sizes of at least 1 and 1 or 3 channels");
        }
        if (!(full > 0)) {
            throw new IllegalArgumentException("full: " + full + " given, expected more than 0");
        }
    }

    public Png(int height, int width, int channels) {
        this(height, width, channels, 1);
    }

    /**
     * Writes all images of {@code values}, {@code columns} a row.
     *
     * @throws DataException if the file cannot be written
     */
    public void grid(Path file, float[] values, int columns) {
        save(file, draw(values, columns, 1));
    }

    /**
     * As {@link #grid(Path, float[], int)}.
     *
     * @param heights of each image, how many of its rows of pixels there are
     */
    public void grid(Path file, float[] values, int columns, int[] heights) {
        save(file, draw(values, columns, 1, heights));
    }

    /**
     * Writes each original with its reconstruction to its right, {@code pairs} pairs a row, a wider
     * gutter between pairs.
     */
    public void originalsBesideReconstructions(Path file, float[] originals, float[] reconstructions, int pairs) {
        originalsBesideReconstructions(file, originals, reconstructions, pairs, whole(originals));
    }

    /**
     * As {@link #originalsBesideReconstructions(Path, float[], float[], int)}.
     *
     * @param heights of each pair, how many of its rows of pixels there are
     */
    public void originalsBesideReconstructions(Path file, float[] originals, float[] reconstructions, int pairs,
            int[] heights) {
        if (originals.length != reconstructions.length) {
            throw new IllegalArgumentException("reconstructions: " + reconstructions.length
                    + " values given, expected as many as originals: " + originals.length);
        }
        int size = size();
        float[] both = new float[Math.multiplyExact(2, originals.length)];
        for (int i = 0; i < originals.length / size; i++) {
            System.arraycopy(originals, i * size, both, 2 * i * size, size);
            System.arraycopy(reconstructions, i * size, both, (2 * i + 1) * size, size);
        }
        save(file, draw(both, 2 * pairs, 2, IntStream.of(heights).flatMap(h -> IntStream.of(h, h)).toArray()));
    }

    /** Writes a latent traversal: a row for each latent dimension, {@code steps} images each. */
    public void traversal(Path file, float[] values, int steps) {
        if (steps < 1 || values.length % Math.multiplyExact(size(), steps) != 0) {
            throw new IllegalArgumentException("values: " + values.length + " given, expected a multiple of "
                    + steps + " images of " + size());
        }
        grid(file, values, steps);
    }

    /** @param group cells between two wider gutters; 1 for even gutters */
    BufferedImage draw(float[] values, int columns, int group) {
        return draw(values, columns, group, whole(values));
    }

    private int[] whole(float[] values) {
        int[] heights = new int[values.length / size()];
        Arrays.fill(heights, height);
        return heights;
    }

    private BufferedImage draw(float[] values, int columns, int group, int[] heights) {
        int size = size();
        if (values.length == 0 || values.length % size != 0 || columns < 1) {
            throw new IllegalArgumentException(values.length + " values in " + columns
                    + " columns given, expected at least one column and a positive multiple of " + size);
        }
        int count = values.length / size;
        if (heights.length != count) {
            throw new IllegalArgumentException("heights: " + heights.length + " given, expected one for each of "
                    + count + " images");
        }
        int across = Math.min(columns, count);
        int down = (count + across - 1) / across;
        int scale = height < SMALL && width < SMALL ? 2 : 1;
        int wide = group > 1 ? 3 : 0;
        int pictureWidth =
                Math.addExact(1 + wide * ((across - 1) / group), Math.multiplyExact(across, width * scale + 1));
        int pictureHeight = Math.addExact(1, Math.multiplyExact(down, height * scale + 1));
        BufferedImage picture = new BufferedImage(pictureWidth, pictureHeight, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[pictureWidth];
        Arrays.fill(row, GUTTER);
        for (int y = 0; y < pictureHeight; y++) {
            picture.setRGB(0, y, pictureWidth, 1, row, 0, pictureWidth);
        }
        for (int i = 0; i < count; i++) {
            int column = i % across;
            int left = 1 + column * (width * scale + 1) + column / group * wide;
            int top = 1 + i / across * (height * scale + 1);
            for (int y = 0; y < Math.min(height, heights[i]) * scale; y++) {
                for (int x = 0; x < width * scale; x++) {
                    int pixel = (i * height + y / scale) * width + x / scale;
                    picture.setRGB(left + x, top + y, colour(values, pixel * channels));
                }
            }
        }
        return picture;
    }

    private int size() {
        return Math.multiplyExact(Math.multiplyExact(height, width), channels);
    }

    private int colour(float[] values, int at) {
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
            float value = values[channels == 1 ? at : at + c];
            if (!Float.isFinite(value)) {
                return NOT_FINITE;
            }
            rgb = rgb << 8 | Math.round(255 * Math.max(0, Math.min(1, value / full)));
        }
        return rgb;
    }

    /**
     * Encoded in memory first: ImageIO would hide some write errors. And in none of ImageIO's own caches, of which the
     * one on the disk cannot be opened any more when the process is ending.
     */
    static void save(Path file, BufferedImage picture) {
        try {
            ByteArrayOutputStream png = new ByteArrayOutputStream();
            try (ImageOutputStream out = new MemoryCacheImageOutputStream(png)) {
                if (!ImageIO.write(picture, "png", out)) {
                    throw new IOException("this Java has no PNG encoder");
                }
            }
            ByteBuffer bytes = ByteBuffer.wrap(png.toByteArray());
            AtomicFile.write(file, channel -> AtomicFile.put(channel, bytes));
        } catch (IOException e) {
            throw new DataException(e.getMessage(), e);
        }
    }
}
