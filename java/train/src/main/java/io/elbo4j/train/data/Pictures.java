package io.elbo4j.train.data;

import java.util.Arrays;
import java.util.Optional;

/** PNG and JPEG files, told from their content, with what bounds the memory and time they may take. */
final class Pictures {
    /** Deflate shrinks at most 1,032-fold, and only what is blank: what claims more than this is no picture. */
    private static final long MOST_GROWTH = 1032;

    /** A side, as for libpng: a row must be in memory before it is known whether it is damaged. */
    private static final int MOST_PIXELS = 1_000_000;

    private Pictures() {}

    /**
     * Reads what comes before the pixels.
     *
     * @param name of the file, for error messages
     * @throws DataException if it is no PNG or JPEG file, is of a kind that is not read, is damaged, has more than
     *     1,000,000 pixels a side, or its pixels would grow more than 1,032-fold: in the bits that the format has for
     *     them, from the contents of all chunks IDAT of a PNG file, or from the whole of a JPEG file
     */
    static PictureFile open(String name, byte[] bytes) {
        PictureFile file;
        if (begins(bytes, PngFile.SIGNATURE)) {
            file = PngFile.open(name, bytes);
        } else if (begins(bytes, JpegFile.SIGNATURE)) {
            file = JpegFile.open(name, bytes);
        } else {
            throw new DataException(name + ": " + neither(bytes));
        }
        // Divided, because the sizes come from the file and their product may overflow even a long.
        long row = ((long) file.width() * file.bitsPerPixel() + 7) / 8;
        if (row > MOST_GROWTH * file.compressed() / file.height()) {
            throw new DataException(String.format(
                    "%s: the pixels of a picture of %s (height x width) are more than 1,032 times the %d bytes that"
                            + " they are compressed to, expected at most that",
                    name, file.size(), file.compressed()));
        }
        if (Math.max(file.height(), file.width()) > MOST_PIXELS) {
            throw new DataException(name + ": is a picture of " + file.size()
                    + " (height x width), expected at most 1,000,000 pixels a side");
        }
        return file;
    }

    /** The picture in a file; whatever the bytes are, nothing but a {@link DataException} comes of them. */
    static Picture decode(String name, byte[] bytes) {
        return open(name, bytes).decode();
    }

    private static boolean begins(byte[] bytes, byte[] signature) {
        return bytes.length >= signature.length
                && Arrays.equals(bytes, 0, signature.length, signature, 0, signature.length);
    }

    /** What a file is instead of a picture that is read. */
    private static String neither(byte[] bytes) {
        if (bytes.length == 0) {
            return "is empty, expected a PNG or JPEG file";
        }
        return FileKind.of(bytes).or(() -> wbmp(bytes) ? Optional.of("a WBMP picture") : Optional.empty())
                .map(kind -> "is " + kind + ", expected a PNG or JPEG file")
                .orElse("is neither PNG nor JPEG inside, expected one of them");
    }

    /** Two bytes of zeros, width and height in 7 bits a byte, one bit a pixel, nothing else: no first bytes tell. */
    private static boolean wbmp(byte[] bytes) {
        if (bytes.length < 4 || bytes[0] != 0 || bytes[1] != 0) {
            return false;
        }
        long[] sizes = {0, 0};
        int at = 2;
        for (int i = 0; i < 2; i++) {
            boolean more = true;
            while (more) {
                if (at == bytes.length || sizes[i] > Short.MAX_VALUE) {
                    return false;
                }
                more = bytes[at] < 0;
                sizes[i] = sizes[i] << 7 | bytes[at++] & 127;
            }
        }
        return sizes[0] > 0 && sizes[1] > 0 && bytes.length - at == (sizes[0] + 7) / 8 * sizes[1];
    }

    static DataException damaged(String name, String what) {
        return new DataException(name + ": cannot be decoded (" + what + "), expected a PNG or JPEG file");
    }
}
