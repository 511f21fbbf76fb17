package io.elbo4j.train.picture;

import java.awt.Color;
import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Functions that are known but for a band, beside each other on the same axes, with the points that they are learned
 * from, as a PNG.
 *
 * @param title above the picture
 * @param across what x is
 * @param up what the functions' values are
 */
public record Bands(String title, String across, String up) {
    private static final int LEFT = 90;
    private static final int SIDE = 300;
    private static final int BETWEEN = 70;
    private static final int TOP = 94;
    private static final int BELOW = 70;
    private static final int ROOM = 30;
    private static final Color BAND = new Color(0xc9dcf0);
    private static final Color MIDDLE = new Color(Palette.of(0, 2));
    private static final Color POINT = new Color(Palette.of(1, 2));

    /**
     * One of the functions.
     *
     * @param name above it
     * @param x ascending
     * @param low where the band begins, for each x
     * @param middle the function, for each x
     * @param high where the band ends, for each x
     */
    public record Band(String name, double[] x, double[] low, double[] middle, double[] high) {
        public Band {
            for (double[] each : List.of(low, middle, high)) {
                if (each.length != x.length) {
                    throw new IllegalArgumentException("band '" + name + "' must have as many values as x, " + x.length
                            + ", not " + each.length);
                }
            }
        }
    }

    /**
     * Writes the picture atomically. Without fonts it has no text.
     *
     * @param pointsX of the points
     * @param pointsY of the points
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public void write(Path file, List<Band> bands, double[] pointsX, double[] pointsY) {
        Canvas.write(file, width(bands), TOP + SIDE + BELOW, canvas -> paint(canvas, bands, pointsX, pointsY));
    }

    BufferedImage draw(List<Band> bands, double[] pointsX, double[] pointsY) {
        return Canvas.draw(width(bands), TOP + SIDE + BELOW, false, canvas -> paint(canvas, bands, pointsX, pointsY));
    }

    private static int width(List<Band> bands) {
        return LEFT + bands.size() * (SIDE + BETWEEN) - BETWEEN + ROOM;
    }

    private void paint(Canvas canvas, List<Band> bands, double[] pointsX, double[] pointsY) {
        Ruler x = Ruler.linear(DoubleStream.concat(Arrays.stream(pointsX), bands.stream().flatMapToDouble(
                b -> DoubleStream.of(b.x()))));
        Ruler y = Ruler.linear(DoubleStream.concat(Arrays.stream(pointsY), bands.stream().flatMapToDouble(
                b -> DoubleStream.concat(DoubleStream.of(b.low()), DoubleStream.of(b.high())))));
        canvas.label(title, LEFT, TOP - 60, 0, Font.BOLD, 19);
        for (int i = 0; i < bands.size(); i++) {
            Band band = bands.get(i);
            int left = LEFT + i * (SIDE + BETWEEN);
            Axes axes = new Axes(x, y, left, left + SIDE, TOP, TOP + SIDE);
            double[] places = DoubleStream.of(band.x()).map(axes::x).toArray();
            canvas.band(BAND, places, DoubleStream.of(band.low()).map(axes::y).toArray(), DoubleStream.of(band.high())
                    .map(axes::y).toArray());
            axes.draw(canvas, band.name(), across, i == 0 ? up : "");
            canvas.path(MIDDLE, places, DoubleStream.of(band.middle()).map(axes::y).toArray());
            for (int j = 0; j < pointsX.length; j++) {
                canvas.dot(POINT, axes.x(pointsX[j]), axes.y(pointsY[j]), 3);
            }
        }
    }
}
