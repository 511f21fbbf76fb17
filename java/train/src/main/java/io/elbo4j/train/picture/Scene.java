package io.elbo4j.train.picture;

import java.util.ArrayList;
import java.util.List;

/** A picture of lines and discs, in units of its own: what is added later lies above. */
public final class Scene {
    /** Of {@link Palette}'s ten. */
    public static final int BLUE = 0;
    public static final int ORANGE = 1;
    public static final int GREEN = 2;
    public static final int RED = 3;
    public static final int GREY = 7;

    /** What is drawn. */
    private sealed interface Shape {}

    private record Line(int colour, double[] x, double[] y) implements Shape {}

    private record Disc(int colour, double x, double y, double radius) implements Shape {}

    private final double left;
    private final double right;
    private final double bottom;
    private final double top;
    private final List<Shape> shapes = new ArrayList<>();

    /** @throws io.elbo4j.ArgumentException unless left is below right and bottom below top */
    public Scene(double left, double right, double bottom, double top) {
        io.elbo4j.ArgumentException.require(left < right, "left", "below right, " + right, left);
        io.elbo4j.ArgumentException.require(bottom < top, "bottom", "below top, " + top, bottom);
        this.left = left;
        this.right = right;
        this.bottom = bottom;
        this.top = top;
    }

    /** Adds a line from point to point: x, y, x, y, ... */
    public Scene line(int colour, double... points) {
        io.elbo4j.ArgumentException.require(points.length % 2 == 0, "points", "an even number of coordinates",
                points.length);
        double[] x = new double[points.length / 2];
        double[] y = new double[points.length / 2];
        for (int i = 0; i < x.length; i++) {
            x[i] = points[2 * i];
            y[i] = points[2 * i + 1];
        }
        shapes.add(new Line(colour, x, y));
        return this;
    }

    public Scene disc(int colour, double x, double y, double radius) {
        shapes.add(new Disc(colour, x, y, radius));
        return this;
    }

    /** As large as it fits into a square, in its middle. */
    void paint(Canvas canvas, double atLeft, double atTop, double side) {
        double scale = side / Math.max(right - left, top - bottom);
        double x0 = atLeft + side / 2 - scale * (left + right) / 2;
        double y0 = atTop + side / 2 + scale * (bottom + top) / 2;
        for (Shape shape : shapes) {
            if (shape instanceof Disc d) {
                canvas.dot(colour(d.colour), x0 + scale * d.x, y0 - scale * d.y, scale * d.radius);
            } else if (shape instanceof Line l) {
                double[] x = l.x.clone();
                double[] y = l.y.clone();
                for (int i = 0; i < x.length; i++) {
                    x[i] = x0 + scale * x[i];
                    y[i] = y0 - scale * y[i];
                }
                canvas.path(colour(l.colour), x, y);
            }
        }
    }

    private static java.awt.Color colour(int index) {
        return new java.awt.Color(Palette.of(index, 10));
    }
}
