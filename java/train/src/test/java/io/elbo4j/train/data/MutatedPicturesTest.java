package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/**
 * Whatever a file holds, nothing but a DataException comes of it, for at most 8 times its bytes and 64 MB.
 * {@code -Delbo4j.mutations=N} tries more than a few,
 * {@code -Delbo4j.seed=S} the same or others.
 */
class MutatedPicturesTest {
    private static final int MUTATIONS = Integer.getInteger("elbo4j.mutations", 4000);
    private static final long SEED = Long.getLong("elbo4j.seed", 1);

    private final Random random = new Random(SEED);

    @Test
    void nothingButADataException() throws IOException {
        List<byte[]> good = good();
        int refused = 0;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutated(good.get(random.nextInt(good.size())));
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                Pictures.decode("x", bytes);
            } catch (DataException e) {
                refused++;
                long took = threads.getCurrentThreadAllocatedBytes() - before;
                assertTrue(took < 8L * bytes.length + (64 << 20),
                        "seed " + SEED + ", mutation " + i + ": " + bytes.length + " bytes took " + took);
            } catch (RuntimeException | Error e) {
                fail("seed " + SEED + ", mutation " + i + ", " + bytes.length + " bytes", e);
            }
        }
        String counted = "seed " + SEED + ": " + refused + " of " + MUTATIONS + " refused";
        assertTrue(refused > MUTATIONS / 4 && refused < MUTATIONS, counted + ", expected some of both");
    }

    private List<byte[]> good() throws IOException {
        List<byte[]> good = new ArrayList<>();
        int[][] kinds = {{0, 1}, {0, 4}, {0, 16}, {2, 8}, {3, 2}, {3, 8}, {4, 8}, {6, 16}};
        for (int[] kind : kinds) {
            for (boolean interlaced : new boolean[] {false, true}) {
                PngEncoder png = new PngEncoder(kind[0], kind[1], 9, 10, interlaced);
                if (kind[0] == 3) {
                    png.with("PLTE", new byte[3 << kind[1]]);
                }
                int[] samples = new int[90 * png.samples()];
                Arrays.fill(samples, (1 << kind[1]) - 1);
                good.add(png.with("tRNS", new byte[new int[] {2, 0, 6, 3, 1, 0, 1}[kind[0]]]).encode(samples));
            }
        }
        good.add(new JpegEncoder(1).jfif().encode(9));
        good.add(new JpegEncoder(1, 2, 3).adobe(0).encode(9, 8, 7));
        ByteArrayOutputStream grey = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(20, 9, BufferedImage.TYPE_BYTE_GRAY), "jpeg", grey);
        good.add(grey.toByteArray());
        for (boolean progressive : new boolean[] {false, true}) {
            good.add(JpegFileTest.photograph(progressive));
        }
        return good;
    }

    private byte[] mutated(byte[] good) {
        byte[] bytes = good.clone();
        for (int changes = 1 + random.nextInt(4); changes > 0 && bytes.length > 0; changes--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[random.nextInt(Math.min(40, bytes.length))] = (byte) random.nextInt(256);
                case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 4), (byte) -random.nextInt(2));
                default -> {
                    int length = random.nextInt(Math.min(20, bytes.length - at) + 1);
                    byte[] doubled = Arrays.copyOf(bytes, bytes.length + length);
                    System.arraycopy(bytes, at, doubled, at + length, bytes.length - at);
                    bytes = random.nextInt(4) == 0 ? Arrays.copyOf(doubled, at) : doubled;
                }
            }
        }
        if (random.nextInt(8) != 0) {
            mendChecksums(bytes);
        }
        return bytes;
    }

    /** Of PNG chunks, so that more than the checksums is tried. */
    private static void mendChecksums(byte[] png) {
        ByteBuffer in = ByteBuffer.wrap(png);
        boolean isPng = Arrays.equals(png, 0, Math.min(8, png.length), PngFile.SIGNATURE, 0, 8);
        for (int at = 8; isPng && at + 12 <= png.length;) {
            int length = in.getInt(at);
            if (length < 0 || length > png.length - at - 12) {
                return;
            }
            CRC32 crc = new CRC32();
            crc.update(png, at + 4, length + 4);
            in.putInt(at + 8 + length, (int) crc.getValue());
            at += length + 12;
        }
    }
}
