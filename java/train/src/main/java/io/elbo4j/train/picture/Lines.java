package io.elbo4j.train.picture;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Several series over the same quantity as a PNG. A value that has no place on its axis leaves
 * a gap: what is not finite, and what is not above 0 where the axis is logarithmic.
 *
 * @param title above the picture
 * @param across what x is
 * @param up what y is
 * @param logarithmicAcross whether the axis of x is
 * @param logarithmicUp whether that of y is
 */
public record Lines(String title, String across, String up, boolean logarithmicAcross, boolean logarithmicUp) {
    private static final int LEFT = 90;
    private static final int PLOT = 640;
    private static final int LEGEND = 420;
    private static final int ROOM = 30;
    private static final int TOP = 64;
    private static final int LINE = 22;
    private static final int LEAST_HEIGHT = 470;
    private static final int BELOW = 70;

    /**
     * One of the lines.
     *
     * @param x above 0 where its axis is logarithmic
     * @param y a value for each x
     */
    public record Series(String name, double[] x, double[] y) {
        public Series {
            if (x.length != y.length) {
                throw new IllegalArgumentException("series '" + name + "' must have as many y as x, not " + y.length
                        + " for " + x.length);
            }
        }
    }

    /**
     * Writes the picture atomically. Without fonts it has no text.
     *
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public void write(Path file, List<Series> series) {
        Canvas.write(file, LEFT + PLOT + ROOM + LEGEND, height(series), canvas -> paint(canvas, series));
    }

    BufferedImage draw(List<Series> series, boolean text) {
        return Canvas.draw(LEFT + PLOT + ROOM + LEGEND, height(series), text, canvas -> paint(canvas, series));
    }

    private static int height(List<Series> series) {
        return TOP + Math.max(LEAST_HEIGHT, LINE * series.size()) + BELOW;
    }

    private void paint(Canvas canvas, List<Series> series) {
        DoubleStream all = series.stream().flatMapToDouble(s -> DoubleStream.of(s.y()));
        DoubleStream allAcross = series.stream().flatMapToDouble(s -> DoubleStream.of(s.x()));
        Axes axes = new Axes(logarithmicAcross ? Ruler.at(allAcross) : Ruler.linear(allAcross), logarithmicUp ? Ruler
                .logarithmic(all)
                : Ruler.linear(all), LEFT, LEFT + PLOT, TOP, height(series) - BELOW);
        axes.draw(canvas, title, across, up);
        for (int i = 0; i < series.size(); i++) {
            Color colour = new Color(Palette.of(i, series.size()));
            double[] x = DoubleStream.of(series.get(i).x()).map(axes::x).toArray();
            double[] y = DoubleStream.of(series.get(i).y()).map(axes::y).toArray();
            for (int j = 0; j < x.length; j++) {
                if (Double.isFinite(x[j]) && Double.isFinite(y[j])) {
                    canvas.dot(colour, x[j], y[j], 3.5);
                }
            }
            canvas.path(colour, x, y);
            canvas.legend(colour, series.get(i).name(), LEFT + PLOT + ROOM, TOP + LINE * (i + 1));
        }
    }
}
