package io.elbo4j.train.picture;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Points on a plane as a PNG, both axes at one scale: those of a latent variable, or of the data. A point that is not
 * finite is not shown.
 *
 * @param title above the picture
 * @param across what x is
 * @param up what y is
 * @param names of the colours 0, 1, ... of {@link Palette}, for the legend; may be empty
 */
public record Scatter(String title, String across, String up, List<String> names) {
    private static final int SIDE = 720;
    private static final int LEFT = 90;
    private static final int TOP = 64;
    private static final int BELOW = 70;
    private static final int ROOM = 30;
    private static final int LEGEND = 120;
    private static final int LINE = 22;
    private static final int MANY = 3000;
    private static final int MOST_NAMES = SIDE / LINE;

    public Scatter {
        names = List.copyOf(names);
    }

    /**
     * Writes the picture atomically. Without fonts it has no text.
     *
     * @param x of each point
     * @param y of each point
     * @param colours of each point, 0xRRGGBB
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public void write(Path file, double[] x, double[] y, int[] colours) {
        requireOneEach(x, y, colours);
        Canvas.write(file, width(), TOP + SIDE + BELOW, canvas -> paint(canvas, x, y, colours));
    }

    BufferedImage draw(double[] x, double[] y, int[] colours, boolean text) {
        requireOneEach(x, y, colours);
        return Canvas.draw(width(), TOP + SIDE + BELOW, text, canvas -> paint(canvas, x, y, colours));
    }

    private static void requireOneEach(double[] x, double[] y, int[] colours) {
        if (x.length != y.length || x.length != colours.length) {
            throw new IllegalArgumentException("x, y and colours must be as many, not " + x.length + ", " + y.length
                    + " and " + colours.length);
        }
    }

    private int width() {
        return LEFT + SIDE + ROOM + (names.isEmpty() ? 0 : LEGEND);
    }

    private void paint(Canvas canvas, double[] x, double[] y, int[] colours) {
        int[] shown = IntStream.range(0, x.length).filter(i -> Double.isFinite(x[i]) && Double.isFinite(y[i]))
                .toArray();
        Axes axes = Axes.ofOneScale(shown, x, y, LEFT, LEFT + SIDE, TOP, TOP + SIDE);
        axes.draw(canvas, title, across, up);
        double radius = shown.length > MANY ? 1.5 : 2.5;
        for (int i : shown) {
            canvas.dot(new Color(colours[i]), axes.x(x[i]), axes.y(y[i]), radius);
        }
        for (int i = 0; i < Math.min(names.size(), MOST_NAMES); i++) {
            canvas.legend(new Color(Palette.of(i, names.size())), names.get(i), LEFT + SIDE + ROOM, TOP + LINE * (i
                    + 1));
        }
    }
}
