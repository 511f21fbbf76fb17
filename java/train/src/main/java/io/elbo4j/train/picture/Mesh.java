package io.elbo4j.train.picture;

import static io.elbo4j.ArgumentException.require;

import java.awt.Color;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * What becomes of the points of a grid, as a PNG: neighbours are joined, both axes have one scale. A point that is not
 * finite is not shown, and leaves a hole.
 *
 * @param title above the picture
 * @param across what x is
 * @param up what y is
 */
public record Mesh(String title, String across, String up) {
    private static final int SIDE = 720;
    private static final int LEFT = 90;
    private static final int TOP = 64;
    private static final int BELOW = 70;
    private static final int ROOM = 30;
    private static final double RADIUS = 2.5;

    /**
     * Writes the picture atomically. Without fonts it has no text.
     *
     * @param columns of the grid, whose points come row by row
     * @param x of each point
     * @param y of each point
     * @param colours of each point, 0xRRGGBB
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public void write(Path file, int columns, double[] x, double[] y, int[] colours) {
        require(columns >= 1 && x.length % columns == 0, "columns", "at least 1, and a divisor of the " + x.length
                + " points", columns);
        require(y.length == x.length, "y", x.length + " numbers, as x has", y.length);
        require(colours.length == x.length, "colours", x.length + " numbers, as x has", colours.length);
        Canvas.write(file, LEFT + SIDE + ROOM, TOP + SIDE + BELOW, canvas -> paint(canvas, columns, x, y, colours));
    }

    private void paint(Canvas canvas, int columns, double[] x, double[] y, int[] colours) {
        boolean[] shown = new boolean[x.length];
        for (int i = 0; i < x.length; i++) {
            shown[i] = Double.isFinite(x[i]) && Double.isFinite(y[i]);
        }
        Axes axes = Axes.ofOneScale(IntStream.range(0, x.length).filter(i -> shown[i]).toArray(), x, y, LEFT, LEFT
                + SIDE, TOP, TOP + SIDE);
        axes.draw(canvas, title, across, up);
        for (int i = 0; i < x.length; i++) {
            if (i % columns + 1 < columns && shown[i] && shown[i + 1]) {
                join(canvas, axes, x, y, colours, i, i + 1);
            }
            if (i + columns < x.length && shown[i] && shown[i + columns]) {
                join(canvas, axes, x, y, colours, i, i + columns);
            }
        }
        for (int i = 0; i < x.length; i++) {
            if (shown[i]) {
                canvas.dot(new Color(colours[i]), axes.x(x[i]), axes.y(y[i]), RADIUS);
            }
        }
    }

    private static void join(Canvas canvas, Axes axes, double[] x, double[] y, int[] colours, int from, int to) {
        canvas.line(new Color(colours[from]), axes.x(x[from]), axes.y(y[from]), axes.x(x[to]), axes.y(y[to]));
    }
}
