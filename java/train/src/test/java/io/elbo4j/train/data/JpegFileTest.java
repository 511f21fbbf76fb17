package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JpegFileTest {
    private static final byte[] LINEAR = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
    /** Y, Cb, Cr and the colour that ITU-T T.871 makes of them. */
    private static final int[] Y_CB_CR = {120, 100, 150};
    private static final int[] RGB = {
            (int) Math.round(120 + 1.402 * 22),
            (int) Math.round(120 - 0.344136286 * -28 - 0.714136286 * 22),
            (int) Math.round(120 + 1.772 * -28)};

    private static void assertColour(int[] expected, byte[] jpeg) {
        Picture picture = Pictures.decode("x", jpeg);
        assertEquals(expected.length, picture.channels());
        assertEquals(64 * expected.length, picture.values().length);
        for (int i = 0; i < picture.values().length; i++) {
            assertEquals(expected[i % expected.length] / 255f, picture.values()[i]);
        }
    }

    @Test
    void greyIsTakenAsStored() {
        for (int level : new int[] {0, 1, 64, 127, 128, 200, 255}) {
            assertColour(new int[] {level}, new JpegEncoder(1).encode(level));
            assertColour(new int[] {level}, new JpegEncoder(1).jfif().encode(level));
            assertColour(new int[] {level},
                    new JpegEncoder(1).jfif().with(0xe2, "ICC_PROFILE\0\1\1", LINEAR).encode(level));
        }
    }

    @Test
    void threeComponentsAreWhatLibjpegTakesThemFor() {
        assertColour(RGB, new JpegEncoder(1, 2, 3).jfif().encode(Y_CB_CR));
        assertColour(RGB, new JpegEncoder(1, 2, 3).encode(Y_CB_CR));
        assertColour(RGB, new JpegEncoder(7, 8, 9).encode(Y_CB_CR));
        assertColour(RGB, new JpegEncoder(1, 2, 3).adobe(1).encode(Y_CB_CR));
        assertColour(RGB, new JpegEncoder('R', 'G', 'B').jfif().encode(Y_CB_CR));
        assertColour(RGB, new JpegEncoder(1, 2, 3).jfif().adobe(0).encode(Y_CB_CR));
        assertColour(Y_CB_CR, new JpegEncoder(1, 2, 3).adobe(0).encode(Y_CB_CR));
        assertColour(Y_CB_CR, new JpegEncoder('R', 'G', 'B').encode(Y_CB_CR));
        assertColour(new int[] {77}, new JpegEncoder('R', 'G', 'B').encode(77, 77, 77));
    }

    @Test
    void anEmbeddedProfileChangesNothing() {
        assertColour(RGB, new JpegEncoder(1, 2, 3).jfif().with(0xe2, "ICC_PROFILE\0\1\1", LINEAR).encode(Y_CB_CR));
        assertColour(RGB, new JpegEncoder(1, 2, 3).with(0xe2, "ICC_PROFILE\0\1\1", LINEAR).encode(Y_CB_CR));
    }

    /** Photographs keep the bits that they had before the file was looked into. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOrdinaryFileIsWhatImageIoMakesOfIt(boolean progressive) throws IOException {
        byte[] jpeg = photograph(progressive);
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(jpeg));
        Picture picture = Pictures.decode("x", jpeg);
        assertEquals(3, picture.channels());
        for (int i = 0; i < picture.values().length; i++) {
            int rgb = image.getRGB(i / 3 % 50, i / 3 / 50);
            assertEquals((rgb >> 16 - 8 * (i % 3) & 255) / 255f, picture.values()[i]);
        }
    }

    static byte[] photograph(boolean progressive) throws IOException {
        BufferedImage image = new BufferedImage(50, 40, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            image.setRGB(i % 50, i / 50, random.nextInt(1 << 24));
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ImageOutputStream stream = new MemoryCacheImageOutputStream(out);
        writer.setOutput(stream);
        writer.write(null, new IIOImage(image, null, null), parameters);
        stream.close();
        writer.dispose();
        return out.toByteArray();
    }

    @Test
    void otherColourModelsAreRefused() {
        String expected = ", expected grey or RGB: convert it first";
        assertSentence("x: is a CMYK JPEG" + expected, () -> decode(new JpegEncoder(1, 2, 3, 4)));
        assertSentence("x: is a CMYK JPEG" + expected, () -> decode(new JpegEncoder(1, 2, 3, 4).adobe(0)));
        assertSentence("x: is a YCCK JPEG" + expected, () -> decode(new JpegEncoder(1, 2, 3, 4).adobe(2)));
        assertSentence("x: is a JPEG of 2 components, expected 1 (grey) or 3 (RGB)",
                () -> decode(new JpegEncoder(1, 2)));
    }

    @Test
    void otherCodingsAreRefused() {
        assertSentence("x: is a JPEG of 12 bits a sample, expected 8 bits",
                () -> decode(new JpegEncoder(1).frame(0xc1, 12)));
        assertSentence("x: is a lossless JPEG, expected baseline or progressive",
                () -> decode(new JpegEncoder(1).frame(0xc3, 8)));
        assertSentence("x: is a hierarchical JPEG, expected baseline or progressive",
                () -> decode(new JpegEncoder(1).frame(0xc5, 8)));
        assertSentence("x: is a JPEG with arithmetic coding, expected Huffman coding",
                () -> decode(new JpegEncoder(1).frame(0xc9, 8)));
    }

    private static Picture decode(JpegEncoder jpeg) {
        return Pictures.decode("x", jpeg.encode(1, 2, 3, 4));
    }

    @Test
    void whatWouldTakeTooLongIsRefusedBeforeItIsDecoded() {
        byte[] large = new JpegEncoder(1).size(65_535, 65_535).encode(1);
        assertSentence("x: the pixels of a picture of 65535 x 65535 (height x width) are more than 1,032 times the"
                + " " + large.length + " bytes that they are compressed to, expected at most that", () -> Pictures.open(
                        "x", large));
        byte[] often = new JpegEncoder(1).frame(0xc2, 8).size(1000, 1200).scans(100).encode(1);
        assertSentence("x: cannot be decoded (100 scans of 1000 x 1200 pixels, height x width), expected a PNG or JPEG"
                + " file", () -> Pictures.decode("x", often));
        assertSentence("x: cannot be decoded (its header says 0 x 8 pixels, height x width), expected a PNG or JPEG"
                + " file",
                () -> Pictures.open("x", new JpegEncoder(1).size(0, 8).encode(1)));
    }

    @Test
    void orientationIsRead() {
        byte[] exif = {'E', 'x', 'i', 'f', 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0,
                0, 1, 3, 0, 1, 0, 0, 0, 9, 0, 0, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0};
        assertEquals(3, Pictures.open("x", new JpegEncoder(1).with(0xe1, "", exif).encode(9)).orientation());
        for (int length = 0; length < exif.length; length++) {
            byte[] part = Arrays.copyOf(exif, length);
            assertEquals(1, Pictures.open("x", new JpegEncoder(1).with(0xe1, "", part).encode(9)).orientation());
        }
        assertColour(new int[] {9}, new JpegEncoder(1).with(0xe1, "", exif).encode(9));
    }

    @Test
    void whatLiesBehindTheEndIsLeftAside() {
        byte[] jpeg = new JpegEncoder(1).encode(9);
        byte[] longer = Arrays.copyOf(jpeg, jpeg.length + 99);
        assertColour(new int[] {9}, longer);
    }

    @Test
    void damageIsRefused() throws IOException {
        byte[] good = photograph(true);
        for (int length = 0; length < good.length; length += 7) {
            byte[] part = Arrays.copyOf(good, length);
            String message = assertThrows(DataException.class, () -> Pictures.decode("x", part)).getMessage();
            assertTrue(message.startsWith("x: "), message);
        }
    }
}
