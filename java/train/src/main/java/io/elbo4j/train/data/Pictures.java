package io.elbo4j.train.data;

/** PNG and JPEG files, told from their content, with what bounds the memory and time they may take. */
final class Pictures {
    /** Deflate shrinks at most 1,032-fold, and only what is blank: what claims more than this is no picture. */
    private static final long MOST_GROWTH = 1000;

    private Pictures() {}

    /**
     * Reads what comes before the pixels.
     *
     * @param name of the file, for error messages
     * @throws DataException if it is no PNG or JPEG file, is of a kind that is not read, is damaged, or would grow more
     *     than 1,000-fold when decoded
     */
    static PictureFile open(String name, byte[] bytes) {
        PictureFile file = switch (FileKind.of(bytes)) {
            case PNG -> PngFile.open(name, bytes);
            case JPEG -> JpegFile.open(name, bytes);
            case OTHER -> throw new DataException(name + ": " + FileKind.describe(bytes));
        };
        // Divided, because the sizes come from the file and their product may overflow even a long.
        long row = ((long) file.width() * file.bitsPerPixel() + 7) / 8;
        if (row > MOST_GROWTH * bytes.length / file.height()) {
            throw new DataException(String.format(
                    "%s: the pixels of a picture of %s (height x width) are more than 1,000 times the file's %d bytes,"
                            + " expected at most that",
                    name, file.size(), bytes.length));
        }
        return file;
    }

    /** The picture in a file; whatever the bytes are, nothing but a {@link DataException} comes of them. */
    static Picture decode(String name, byte[] bytes) {
        return open(name, bytes).decode();
    }

    static DataException damaged(String name, String what) {
        return new DataException(name + ": cannot be decoded (" + what + "), expected a PNG or JPEG file");
    }
}
