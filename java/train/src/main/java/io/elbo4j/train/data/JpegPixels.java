package io.elbo4j.train.data;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** The JDK's JPEG decoder, libjpeg. */
final class JpegPixels {
    private JpegPixels() {}

    static Picture decode(String name, int height, int width, int channels, byte[] jpeg) {
        Raster raster = raster(name, jpeg);
        float[] values = Images.allocate(name, 1, height, width, channels);
        int[] row = new int[width * channels];
        int next = 0;
        for (int y = 0; y < height; y++) {
            for (int sample : raster.getPixels(0, y, width, 1, row)) {
                values[next++] = sample / 255f;
            }
        }
        return Picture.of(height, width, channels, false, values);
    }

    private static Raster raster(String name, byte[] jpeg) {
        ImageReader reader = reader();
        List<String> damage = new ArrayList<>();
        // What is missing is decoded to grey, and the decoder keeps that to itself, but for a warning.
        reader.addIIOReadWarningListener((source, warning) -> {
            if (damage.isEmpty() && !warning.startsWith("Invalid SOS parameters")) {
                damage.add(warning);
            }
        });
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg)), true, true);
            Raster raster = reader.read(0).getRaster();
            if (damage.isEmpty()) {
                return raster;
            }
        } catch (IOException | RuntimeException e) {
            // The decoder answers some damaged files with unchecked exceptions.
            throw Pictures.damaged(name, e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            reader.dispose();
        }
        throw new DataException(name + ": is truncated or damaged (" + damage.get(0) + "), expected a whole JPEG file");
    }

    /** The JDK's own: one that a library on the class path brings may convert colours. */
    private static ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getModule() == ImageIO.class.getModule()) {
                return reader;
            }
        }
        throw new IllegalStateException("this Java has no JPEG decoder");
    }
}
