package io.elbo4j.train.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The segments of a JPEG file (ITU-T T.81): baseline or progressive, 8 bits, grey or three components that are YCbCr or
 * RGB by libjpeg's rules. What goes to the decoder is the file without all that does not make the pixels, above all
 * without a colour profile, which the JDK would convert by, and with one marker that says how colours are coded, where
 * the JDK has other rules than libjpeg.
 */
final class JpegFile implements PictureFile {
    static final byte[] SIGNATURE = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int ARITHMETIC_TABLES = 0xcc;
    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int QUANTISATION_TABLES = 0xdb;
    private static final int RESTART_INTERVAL = 0xdd;
    private static final int HIERARCHY = 0xde;
    private static final int APP0 = 0xe0;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;
    /** Every scan goes over the whole picture; encoders write about ten, and a blank picture shrinks 1,000-fold. */
    private static final int MOST_WORK = 10_000;

    /** The start of the image, and Adobe's marker with the coding of colours in its last byte. */
    private static final byte[] START = {
            -1, (byte) 0xd8, -1, (byte) APP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, 0};

    private final String name;
    private final byte[] bytes;
    private final byte[] pixels;
    private int height;
    private int width;
    /** The identifiers of the components, a character each. */
    private String components = "";
    private int scans;
    private boolean jfif;
    /** What Adobe's marker says of the colours; -1 without one. */
    private int transform = -1;
    private int orientation = ExifOrientation.UPRIGHT;

    private JpegFile(String name, byte[] bytes) {
        this.name = name;
        this.bytes = bytes;
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        kept.writeBytes(START);
        int at = 2;
        while (true) {
            // Without an end the decoder says what it missed.
            int marker = at == bytes.length && scans > 0 ? END_OF_IMAGE : marker(at);
            if (marker == END_OF_IMAGE) {
                break;
            }
            if (marker == 0xff) {
                at++;
                continue;
            }
            int end = marker == 1 || marker >= 0xd0 && marker <= 0xd7 ? at + 2 : segment(marker, at + 2);
            if (marker == START_OF_SCAN) {
                end = data(end);
            }
            if (kept(marker)) {
                kept.write(bytes, at, end - at);
            }
            at = end;
        }
        kept.write(bytes, at, Math.min(2, bytes.length - at));
        check(scans > 0, "it has no pixels");
        pixels = kept.toByteArray();
        pixels[START.length - 1] = (byte) (yCbCr() ? 1 : 0);
    }

    static JpegFile open(String name, byte[] bytes) {
        return new JpegFile(name, bytes);
    }

    private static boolean kept(int marker) {
        return marker >= 0xc0 && marker <= HUFFMAN_TABLES || marker == START_OF_SCAN || marker == QUANTISATION_TABLES
                || marker == RESTART_INTERVAL;
    }

    private int marker(int at) {
        check(bytes.length - at >= 2, "the file ends before the picture does");
        check(bytes[at] == -1, "no marker at byte " + at);
        return bytes[at + 1] & 255;
    }

    /** @return where the segment ends whose length is at {@code at} */
    private int segment(int marker, int at) {
        check(bytes.length - at >= 2, "the file ends before the picture does");
        int length = number(at);
        check(length >= 2 && length <= bytes.length - at, "the file ends inside a segment");
        int contents = at + 2;
        int size = length - 2;
        switch (marker) {
            case 0xc0, 0xc1, 0xc2 -> frame(contents, size);
            case 0xc3, 0xc7, 0xcb, 0xcf -> throw unread("a lossless JPEG", "baseline or progressive");
            case 0xc5, 0xc6, HIERARCHY -> throw unread("a hierarchical JPEG", "baseline or progressive");
            case 0xc9, 0xca, 0xcd, 0xce, ARITHMETIC_TABLES ->
                throw unread("a JPEG with arithmetic coding", "Huffman coding");
            case START_OF_SCAN -> {
                check(height > 0, "pixels before the header");
                scans++;
            }
            case APP0 -> jfif |= scans == 0 && starts("JFIF\0", contents, size, 14);
            case APP1 -> {
                if (starts("Exif\0", contents, size, 6)) {
                    orientation = ExifOrientation.of(bytes, contents + 6, size - 6);
                }
            }
            case APP14 -> {
                if (scans == 0 && starts("Adobe", contents, size, 12)) {
                    transform = bytes[contents + 11] & 255;
                }
            }
            default -> check(marker >= HUFFMAN_TABLES && marker != 0xd8, "marker " + marker);
        }
        return at + length;
    }

    /** @return the position of the first marker from {@code at} on that is not part of the compressed data */
    private int data(int at) {
        for (; at < bytes.length - 1; at++) {
            int next = bytes[at + 1] & 255;
            if (bytes[at] == -1 && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7)) {
                return at;
            }
        }
        return bytes.length;
    }

    private void frame(int at, int size) {
        check(height == 0, "more than one header");
        check(size >= 6 && size == 6 + 3 * (bytes[at + 5] & 255), "its header holds " + size + " bytes");
        if (bytes[at] != 8) {
            throw unread("a JPEG of " + (bytes[at] & 255) + " bits a sample", "8 bits");
        }
        height = number(at + 1);
        width = number(at + 3);
        check(height > 0 && width > 0, "its header says " + height + " x " + width + " pixels, height x width");
        StringBuilder ids = new StringBuilder();
        for (int component = at + 6; component < at + size; component += 3) {
            ids.append((char) (bytes[component] & 255));
        }
        components = ids.toString();
    }

    /** How libjpeg tells YCbCr from RGB. */
    private boolean yCbCr() {
        switch (components.length()) {
            case 1, 3 -> {}
            case 4 -> throw unread(transform > 0 ? "a YCCK JPEG" : "a CMYK JPEG", "grey or RGB: convert it first");
            default -> throw unread("a JPEG of " + components.length() + " components", "1 (grey) or 3 (RGB)");
        }
        return jfif || (transform < 0 ? !components.equals("RGB") : transform > 0);
    }

    private boolean starts(String text, int at, int size, int least) {
        return size >= least
                && text.equals(new String(bytes, at, text.length(), StandardCharsets.ISO_8859_1));
    }

    private int number(int at) {
        return (bytes[at] & 255) << 8 | bytes[at + 1] & 255;
    }

    private void check(boolean good, String what) {
        if (!good) {
            throw Pictures.damaged(name, what);
        }
    }

    private DataException unread(String what, String expected) {
        return new DataException(name + ": is " + what + ", expected " + expected);
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public int width() {
        return width;
    }

    @Override
    public long compressed() {
        return bytes.length;
    }

    @Override
    public int bitsPerPixel() {
        return 8 * components.length();
    }

    @Override
    public int orientation() {
        return orientation;
    }

    @Override
    public Picture decode() {
        check((long) height * width * components.length() * scans <= MOST_WORK * (long) bytes.length,
                scans + " scans of " + height + " x " + width + " pixels, height x width");
        return JpegPixels.decode(name, height, width, components.length(), pixels);
    }
}
