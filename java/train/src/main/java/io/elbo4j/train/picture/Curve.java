package io.elbo4j.train.picture;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * The training curve as a PNG: ELBO per row in nats over epochs, training and test. On a server
 * without fonts, where Java cannot draw text, the picture has none; it never fails for that.
 */
public final class Curve {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 600;
    private static final int LEFT = 90;
    private static final int RIGHT = WIDTH - 30;
    private static final int TOP = 64;
    private static final int BOTTOM = HEIGHT - 70;
    private static final Color TRAIN = new Color(0x1f6fb4);
    private static final Color TEST = new Color(0xe8710a);
    private static final Color TEXT = new Color(0x2b2f36);
    private static final Color GRID = new Color(0xe3e7ec);

    private final Graphics2D g;
    private final boolean text;
    private final double lowest;
    private final double highest;
    private final long[] at;
    private final long epochs;

    private Curve(Graphics2D g, boolean text, double lowest, double highest, long[] at) {
        this.g = g;
        this.text = text;
        this.lowest = lowest;
        this.highest = highest;
        this.at = at;
        this.epochs = LongStream.of(at).max().orElse(0);
    }

    /**
     * Writes the curve atomically.
     *
     * @param epochs those that the values are of, counted from 1, in rising order
     * @param train their training ELBO; values that are not finite leave a gap
     * @param test their test ELBO; may be shorter or empty
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public static void write(Path file, String title, long[] epochs, double[] train, double[] test) {
        BufferedImage picture;
        try {
            picture = draw(title, epochs, train, test, true);
        } catch (RuntimeException | InternalError | LinkageError e) {
            // What Java throws without fontconfig or without any font differs between versions.
            picture = draw(title, epochs, train, test, false);
        }
        Png.save(file, picture);
    }

    static BufferedImage draw(String title, long[] epochs, double[] train, double[] test, boolean text) {
        double[] values =
                DoubleStream.concat(DoubleStream.of(train), DoubleStream.of(test)).filter(Double::isFinite).toArray();
        double lowest = DoubleStream.of(values).min().orElse(0);
        double highest = DoubleStream.of(values).max().orElse(1);
        // Relative to the values as well, so that rounding noise is not stretched over the picture.
        double size = Math.max(Math.abs(lowest), Math.abs(highest));
        double step = highest > lowest ? tickStep(Math.max((highest - lowest) / 6, 1e-6 * size)) : 1;
        // A tick above and below, also where all values are equal.
        lowest = Math.floor(lowest / step - 0.1) * step;
        highest = Math.ceil(highest / step + 0.1) * step;
        BufferedImage picture = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, WIDTH, HEIGHT);
            Curve curve = new Curve(g, text, lowest, highest, epochs);
            curve.axes(title, step);
            curve.series(train, TRAIN);
            curve.series(test, TEST);
            curve.legend("train", TRAIN, RIGHT - 170);
            if (test.length > 0) {
                curve.legend("test", TEST, RIGHT - 75);
            }
        } finally {
            g.dispose();
        }
        return picture;
    }

    /** The smallest of 1, 2, 5 times a power of ten that is not below {@code atLeast}. */
    static double tickStep(double atLeast) {
        if (!(atLeast > 0)) {
            return 1;
        }
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(atLeast)));
        double ratio = atLeast / power;
        return (ratio <= 1 ? 1 : ratio <= 2 ? 2 : ratio <= 5 ? 5 : 10) * power;
    }

    private void axes(String title, double step) {
        for (long i = Math.round(lowest / step); i <= Math.round(highest / step); i++) {
            double y = y(i * step);
            line(GRID, LEFT, y, RIGHT, y);
            line(TEXT, LEFT - 5, y, LEFT, y);
            String label =
                    BigDecimal.valueOf(i).multiply(BigDecimal.valueOf(step)).stripTrailingZeros().toPlainString();
            label(label, LEFT - 10, y + 5, 1, Font.PLAIN, 14);
        }
        long epochStep = (long) Math.max(1, tickStep((epochs - 1) / 10.0));
        for (long epoch = epochStep; epoch <= epochs; epoch += epochStep) {
            line(TEXT, x(epoch), BOTTOM, x(epoch), BOTTOM + 5);
            label(Long.toString(epoch), x(epoch), BOTTOM + 22, 0.5, Font.PLAIN, 14);
        }
        line(TEXT, LEFT, TOP, LEFT, BOTTOM);
        line(TEXT, LEFT, BOTTOM, RIGHT, BOTTOM);
        label(title, LEFT, 38, 0, Font.BOLD, 19);
        label("epoch", (LEFT + RIGHT) / 2.0, HEIGHT - 20, 0.5, Font.PLAIN, 15);
        g.rotate(-Math.PI / 2);
        label("ELBO per row, nats", -(TOP + BOTTOM) / 2.0, 26, 0.5, Font.PLAIN, 15);
        g.rotate(Math.PI / 2);
    }

    private void series(double[] values, Color colour) {
        Path2D path = new Path2D.Double();
        g.setColor(colour);
        boolean pen = false;
        for (int i = 0; i < values.length; i++) {
            boolean draws = Double.isFinite(values[i]);
            if (draws && pen) {
                path.lineTo(x(at[i]), y(values[i]));
            } else if (draws) {
                path.moveTo(x(at[i]), y(values[i]));
            }
            if (draws && at.length <= 60) {
                g.fill(new Ellipse2D.Double(x(at[i]) - 3.5, y(values[i]) - 3.5, 7, 7));
            }
            pen = draws;
        }
        g.setStroke(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(path);
    }

    private void legend(String name, Color colour, int x) {
        g.setColor(colour);
        g.fill(new Rectangle2D.Double(x, 31, 24, 4));
        label(name, x + 32, 38, 0, Font.PLAIN, 15);
    }

    private void line(Color colour, double x1, double y1, double x2, double y2) {
        g.setColor(colour);
        g.setStroke(new BasicStroke(1));
        g.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    /** @param anchor the share of the text's width that lies left of x */
    private void label(String label, double x, double y, double anchor, int style, int size) {
        if (text) {
            g.setFont(new Font(Font.SANS_SERIF, style, size));
            g.setColor(TEXT);
            FontMetrics metrics = g.getFontMetrics();
            g.drawString(label, (float) (x - anchor * metrics.stringWidth(label)), (float) y);
        }
    }

    /** Half an epoch of room on both sides, so that a single epoch stands in the middle. */
    private double x(long epoch) {
        return LEFT + (RIGHT - LEFT) * (epoch - 0.5) / Math.max(1, epochs);
    }

    private double y(double value) {
        return BOTTOM - (BOTTOM - TOP) * (value - lowest) / (highest - lowest);
    }
}
