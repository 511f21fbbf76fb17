package io.elbo4j.train.picture;

import java.awt.Font;
import java.util.stream.IntStream;

/** Two rulers around a part of a canvas, in pixels, with a title above and a name beside each. */
record Axes(Ruler across, Ruler up, int left, int right, int top, int bottom) {
    /** With the same scale across and up, around the points that are shown. */
    static Axes ofOneScale(int[] shown, double[] x, double[] y, int left, int right, int top, int bottom) {
        Ruler of = Ruler.linear(IntStream.of(shown).mapToDouble(i -> x[i]));
        Ruler over = Ruler.linear(IntStream.of(shown).mapToDouble(i -> y[i]));
        double range = Math.max(of.highest() - of.lowest(), over.highest() - over.lowest());
        return new Axes(of.widened(range), over.widened(range), left, right, top, bottom);
    }

    void draw(Canvas canvas, String title, String acrossName, String upName) {
        for (Ruler.Tick tick : up.ticks()) {
            double y = y(tick.at());
            canvas.line(Canvas.GRID, left, y, right, y);
            canvas.line(Canvas.TEXT, left - 5, y, left, y);
            canvas.label(tick.label(), left - 10, y + 5, 1, Font.PLAIN, 14);
        }
        for (Ruler.Tick tick : across.ticks()) {
            double x = x(tick.at());
            canvas.line(Canvas.TEXT, x, bottom, x, bottom + 5);
            canvas.label(tick.label(), x, bottom + 22, 0.5, Font.PLAIN, 14);
        }
        canvas.line(Canvas.TEXT, left, top, left, bottom);
        canvas.line(Canvas.TEXT, left, bottom, right, bottom);
        canvas.label(title, left, top - 26, 0, Font.BOLD, 19);
        canvas.label(acrossName, (left + right) / 2.0, bottom + 50, 0.5, Font.PLAIN, 15);
        canvas.upright(upName, left - 64, (top + bottom) / 2.0);
    }

    double x(double value) {
        return left + (right - left) * across.share(value);
    }

    double y(double value) {
        return bottom - (bottom - top) * up.share(value);
    }
}
