package io.elbo4j.train.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The orientation that a camera wrote beside the pixels: tag 0x112 of the first directory of EXIF. */
final class ExifOrientation {
    static final int UPRIGHT = 1;
    private static final int TAG = 0x112;
    private static final int SHORT = 3;
    private static final int ENTRY = 12;

    private ExifOrientation() {}

    /** What the TIFF structure in {@code bytes} says, {@link #UPRIGHT} if it says nothing or is damaged. */
    static int of(byte[] bytes, int offset, int length) {
        if (length < 8) {
            return UPRIGHT;
        }
        ByteBuffer tiff = ByteBuffer.wrap(bytes, offset, length).slice();
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        long directory = Integer.toUnsignedLong(tiff.getInt(4));
        if (tiff.getShort(2) != 42 || directory + 2 > length) {
            return UPRIGHT;
        }
        int entries = Short.toUnsignedInt(tiff.getShort((int) directory));
        for (int i = 0; i < entries; i++) {
            int entry = (int) directory + 2 + i * ENTRY;
            if (entry > length - ENTRY) {
                return UPRIGHT;
            }
            if (tiff.getShort(entry) == TAG && tiff.getShort(entry + 2) == SHORT) {
                int value = tiff.getShort(entry + 8);
                return value >= 1 && value <= 8 ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }
}
