package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a PNG file (ISO/IEC 15948). Samples are taken as stored: gamma, colour profile, background and
 * significant bits are left aside. Checksums are checked for all that makes the pixels.
 *
 * @param palette red, green, blue of each entry; null unless the file has colours by number
 * @param transparency the contents of the chunk tRNS, null without one
 * @param data where the first chunk IDAT begins
 * @param compressed bytes in all chunks IDAT
 */
record PngFile(String name, byte[] bytes, int height, int width, int depth, int type, boolean interlaced,
        byte @Nullable [] palette, byte @Nullable [] transparency, int data, long compressed,
        int orientation) implements PictureFile {
    private static final int GREY = 0;
    private static final int RGB = 2;
    private static final int PALETTE = 3;
    private static final int GREY_ALPHA = 4;
    private static final int RGB_ALPHA = 6;

    private static final int IHDR = 0x49484452;
    private static final int PLTE = 0x504c5445;
    static final int IDAT = 0x49444154;
    static final int IEND = 0x49454e44;
    private static final int TRNS = 0x74524e53;
    private static final int EXIF = 0x65584966;

    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int SIGNATURE_BYTES = SIGNATURE.length;
    private static final int HEADER_BYTES = 13;
    /** Length and type before a chunk's contents, and the checksum behind. */
    static final int BEFORE = 8;
    static final int AROUND = 12;
    /** Bit 5 of the first letter: the chunk may be left aside by whoever does not know it. */
    private static final int ANCILLARY = 1 << 29;

    static PngFile open(String name, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte[] palette = null;
        byte[] transparency = null;
        int data = -1;
        long compressed = 0;
        int orientation = ExifOrientation.UPRIGHT;
        int at = SIGNATURE_BYTES;
        for (int type = 0; type != IEND;) {
            if (bytes.length - at < AROUND) {
                throw Pictures.damaged(name, "the file ends before the picture does");
            }
            int length = in.getInt(at);
            type = in.getInt(at + 4);
            if (length < 0 || length > bytes.length - at - AROUND) {
                throw Pictures.damaged(name, "the file ends inside chunk " + quoted(type));
            }
            int contents = at + BEFORE;
            if ((type == IHDR) != (at == SIGNATURE_BYTES)) {
                throw Pictures.damaged(name, "its header is not the first chunk, or not the only one");
            }
            switch (type) {
                case IHDR -> check(length == HEADER_BYTES, name, "its header holds " + length + " bytes");
                case PLTE -> palette = Arrays.copyOfRange(bytes, contents, contents + length);
                case TRNS -> transparency = Arrays.copyOfRange(bytes, contents, contents + length);
                case IDAT -> {
                    data = data < 0 ? at : data;
                    compressed += length;
                }
                case EXIF -> orientation = ExifOrientation.of(bytes, contents, length);
                case IEND -> {}
                default -> check((type & ANCILLARY) != 0, name,
                        "it needs a chunk " + quoted(type) + ", which the PNG standard does not have");
            }
            if ((type & ANCILLARY) == 0 || type == TRNS) {
                CRC32 checksum = new CRC32();
                checksum.update(bytes, at + 4, length + 4);
                check((int) checksum.getValue() == in.getInt(contents + length), name,
                        "wrong checksum of chunk " + quoted(type));
            }
            at += length + AROUND;
        }
        check(data >= 0, name, "it has no pixels");
        return header(name, bytes, palette, transparency, data, compressed, orientation);
    }

    private static PngFile header(String name, byte[] bytes, byte @Nullable [] palette, byte @Nullable [] transparency,
            int data, long compressed, int orientation) {
        ByteBuffer header = ByteBuffer.wrap(bytes, SIGNATURE_BYTES + BEFORE, HEADER_BYTES);
        int width = header.getInt();
        int height = header.getInt();
        int depth = header.get();
        int type = header.get();
        check(width > 0 && height > 0, name, "its header says " + Integer.toUnsignedString(height) + " x "
                + Integer.toUnsignedString(width) + " pixels, height x width");
        check(known(type, depth), name, "its header says colour type " + type + " of " + depth + " bits");
        int compression = header.get();
        int filter = header.get();
        int interlace = header.get();
        check(compression == 0 && filter == 0 && (interlace == 0 || interlace == 1), name,
                "its header says compression " + compression + ", filter " + filter + ", interlace " + interlace);
        if (type == PALETTE) {
            check(palette != null && palette.length > 0 && palette.length % 3 == 0 && palette.length <= 3 * 256, name,
                    "its palette has " + (palette == null ? 0 : palette.length) + " bytes");
        }
        if (type == GREY_ALPHA || type == RGB_ALPHA) {
            transparency = null;
        } else if (transparency != null && type != PALETTE) {
            check(transparency.length == (type == GREY ? 2 : 6), name,
                    "its chunk 'tRNS' has " + transparency.length + " bytes");
        }
        return new PngFile(name, bytes, height, width, depth, type, interlace == 1, type == PALETTE ? palette : null,
                transparency, data, compressed, orientation);
    }

    private static boolean known(int type, int depth) {
        return switch (type) {
            case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
            case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
            case RGB, GREY_ALPHA, RGB_ALPHA -> depth == 8 || depth == 16;
            default -> false;
        };
    }

    /** Samples a pixel has in the file. */
    int samples() {
        return switch (type) {
            case RGB -> 3;
            case GREY_ALPHA -> 2;
            case RGB_ALPHA -> 4;
            default -> 1;
        };
    }

    @Override
    public int bitsPerPixel() {
        return samples() * depth;
    }

    @Override
    public Picture decode() {
        return new PngPixels(this).decode();
    }

    private static void check(boolean good, String name, String what) {
        if (!good) {
            throw Pictures.damaged(name, what);
        }
    }

    private static String quoted(int type) {
        return Quoted.of(new String(ByteBuffer.allocate(4).putInt(type).array(), StandardCharsets.ISO_8859_1));
    }
}
