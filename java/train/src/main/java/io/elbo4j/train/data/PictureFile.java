package io.elbo4j.train.data;

/** A PNG or JPEG file in memory, whose structure is read and checked and whose pixels are not yet decoded. */
sealed interface PictureFile permits PngFile, JpegFile {
    int height();

    int width();

    /** Bits a pixel takes as the format stores it, uncompressed. */
    int bitsPerPixel();

    /** Bytes that the pixels are made of; at most those of the file. */
    long compressed();

    /** As EXIF counts: 1 is upright, 2 to 8 are turned or mirrored. */
    int orientation();

    /** @throws DataException if the pixels are damaged or not opaque */
    Picture decode();

    default String size() {
        return height() + " x " + width();
    }
}
