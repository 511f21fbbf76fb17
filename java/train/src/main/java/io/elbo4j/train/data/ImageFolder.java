package io.elbo4j.train.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Reads a folder of PNG and JPEG files, sorted by file name; other files and folders in it are
 * left aside. All images must have one size. The data set is grey when every image is (each pixel's
 * red, green and blue equal), otherwise RGB; 8 bits a channel, scaled to value/255f.
 */
public final class ImageFolder {
    private ImageFolder() {}

    /** 8-bit pixels, one channel or three, without the alpha channel that the file may have. */
    private record Picture(String file, int height, int width, int channels, boolean alpha, byte[] pixels) {
        String size() {
            return height + " x " + width;
        }
    }

    /** @throws DataException naming the folder or the file, what is wrong and what was expected */
    public static Images read(Path folder) {
        return read(folder, new ArrayList<>());
    }

    /** @param notes is told what of the folder does not show in the images */
    static Images read(Path folder, List<String> notes) {
        List<Path> files = files(folder, notes);
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
        long opaque = Arrays.stream(pictures).filter(Picture::alpha).count();
        if (opaque > 0) {
            notes.add(folder + ": left out the alpha channel of " + opaque + " of " + pictures.length
                    + " images: it is opaque all over");
        }
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

    private static List<Path> files(Path folder, List<String> notes) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + (Files.exists(folder) ? ": is not a directory" : ": no such directory")
                    + ", expected a folder of PNG or JPEG files");
        }
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> all = entries.toList();
            List<Path> files = all.stream()
                    .filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g)"))
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
            if (files.isEmpty()) {
                throw new DataException(
                        folder + ": holds no file ending in .png, .jpg or .jpeg, expected at least one");
            }
            if (files.size() < all.size()) {
                notes.add(folder + ": left aside " + (all.size() - files.size()) + " of " + all.size()
                        + " entries: no files ending in .png, .jpg or .jpeg");
            }
            return files;
        } catch (IOException e) {
            throw new DataException(folder + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    private static Picture picture(Path file) {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read: " + DataException.reason(e), e);
        }
        BufferedImage image;
        try {
            image = decode(file, bytes);
        } catch (IOException | RuntimeException e) {
            if (e instanceof DataException) {
                throw (DataException) e;
            }
            // The decoders answer some damaged files with unchecked exceptions.
            throw new DataException(
                    file + ": cannot be decoded (" + e.getMessage() + "), expected a PNG or JPEG file", e);
        }
        boolean grey = image.getRaster().getNumBands() == 1 && !(image.getColorModel() instanceof IndexColorModel);
        String name = file.getFileName().toString();
        return grey ? greyPicture(name, image) : colourPicture(file, name, image);
    }

    /** As ImageIO.read, which decodes the missing part of a damaged JPEG file to grey and keeps that to itself. */
    private static BufferedImage decode(Path file, byte[] bytes) throws IOException {
        ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        if (!readers.hasNext()) {
            throw new DataException(file + ": is neither PNG nor JPEG inside, expected one of them");
        }
        ImageReader reader = readers.next();
        List<String> damage = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (warning.startsWith("Truncated File") || warning.startsWith("Corrupt JPEG data")) {
                damage.add(warning);
            }
        });
        try {
            reader.setInput(in, true, true);
            BufferedImage image = reader.read(0);
            if (!damage.isEmpty()) {
                throw new DataException(file + ": is truncated or damaged (" + damage.get(0)
                        + "), expected a whole JPEG file");
            }
            return image;
        } finally {
            reader.dispose();
        }
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
        return new Picture(name, height, width, 1, false, pixels);
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
        boolean alpha = image.getColorModel().hasAlpha();
        return isGrey ? new Picture(name, height, width, 1, alpha, grey)
                : new Picture(name, height, width, 3, alpha, rgb);
    }
}
