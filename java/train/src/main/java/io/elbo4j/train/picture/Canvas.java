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
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A white picture and what is drawn on it. On a server without fonts, where Java cannot draw text, it has none; it
 * never fails for that.
 */
final class Canvas {
    static final Color TEXT = new Color(0x2b2f36);
    static final Color GRID = new Color(0xe3e7ec);

    private final Graphics2D g;
    private final boolean text;

    private Canvas(Graphics2D g, boolean text) {
        this.g = g;
        this.text = text;
    }

    /**
     * Writes a picture atomically.
     *
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    static void write(Path file, int width, int height, Consumer<Canvas> painter) {
        BufferedImage picture;
        try {
            picture = draw(width, height, true, painter);
        } catch (RuntimeException | InternalError | LinkageError e) {
            // What Java throws without fontconfig or without any font differs between versions.
            picture = draw(width, height, false, painter);
        }
        Png.save(file, picture);
    }

    static BufferedImage draw(int width, int height, boolean text, Consumer<Canvas> painter) {
        BufferedImage picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = picture.createGraphics();
        try {
            g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            g.setColor(Color.WHITE);
            g.fillRect(0, 0, width, height);
            painter.accept(new Canvas(g, text));
        } finally {
            g.dispose();
        }
        return picture;
    }

    void line(Color colour, double x1, double y1, double x2, double y2) {
        g.setColor(colour);
        g.setStroke(new BasicStroke(1));
        g.draw(new Line2D.Double(x1, y1, x2, y2));
    }

    /** A filled square. */
    void rectangle(Color colour, double x, double y, double side) {
        g.setColor(colour);
        g.fill(new Rectangle2D.Double(x, y, side, side));
    }

    void dot(Color colour, double x, double y, double radius) {
        g.setColor(colour);
        g.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
    }

    /** The area between two lines over the same finite places. */
    void band(Color colour, double[] x, double[] low, double[] high) {
        Path2D area = new Path2D.Double();
        for (int i = 0; i < 2 * x.length; i++) {
            int at = i < x.length ? i : 2 * x.length - 1 - i;
            double y = i < x.length ? low[at] : high[at];
            if (i == 0) {
                area.moveTo(x[at], y);
            } else {
                area.lineTo(x[at], y);
            }
        }
        g.setColor(colour);
        g.fill(area);
    }

    /** Lines from point to point; one that is not finite leaves a gap. */
    void path(Color colour, double[] x, double[] y) {
        Path2D path = new Path2D.Double();
        boolean pen = false;
        for (int i = 0; i < y.length; i++) {
            boolean draws = Double.isFinite(x[i]) && Double.isFinite(y[i]);
            if (draws && pen) {
                path.lineTo(x[i], y[i]);
            } else if (draws) {
                path.moveTo(x[i], y[i]);
            }
            pen = draws;
        }
        g.setColor(colour);
        g.setStroke(new BasicStroke(2.2f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(path);
    }

    /** A piece of a colour and what it stands for. */
    void legend(Color colour, String name, double x, double y) {
        g.setColor(colour);
        g.fill(new Rectangle2D.Double(x, y - 7, 24, 4));
        label(name, x + 32, y, 0, Font.PLAIN, 15);
    }

    /** @param anchor the share of the text's width that lies left of x */
    void label(String label, double x, double y, double anchor, int style, int size) {
        if (text) {
            g.setFont(new Font(Font.SANS_SERIF, style, size));
            g.setColor(TEXT);
            FontMetrics metrics = g.getFontMetrics();
            g.drawString(label, (float) (x - anchor * metrics.stringWidth(label)), (float) y);
        }
    }

    /** From below, its middle at y. */
    void upright(String label, double x, double y) {
        g.rotate(-Math.PI / 2);
        label(label, -y, x, 0.5, Font.PLAIN, 15);
        g.rotate(Math.PI / 2);
    }
}
