package io.elbo4j.train.data;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Encodes JPEG files of one colour: 8 x 8 pixels of any components, whose blocks have a mean and no more. */
final class JpegEncoder {
    private final ByteArrayOutputStream extra = new ByteArrayOutputStream();
    private int frame = 0xc0;
    private int bits = 8;
    private int height = 8;
    private int width = 8;
    private int scans = 1;
    private final int[] ids;

    /** @param ids of the components */
    JpegEncoder(int... ids) {
        this.ids = ids;
    }

    JpegEncoder frame(int marker, int bitsPerSample) {
        frame = marker;
        bits = bitsPerSample;
        return this;
    }

    JpegEncoder size(int newHeight, int newWidth) {
        height = newHeight;
        width = newWidth;
        return this;
    }

    JpegEncoder scans(int number) {
        scans = number;
        return this;
    }

    /** An application segment before the header. */
    JpegEncoder with(int marker, String start, byte... rest) {
        ByteArrayOutputStream contents = new ByteArrayOutputStream();
        contents.writeBytes(start.getBytes(StandardCharsets.ISO_8859_1));
        contents.writeBytes(rest);
        segment(extra, marker, contents.toByteArray());
        return this;
    }

    JpegEncoder jfif() {
        return with(0xe0, "JFIF\0\1\1\0\0\1\0\1\0\0");
    }

    JpegEncoder adobe(int transform) {
        return with(0xee, "Adobe\0\144\0\0\0\0", (byte) transform);
    }

    byte[] encode(int... samples) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {-1, (byte) 0xd8});
        out.writeBytes(extra.toByteArray());
        byte[] ones = new byte[65];
        Arrays.fill(ones, 1, 65, (byte) 1);
        segment(out, 0xdb, ones);
        // Means: twelve codes of four bits, each a number of bits that follow. The rest: one code, "no more".
        segment(out, 0xc4, new byte[] {0, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        segment(out, 0xc4, new byte[] {0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        header.writeBytes(new byte[] {(byte) bits, (byte) (height >> 8), (byte) height, (byte) (width >> 8),
                (byte) width, (byte) ids.length});
        ByteArrayOutputStream scan = new ByteArrayOutputStream();
        scan.write(ids.length);
        for (int id : ids) {
            header.writeBytes(new byte[] {(byte) id, 0x11, 0});
            scan.writeBytes(new byte[] {(byte) id, 0});
        }
        scan.writeBytes(new byte[] {0, 63, 0});
        segment(out, frame, header.toByteArray());
        for (int i = 0; i < scans; i++) {
            segment(out, 0xda, scan.toByteArray());
            out.writeBytes(data(samples));
        }
        out.writeBytes(new byte[] {-1, (byte) 0xd9});
        return out.toByteArray();
    }

    private static byte[] data(int[] samples) {
        StringBuilder code = new StringBuilder();
        for (int sample : samples) {
            int mean = 8 * (sample - 128);
            int length = 32 - Integer.numberOfLeadingZeros(Math.abs(mean));
            int bits = mean < 0 ? mean + (1 << length) - 1 : mean;
            code.append(binary(length, 4)).append(binary(bits, length)).append('0');
        }
        while (code.length() % 8 != 0) {
            code.append('1');
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < code.length(); i += 8) {
            int b = Integer.parseInt(code.substring(i, i + 8), 2);
            out.write(b);
            if (b == 255) {
                out.write(0);
            }
        }
        return out.toByteArray();
    }

    private static String binary(int value, int digits) {
        StringBuilder text = new StringBuilder();
        for (int i = digits - 1; i >= 0; i--) {
            text.append(value >> i & 1);
        }
        return text.toString();
    }

    private static void segment(ByteArrayOutputStream out, int marker, byte[] contents) {
        int length = contents.length + 2;
        out.writeBytes(new byte[] {-1, (byte) marker, (byte) (length >> 8), (byte) length});
        out.writeBytes(contents);
    }
}
