package io.elbo4j.train.data;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Reads a folder of PNG and JPEG files, in the order of their names; other files, names that begin with a dot and
 * folders in it are left aside. All images must have one size. The data set is grey when every image is (each pixel's
 * red, green and blue the same sample), otherwise RGB.
 *
 * <p>A value is sample/(2^depth - 1) as a float, of the samples as they are stored: no gamma, no colour profile, no
 * orientation is applied. So 8 bits give value/255f, 16 bits keep their precision, and a palette gives its colours.
 * Pixels of JPEG files are those of the JDK's libjpeg; baseline and progressive ones are read, grey, RGB and YCbCr.
 * Transparency must be opaque for every pixel. A picture has at most 1,000,000 pixels a side. Its pixels as the format
 * stores them may take 1,032 times the bytes that they are compressed to: the contents of a PNG file's chunks IDAT, the
 * whole of a JPEG file. A value takes four bytes; a damaged PNG file takes at most 8 times its bytes and 64 MB.
 *
 * <p>Names are ordered by their bytes, whatever the locale; on Windows by their UTF-16 units.
 */
public final class ImageFolder {
    /** A name as a string is lossy under a locale that cannot decode it; a path keeps the bytes and compares them. */
    static final Comparator<Path> ORDER =
            File.separatorChar == '/' ? Comparator.naturalOrder() : Comparator.comparing(Path::toString);
    private static final long LARGEST_FILE = Integer.MAX_VALUE - 8;

    private ImageFolder() {}

    /** @throws DataException naming the folder or the file, what is wrong and what was expected */
    public static Images read(Path folder) {
        return read(folder, ReadProgress.NONE);
    }

    /**
     * As {@link #read(Path)}.
     *
     * @param progress is told of files
     */
    public static Images read(Path folder, ReadProgress progress) {
        return read(folder, new ArrayList<>(), progress);
    }

    /** @param notes is told what of the folder does not show in the images */
    static Images read(Path folder, List<String> notes, ReadProgress progress) {
        return read(folder, files(folder, notes), notes, progress);
    }

    /** These files of a folder or of those in it. */
    static Images read(Path folder, List<Path> files, List<String> notes, ReadProgress progress) {
        try {
            return images(folder, files, notes, progress);
        } catch (OutOfMemoryError e) {
            throw new DataException(String.format(
                    "%s: its %d images need more Java heap than is free of %d MB: start java with a larger -Xmx",
                    folder, files.size(), Runtime.getRuntime().maxMemory() >> 20), e);
        }
    }

    private static Images images(Path folder, List<Path> files, List<String> notes, ReadProgress progress) {
        String name = folder.toString();
        int count = files.size();
        PictureFile first = open(files.get(0));
        int height = first.height();
        int width = first.width();
        Images.length(name, count, height, width, 1);
        int channels = 0;
        float[] values = {};
        int alpha = 0;
        int turned = 0;
        for (int i = 0; i < count; i++) {
            PictureFile file = i == 0 ? first : open(files.get(i));
            if (file.height() != height || file.width() != width) {
                throw new DataException(
                        String.format("%s: %s is %s pixels but %s is %s (height x width), expected one size", folder,
                                files.get(0).getFileName(), first.size(), files.get(i).getFileName(), file.size()));
            }
            Picture picture = file.decode();
            if (picture.channels() > channels) {
                float[] wider = Images.allocate(name, count, height, width, picture.channels());
                copy(values, channels, i * height * width, wider, picture.channels(), 0);
                values = wider;
                channels = picture.channels();
            }
            copy(picture.values(), picture.channels(), height * width, values, channels, i * height * width);
            alpha += picture.alpha() ? 1 : 0;
            turned += file.orientation() == ExifOrientation.UPRIGHT ? 0 : 1;
            progress.at(i + 1L, count);
        }
        if (alpha > 0) {
            notes.add(folder + ": left out the alpha channel of " + alpha + " of " + count
                    + " images: it is opaque all over");
        }
        if (turned > 0) {
            notes.add(folder + ": took the pixels of " + turned + " of " + count
                    + " images as stored: their EXIF orientation, turned or mirrored, is not applied");
        }
        return new Images(name, count, height, width, channels, values);
    }

    /** Copies pixels from the first on to pixel {@code at} on; grey ones become as many equal samples as are asked. */
    private static void copy(float[] from, int fromChannels, int pixels, float[] to, int toChannels, int at) {
        if (fromChannels == toChannels) {
            System.arraycopy(from, 0, to, at * toChannels, pixels * toChannels);
            return;
        }
        for (int pixel = 0; pixel < pixels; pixel++) {
            int target = (at + pixel) * toChannels;
            Arrays.fill(to, target, target + toChannels, from[pixel]);
        }
    }

    /** @param notes is told what is left aside */
    static List<Path> files(Path folder, List<String> notes) {
        if (!Files.isDirectory(folder)) {
            throw new DataException(folder + (Files.exists(folder) ? ": is not a directory" : ": no such directory")
                    + ", expected a folder of PNG or JPEG files");
        }
        List<Path> all;
        try (Stream<Path> entries = Files.list(folder)) {
            all = entries.toList();
        } catch (UncheckedIOException e) {
            throw unreadable(folder, e.getCause());
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        List<Path> shown = all.stream().filter(file -> !file.getFileName().toString().startsWith(".")).toList();
        List<Path> files = shown.stream()
                .filter(file -> file.getFileName().toString().toLowerCase(Locale.ROOT).matches("(?s).*\\.(png|jpe?g)"))
                .filter(Files::isRegularFile)
                .sorted(ORDER)
                .toList();
        if (files.isEmpty()) {
            int hidden = all.size() - shown.size();
            throw new DataException(folder + ": holds no file ending in .png, .jpg or .jpeg, expected at least one"
                    + (hidden == 0 ? "" : "; " + hidden + " of " + all.size()
                            + " entries were left aside: their names begin with a dot"));
        }
        if (shown.size() < all.size()) {
            notes.add(folder + ": left aside " + (all.size() - shown.size()) + " of " + all.size()
                    + " entries: their names begin with a dot");
        }
        if (files.size() < shown.size()) {
            notes.add(folder + ": left aside " + (shown.size() - files.size()) + " of " + all.size()
                    + " entries: no files ending in .png, .jpg or .jpeg");
        }
        return files;
    }

    private static PictureFile open(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST_FILE) {
                throw new DataException(
                        file + ": holds " + size + " bytes, expected a PNG or JPEG file of at most " + LARGEST_FILE);
            }
            return Pictures.open(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static DataException unreadable(Path file, IOException e) {
        return new DataException(file + ": cannot be read: " + DataException.reason(e), e);
    }
}
