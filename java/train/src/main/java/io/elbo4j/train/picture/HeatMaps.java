package io.elbo4j.train.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Densities on squares of the plane, beside each other and below each other, as a PNG: the darker, the denser, in one
 * scale for those beside each other.
 */
public final class HeatMaps {
    private static final int SIDE = 192;
    private static final int BETWEEN = 16;
    private static final int ABOVE = 26;
    private static final int LEFT = 16;
    /** Of what is densest; what is not there is white. */
    private static final Color DENSEST = new Color(0x10375c);

    /**
     * One of them.
     *
     * @param name above it
     * @param shares of cells x cells, those of one place across after the other, each from below
     */
    public record Map(String name, double[] shares) {
        public Map {
            if (cells(shares) < 1 || cells(shares) * cells(shares) != shares.length) {
                throw new IllegalArgumentException("map '" + name + "' must have a square number of shares, not "
                        + shares.length);
            }
        }

        private static int cells(double[] shares) {
            return (int) Math.round(Math.sqrt(shares.length));
        }
    }

    private HeatMaps() {}

    /**
     * Writes the picture atomically. Without fonts it has no text.
     *
     * @param rows maps beside each other, of which the first one says how dark the others are
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public static void write(Path file, List<List<Map>> rows) {
        Canvas.write(file, width(rows), height(rows), canvas -> paint(canvas, rows));
    }

    static BufferedImage draw(List<List<Map>> rows) {
        return Canvas.draw(width(rows), height(rows), false, canvas -> paint(canvas, rows));
    }

    private static int width(List<List<Map>> rows) {
        return LEFT + rows.stream().mapToInt(List::size).max().orElse(0) * (SIDE + BETWEEN);
    }

    private static int height(List<List<Map>> rows) {
        return rows.size() * (ABOVE + SIDE + BETWEEN);
    }

    private static void paint(Canvas canvas, List<List<Map>> rows) {
        for (int r = 0; r < rows.size(); r++) {
            double densest = DoubleStream.of(rows.get(r).get(0).shares()).max().orElse(0);
            for (int i = 0; i < rows.get(r).size(); i++) {
                paint(canvas, rows.get(r).get(i), densest, LEFT + i * (SIDE + BETWEEN), r * (ABOVE + SIDE + BETWEEN));
            }
        }
    }

    private static void paint(Canvas canvas, Map map, double densest, int left, int top) {
        canvas.label(map.name(), left, top + 20, 0, Font.PLAIN, 15);
        int cells = Map.cells(map.shares());
        double side = (double) SIDE / cells;
        for (int across = 0; across < cells; across++) {
            for (int up = 0; up < cells; up++) {
                double share = map.shares()[across * cells + up] / densest;
                if (share > 0) {
                    canvas.rectangle(shade(Math.min(1, share)), left + across * side, top + ABOVE + (cells - 1 - up)
                            * side, side);
                }
            }
        }
        int bottom = top + ABOVE + SIDE;
        canvas.line(Canvas.TEXT, left, top + ABOVE, left, bottom);
        canvas.line(Canvas.TEXT, left, bottom, left + SIDE, bottom);
    }

    /** By the square root, so that what is rare is seen. */
    private static Color shade(double share) {
        double dark = Math.sqrt(share);
        return new Color(mixed(DENSEST.getRed(), dark), mixed(DENSEST.getGreen(), dark), mixed(DENSEST.getBlue(),
                dark));
    }

    private static int mixed(int full, double dark) {
        return (int) Math.round(255 + (full - 255) * dark);
    }
}
