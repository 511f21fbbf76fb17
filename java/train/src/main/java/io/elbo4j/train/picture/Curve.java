package io.elbo4j.train.picture;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** The training curve as a PNG: ELBO per row in nats over epochs, of training and of what a run is evaluated on. */
public final class Curve {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 600;
    private static final int LEFT = 90;
    private static final int RIGHT = WIDTH - 30;
    private static final int TOP = 64;
    private static final int BOTTOM = HEIGHT - 70;
    private static final int MOST_DOTS = 60;
    private static final Color TRAIN = new Color(0x1f6fb4);
    private static final Color EVALUATED = new Color(0xe8710a);

    private Curve() {}

    /**
     * Writes the curve atomically. Without fonts it has no text.
     *
     * @param epochs those that the values are of, counted from 1, in rising order
     * @param train their training ELBO; values that are not finite leave a gap
     * @param evaluated their ELBO on another set; may be shorter or empty
     * @param set the name of that set, as test
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public static void write(Path file, String title, long[] epochs, double[] train, double[] evaluated,
            String set) {
        Canvas.write(file, WIDTH, HEIGHT, canvas -> paint(canvas, title, epochs, train, evaluated, set));
    }

    static BufferedImage draw(String title, long[] epochs, double[] train, double[] evaluated,
            String set, boolean text) {
        return Canvas.draw(WIDTH, HEIGHT, text, canvas -> paint(canvas, title, epochs, train, evaluated, set));
    }

    private static void paint(Canvas canvas, String title, long[] epochs, double[] train, double[] evaluated,
            String set) {
        Axes axes = new Axes(ofEpochs(LongStream.of(epochs).max().orElse(0)), Ruler.linear(DoubleStream.concat(
                DoubleStream.of(train), DoubleStream.of(evaluated))), LEFT, RIGHT, TOP, BOTTOM);
        axes.draw(canvas, title, "epoch", "ELBO per row, nats");
        series(canvas, axes, epochs, train, TRAIN);
        series(canvas, axes, epochs, evaluated, EVALUATED);
        canvas.legend(TRAIN, "train", RIGHT - 210, 38);
        if (evaluated.length > 0) {
            canvas.legend(EVALUATED, set, RIGHT - 115, 38);
        }
    }

    /** Half an epoch of room on both sides, so that a single epoch stands in the middle. */
    private static Ruler ofEpochs(long epochs) {
        long step = (long) Math.max(1, Ruler.tickStep((epochs - 1) / 10.0));
        List<Ruler.Tick> ticks = new ArrayList<>();
        for (long epoch = step; epoch <= epochs; epoch += step) {
            ticks.add(new Ruler.Tick(epoch, Long.toString(epoch)));
        }
        return new Ruler(0.5, Math.max(1, epochs) + 0.5, false, ticks);
    }

    private static void series(Canvas canvas, Axes axes, long[] epochs, double[] values, Color colour) {
        double[] x = new double[values.length];
        double[] y = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            x[i] = axes.x(epochs[i]);
            y[i] = axes.y(values[i]);
            if (Double.isFinite(values[i]) && epochs.length <= MOST_DOTS) {
                canvas.dot(colour, x[i], y[i], 3.5);
            }
        }
        canvas.path(colour, x, y);
    }
}
