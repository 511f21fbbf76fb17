package io.elbo4j.train.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/**
 * Reads a folder of PNG and JPEG files, sorted by file name; other files and folders in it are
 * left aside. All images must have one size. The data set is grey when every image is (each pixel's
 * red, green and blue equal), otherwise RGB; 8 bits a channel, scaled to value/255f.
 */
public final class ImageFolder {
    private ImageFolder() {}

    /** 8-bit pixels, one channel or three. */
    private record Picture(String file, int height, int width, int channels, byte[] pixels) {
        String size() {
            return height + " x " + width;
        }
    }

    /** @throws DataException naming the folder or the file, what is wrong and what was expected */
    public static Images read(Path folder) {
        List<Path> files = files(folder);
        Picture[] pictures = new Picture[files.size()];
        int channels = 1;
        for (int i = 0; i < pictures.length; i++) {
            pictures[i] = picture(files.get(i));
            channels = Math.max(channels, pictures[i].channels());
            if (!pictures[i].size().equals(pictures[0].size())) {
                throw new DataException(
                        String.format("%s: %s is %s pixels but %s is %s (height x width), expected one size", folder,
                                pictures[0].file(), pictures[0].size(), pictures[i].file(), pictures[i].size()));
            }
        }
        int height = pictures[0].height();
        int width = pictures[0].width();
        String name = folder.toString();
        float[] values = Images.allocate(name, pictures.length, height, width, channels);
        int next = 0;
        for (Picture picture : pictures) {
            int copies = channels / picture.channels();
            for (byte pixel : picture.pixels()) {
                for (int copy = 0; copy < copies; copy++) {
                    values[next++] = (pixel & 255) / 255f;
                }
            }
        }
        return new Images(name, pictures.length, height, width, channels, values);
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + (Files.exists(folder) ? ": is not a directory" : ": no such directory")
                    + ", expected a folder of PNG or JPEG files");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = entries
                    .filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g)"))
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
            if (files.isEmpty()) {
                throw new DataException(
                        folder + ": holds no file ending in .png, .jpg or .jpeg, expected at least one");
            }
            return files;
        } catch (IOException e) {
            throw new DataException(folder + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Picture picture(Path file) {
        BufferedImage image;
        try {
            image = ImageIO.read(file.toFile());
        } catch (IOException | RuntimeException e) {
            // The decoders answer some damaged files with unchecked exceptions.
            throw new DataException(
                    file + ": cannot be decoded (" + e.getMessage() + "), expected a PNG or JPEG file", e);
        }
        if (image == null) {
            throw new DataException(file + ": is neither PNG nor JPEG inside, expected one of them");
        }
        boolean grey = image.getRaster().getNumBands() == 1 && !(image.getColorModel() instanceof IndexColorModel);
        String name = file.getFileName().toString();
        return grey ? greyPicture(name, image) : colourPicture(file, name, image);
    }

    /** Takes the samples themselves: BufferedImage.getRGB would apply a gamma curve to grey ones. */
    private static Picture greyPicture(String name, BufferedImage image) {
        Raster raster = image.getRaster();
        int height = image.getHeight();
        int width = image.getWidth();
        int max = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
        byte[] pixels = new byte[height * width];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((raster.getSample(i % width, i / width, 0) * 255L + max / 2) / max);
        }
        return new Picture(name, height, width, 1, pixels);
    }

    private static Picture colourPicture(Path file, String name, BufferedImage image) {
        int height = image.getHeight();
        int width = image.getWidth();
        byte[] rgb = new byte[3 * height * width];
        byte[] grey = new byte[height * width];
        boolean isGrey = true;
        for (int i = 0; i < grey.length; i++) {
            int argb = image.getRGB(i % width, i / width);
            if (argb >>> 24 != 255) {
                throw new DataException(file + ": has transparent pixels, expected an opaque image: flatten it first");
            }
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) (argb >> 16 - 8 * c);
            }
            grey[i] = rgb[3 * i];
            isGrey &= rgb[3 * i] == rgb[3 * i + 1] && rgb[3 * i] == rgb[3 * i + 2];
        }
        return isGrey ? new Picture(name, height, width, 1, grey) : new Picture(name, height, width, 3, rgb);
    }
}
