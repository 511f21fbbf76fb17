package io.elbo4j.train.data;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What a file is, by its first bytes, whatever its name says. */
enum FileKind {
    PNG, JPEG, OTHER;

    private static final String PNG_SIGNATURE = "\u0089PNG\r\n\u001a\n";
    /** The longest start that is looked at. */
    private static final int HEAD = 64;

    /** First bytes as Latin-1, and what they are of; the first line that fits holds. */
    private static final String[][] OTHERS = {
        {"\u0089PNG", "a PNG file damaged on its way (line ends were converted)"},
        {"GIF8", "a GIF picture"},
        {"BM", "a BMP picture"},
        {"II*\0", "a TIFF picture"},
        {"MM\0*", "a TIFF picture"},
        {"II+\0", "a TIFF picture"},
        {"MM\0+", "a TIFF picture"},
        {"\0\0\1\0", "an icon (ICO)"},
        {"\0\0\0\fjP  ", "a JPEG 2000 picture"},
        {"\u00ff\u004f\u00ff\u0051", "a JPEG 2000 picture"},
        {"\0\0\0\fJXL ", "a JPEG XL picture"},
        {"\u00ff\n", "a JPEG XL picture"},
        {"8BPS", "a Photoshop picture"},
        {"qoif", "a QOI picture"},
        {"v/1\1", "an OpenEXR picture"},
        {"\u008aMNG", "an MNG animation"},
        {"\u008bJNG", "a JNG picture"},
        {"\0\0\b", "an IDX file"},
        {"\u0093NUMPY", "a NumPy array"},
        {"%PDF", "a PDF document"},
        {"PK\3\4", "a ZIP archive"},
        {"\u001f\u008b", "a gzipped file"},
        {"version https://git-lfs", "a Git LFS pointer and not yet the file (git lfs pull fetches it)"},
    };

    static FileKind of(byte[] bytes) {
        String head = head(bytes);
        return head.startsWith(PNG_SIGNATURE) ? PNG : head.startsWith("\u00ff\u00d8\u00ff") ? JPEG : OTHER;
    }

    /** Says of a file that is neither PNG nor JPEG what it is and what was expected. */
    static String describe(byte[] bytes) {
        String other = other(bytes);
        return other == null ? "is neither PNG nor JPEG inside, expected one of them"
                : "is " + other + ", expected a PNG or JPEG file";
    }

    private static String other(byte[] bytes) {
        String head = head(bytes);
        if (head.isEmpty()) {
            return "empty";
        }
        for (String[] kind : OTHERS) {
            if (head.startsWith(kind[0])) {
                return kind[1];
            }
        }
        if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
            return "a WebP picture";
        }
        if (head.startsWith("ftyp", 4)) {
            return head.startsWith("avi", 8) ? "an AVIF picture"
                    : head.startsWith("hei", 8) || head.startsWith("mif1", 8) ? "a HEIF picture" : "an MP4 film";
        }
        if (head.matches("(?s)P[1-7]\\s.*")) {
            return "a Netpbm picture";
        }
        String text = head.replaceFirst("^\u00ef\u00bb\u00bf", "").stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
            return "an HTML page";
        }
        if (text.startsWith("<?xml") || text.startsWith("<svg")) {
            return "an XML or SVG file";
        }
        return wbmp(bytes) ? "a WBMP picture" : null;
    }

    /** Two bytes of zeros, width and height in 7 bits a byte, one bit a pixel, and nothing else. */
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

    private static String head(byte[] bytes) {
        return new String(bytes, 0, Math.min(bytes.length, HEAD), StandardCharsets.ISO_8859_1);
    }
}
