package io.elbo4j.train.picture;

import java.awt.Font;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;

/**
 * Scenes one after the other as a PNG, in rows, each with a line of text below.
 *
 * @param title above the picture
 * @param across scenes of a row, at least 1
 */
public record Strip(String title, int across) {
    private static final int SIDE = 150;
    private static final int BELOW = 24;
    private static final int GAP = 10;
    private static final int TOP = 44;

    /** One of them. */
    public record Frame(String caption, Scene scene) {}

    public Strip {
        io.elbo4j.ArgumentException.require(across >= 1, "across", "at least 1", across);
    }

    /**
     * Writes the picture atomically. Without fonts it has no text.
     *
     * @throws io.elbo4j.train.data.DataException if the file cannot be written
     */
    public void write(Path file, List<Frame> frames) {
        Canvas.write(file, width(), height(frames), canvas -> paint(canvas, frames));
    }

    BufferedImage draw(List<Frame> frames, boolean text) {
        return Canvas.draw(width(), height(frames), text, canvas -> paint(canvas, frames));
    }

    private int width() {
        return GAP + across * (SIDE + GAP);
    }

    private int height(List<Frame> frames) {
        return TOP + (frames.size() + across - 1) / across * (SIDE + BELOW + GAP);
    }

    private void paint(Canvas canvas, List<Frame> frames) {
        canvas.label(title, GAP, TOP - 18, 0, Font.BOLD, 15);
        for (int i = 0; i < frames.size(); i++) {
            double left = GAP + i % across * (SIDE + GAP);
            double top = TOP + i / across * (SIDE + BELOW + GAP);
            canvas.line(Canvas.GRID, left, top, left + SIDE, top);
            canvas.line(Canvas.GRID, left, top + SIDE, left + SIDE, top + SIDE);
            canvas.line(Canvas.GRID, left, top, left, top + SIDE);
            canvas.line(Canvas.GRID, left + SIDE, top, left + SIDE, top + SIDE);
            frames.get(i).scene().paint(canvas, left, top, SIDE);
            canvas.label(frames.get(i).caption(), left + SIDE / 2.0, top + SIDE + 17, 0.5, Font.PLAIN, 12);
        }
    }
}
