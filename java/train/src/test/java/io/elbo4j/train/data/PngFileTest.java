package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PngFileTest {
    private static final int[][] SIZES = {{1, 1}, {2, 3}, {5, 1}, {1, 9}, {11, 13}, {16, 8}};
    private static final int PALETTE = 3;
    private static final byte[] LINEAR = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();

    /** Chunks by which a colour engine would change the samples. */
    private static void addColourChunks(PngEncoder png) {
        png.with("gAMA", ByteBuffer.allocate(4).putInt(100_000).array());
        png.with("cHRM", new byte[32]);
        byte[] profile = PngEncoder.deflated(LINEAR);
        png.with("iCCP", ByteBuffer.allocate(3 + profile.length).put((byte) 'x').put(2, (byte) 0).position(3)
                .put(profile).array());
        png.with("sBIT", new byte[png.type == PALETTE ? 3 : png.samples()]);
    }

    private static int[] palette(Random random, int entries) {
        return random.ints(3 * entries, 0, 256).toArray();
    }

    private static boolean grey(float[] rgb) {
        for (int i = 0; i < rgb.length; i += 3) {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({"0,1", "0,2", "0,4", "0,8", "0,16", "2,8", "2,16",
            "3,1", "3,2", "3,4", "3,8", "4,8", "4,16", "6,8", "6,16"})
    void samplesAreTakenAsStored(int type, int depth) {
        Random random = new Random(31 * type + depth);
        for (int[] size : SIZES) {
            for (int variant = 0; variant < 8; variant++) {
                PngEncoder png = new PngEncoder(type, depth, size[0], size[1], (variant & 1) != 0);
                boolean transparencyChunk = (variant & 2) != 0 && type < 4;
                if ((variant & 4) != 0) {
                    addColourChunks(png);
                }
                int max = (1 << depth) - 1;
                int[] colours = type == PALETTE ? palette(random, max + 1) : null;
                if (colours != null) {
                    png.with("PLTE", colours);
                }
                if (transparencyChunk) {
                    // Sample 0 is transparent, and no pixel has it.
                    png.with("tRNS", new byte[new int[] {2, 0, 6, 1}[type]]);
                }
                int pixels = size[0] * size[1];
                int least = transparencyChunk ? 1 : 0;
                int[] samples = random.ints((long) pixels * png.samples(), least, max + 1).toArray();
                for (int i = png.samples() - 1; type >= 4 && i < samples.length; i += png.samples()) {
                    samples[i] = max;
                }
                float[] expected = expected(png, samples, colours);
                if (expected.length > pixels && grey(expected)) {
                    continue; // by chance; there is a test of it below
                }
                Picture picture = Pictures.decode("x", png.encode(samples));
                String what = "type " + type + ", depth " + depth + ", " + picture.height() + " x " + picture.width()
                        + ", variant " + variant;
                assertEquals(size[0], picture.height(), what);
                assertEquals(size[1], picture.width(), what);
                assertArrayEquals(expected, picture.values(), what);
                assertEquals(transparencyChunk || type >= 4, picture.alpha(), what);
            }
        }
    }

    /** One value a sample, or three colours of the palette, without alpha. */
    private static float[] expected(PngEncoder png, int[] samples, int[] palette) {
        int pixels = png.height * png.width;
        int channels = png.type == 0 || png.type == 4 ? 1 : 3;
        float[] expected = new float[pixels * channels];
        for (int i = 0; i < expected.length; i++) {
            int pixel = i / channels;
            expected[i] = palette != null ? palette[3 * samples[pixel] + i % 3] / 255f
                    : samples[pixel * png.samples() + i % channels] / (float) ((1 << png.depth) - 1);
        }
        return expected;
    }

    @Test
    void noGammaCurveIsPutOnGreyWithAlpha() {
        byte[] png = new PngEncoder(4, 8, 1, 2, false).encode(128, 255, 64, 255);
        assertArrayEquals(new float[] {128 / 255f, 64 / 255f}, Pictures.decode("x", png).values());
    }

    @Test
    void sixteenBitsKeepTheirPrecision() {
        byte[] png = new PngEncoder(0, 16, 1, 3, false).encode(1, 257, 65534);
        assertArrayEquals(new float[] {1 / 65535f, 1 / 255f, 65534 / 65535f}, Pictures.decode("x", png).values());
    }

    @Test
    void coloursThatAreAllGreyAreOneChannel() {
        byte[] rgb = new PngEncoder(2, 16, 1, 2, false).encode(300, 300, 300, 7, 7, 7);
        assertEquals(1, Pictures.decode("x", rgb).channels());
        assertArrayEquals(new float[] {300 / 65535f, 7 / 65535f}, Pictures.decode("x", rgb).values());
        byte[] almost = new PngEncoder(2, 16, 1, 2, false).encode(300, 300, 300, 7, 8, 7);
        assertEquals(3, Pictures.decode("x", almost).channels());
        byte[] palette = new PngEncoder(3, 2, 1, 2, false).with("PLTE", 9, 9, 9, 1, 2, 3).encode(0, 0);
        assertEquals(1, Pictures.decode("x", palette).channels());
    }

    @Test
    void onePixelThatIsNotOpaqueIsRefused() {
        assertTransparent(new PngEncoder(4, 8, 1, 2, false).encode(1, 255, 1, 254));
        assertTransparent(new PngEncoder(4, 16, 1, 2, false).encode(1, 65535, 1, 65534));
        assertTransparent(new PngEncoder(6, 8, 1, 2, true).encode(1, 2, 3, 255, 1, 2, 3, 0));
        assertTransparent(new PngEncoder(6, 16, 1, 2, false).encode(1, 2, 3, 65535, 1, 2, 3, 255));
        assertTransparent(new PngEncoder(0, 1, 1, 9, true).with("tRNS", 0, 1).encode(0, 0, 0, 0, 0, 0, 0, 0, 1));
        assertTransparent(new PngEncoder(0, 16, 1, 2, false).with("tRNS", 1, 2).encode(0, 258));
        assertTransparent(new PngEncoder(2, 8, 1, 2, false).with("tRNS", 0, 1, 0, 2, 0, 3).encode(1, 2, 2, 1, 2, 3));
        assertTransparent(new PngEncoder(3, 8, 1, 2, false).with("PLTE", 1, 2, 3, 4, 5, 6).with("tRNS", 255, 254)
                .encode(0, 1));
    }

    private static void assertTransparent(byte[] png) {
        assertSentence("x: has transparent pixels, expected an opaque image: flatten it first",
                () -> Pictures.decode("x", png));
    }

    @Test
    void aChangedByteOrAMissingEndNeverChangesPixels() {
        int[] samples = new Random(5).ints(12 * 12 * 3, 0, 256).toArray();
        byte[] good = new PngEncoder(2, 8, 12, 12, true).with("tEXt", 'a', 0, 'b').encode(samples);
        float[] expected = Pictures.decode("x", good).values();
        int unnoticed = 0;
        for (int i = 0; i < good.length; i++) {
            for (int change : new int[] {1, 128, 255}) {
                byte[] bad = good.clone();
                bad[i] ^= (byte) change;
                try {
                    assertArrayEquals(expected, Pictures.decode("x", bad).values(), "byte " + i);
                    unnoticed++;
                } catch (DataException e) {
                    assertTrue(e.getMessage().startsWith("x: "), e.getMessage());
                }
            }
            byte[] part = Arrays.copyOf(good, i);
            assertThrows(DataException.class, () -> Pictures.decode("x", part), "the first " + i + " bytes");
        }
        assertTrue(unnoticed <= 3 * 15, unnoticed + " changes unnoticed, expected those of the 15 bytes of text alone");
    }

    @Test
    void damageIsSaid() {
        PngEncoder grey = PngEncoder.grey(2, 2);
        byte[] wrong = grey.encode(1, 2, 3, 4);
        wrong[wrong.length - 14] ^= 1;
        assertDamaged("wrong checksum of chunk 'IDAT'", wrong);
        assertDamaged("it has fewer pixels than its header says", grey.file(PngEncoder.deflated(new byte[5])));
        assertDamaged("its compressed data is damaged", grey.file(new byte[9]));
        assertDamaged("row filter 5", grey.file(PngEncoder.deflated(new byte[] {0, 0, 0, 5, 0, 0})));
        assertDamaged("it has no pixels", grey.file(new byte[0]));
        assertDamaged("colour 2 of a palette of 2",
                new PngEncoder(3, 2, 1, 1, false).with("PLTE", 1, 2, 3, 4, 5, 6).encode(2));
        assertDamaged("its palette has 0 bytes", new PngEncoder(3, 2, 1, 1, false).encode(2));
        assertDamaged("its header says colour type 2 of 4 bits", new PngEncoder(2, 4, 1, 1, false).encode(1, 2, 3));
        assertDamaged("its header says 0 x 1 pixels, height x width", new PngEncoder(0, 8, 0, 1, false).encode());
        assertDamaged("its header says 2147483648 x 1 pixels, height x width",
                new PngEncoder(0, 8, Integer.MIN_VALUE, 1, false).file(new byte[1]));
        // What Xcode makes of a PNG: other data, and its colours multiplied by alpha.
        assertDamaged("it needs a chunk 'CgBI', which the PNG standard does not have",
                PngEncoder.grey(1, 1).with("CgBI", 0, 0, 0, 0).encode(1));
    }

    private static void assertDamaged(String what, byte[] png) {
        assertSentence("x: cannot be decoded (" + what + "), expected a PNG or JPEG file",
                () -> Pictures.decode("x", png));
    }

    @Test
    void whatWouldGrowAThousandfoldIsRefusedBeforeItIsDecoded() {
        byte[] none = new byte[146_000];
        byte[] bomb = new PngEncoder(3, 8, 30_000, 40_000, false).with("PLTE", 1, 2, 3).file(none);
        assertSentence("x: the pixels of a picture of 30000 x 40000 (height x width) are more than 1,032 times the"
                + " 146000 bytes that they are compressed to, expected at most that", () -> Pictures.open("x", bomb));
        Pictures.open("x", PngEncoder.grey(1, 99 * 1032).with("tEXt", new byte[99]).file(new byte[99]));
        assertThrows(DataException.class,
                () -> Pictures.open("x", PngEncoder.grey(1, 99 * 1032 + 1).with("tEXt", new byte[99]).file(
                        new byte[99])));
        assertThrows(DataException.class, () -> Pictures.open("x",
                new PngEncoder(6, 16, Integer.MAX_VALUE, Integer.MAX_VALUE, false).file(new byte[99])));
        Pictures.open("x", PngEncoder.grey(1, 1_000_000).file(new byte[2000]));
        assertSentence("x: is a picture of 1000001 x 1 (height x width), expected at most 1,000,000 pixels a side",
                () -> Pictures.open("x", PngEncoder.grey(1_000_001, 1).file(new byte[2000])));
    }

    /** Whether the damage is at the beginning, at the end, or in what the pixels mean. */
    @Test
    void aDamagedFileDoesNotTakeTheMemoryOfItsPicture() {
        PngEncoder large = new PngEncoder(3, 1, 1000, 30_000, false).with("PLTE", 1, 2, 3);
        byte[] black = PngEncoder.deflated(new byte[1000 * 3751]);
        byte[] last = new byte[1000 * 3751];
        last[last.length - 1] = 1;
        int length = black.length;
        List<byte[]> damaged = List.of(new byte[length], Arrays.copyOf(black, length - 4 - 500),
                PngEncoder.deflated(last));
        Picture picture = Pictures.decode("x", large.file(black));
        assertEquals(3 * 30_000_000, picture.values().length);
        assertEquals(3 / 255f, picture.values()[picture.values().length - 1]);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (byte[] data : damaged) {
            byte[] file = large.file(data);
            long before = threads.getCurrentThreadAllocatedBytes();
            assertThrows(DataException.class, () -> Pictures.decode("x", file));
            long took = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(took < 8 * file.length + (64 << 20), file.length + " bytes took " + took);
        }
    }

    @Test
    void blankPicturesOfOneBitAreRead() {
        Picture picture = Pictures.decode("x", new PngEncoder(0, 1, 900, 900, false).encode(new int[900 * 900]));
        assertArrayEquals(new float[900 * 900], picture.values());
    }

    @Test
    void orientationIsRead() {
        byte[] exif = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0};
        assertEquals(6, Pictures.open("x", PngEncoder.grey(1, 1).with("eXIf", exif).encode(1)).orientation());
        for (int length = 0; length < 20; length++) {
            byte[] part = Arrays.copyOf(exif, length);
            assertEquals(1, Pictures.open("x", PngEncoder.grey(1, 1).with("eXIf", part).encode(1)).orientation());
        }
    }
}
