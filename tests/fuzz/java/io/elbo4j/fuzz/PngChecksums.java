package io.elbo4j.fuzz;

import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/** Makes every chunk of a PNG file say its checksum, so that more than the checksums is tried. */
final class PngChecksums {
    private static final long SIGNATURE = 0x89504e470d0a1a0aL;
    /** Length and type before a chunk's contents, and the checksum behind. */
    private static final int AROUND = 12;

    private PngChecksums() {}

    /** What is no PNG file, and what lies behind its last whole chunk, is left as it is. */
    static byte[] mended(byte[] file) {
        ByteBuffer out = ByteBuffer.wrap(file.clone());
        if (file.length < Long.BYTES || out.getLong(0) != SIGNATURE) {
            return file;
        }
        for (int at = Long.BYTES; at + AROUND <= file.length;) {
            int length = out.getInt(at);
            if (length < 0 || length > file.length - at - AROUND) {
                break;
            }
            CRC32 crc = new CRC32();
            crc.update(file, at + 4, length + 4);
            out.putInt(at + 8 + length, (int) crc.getValue());
            at += length + AROUND;
        }
        return out.array();
    }
}
