package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    Path dir;

    private void grey(String name, int type, int height, int width, int... levels) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int i = 0; i < levels.length; i++) {
            image.getRaster().setSample(i % width, i / width, 0, levels[i]);
        }
        assertTrue(ImageIO.write(image, name.endsWith("png") ? "png" : "jpg", dir.resolve(name).toFile()));
    }

    private void colour(String name, int type, int height, int width, int... argb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int i = 0; i < argb.length; i++) {
            image.setRGB(i % width, i / width, argb[i]);
        }
        assertTrue(ImageIO.write(image, "png", dir.resolve(name).toFile()));
    }

    @Test
    void greyLevelsAreTakenAsTheyAre() throws IOException {
        grey("b.png", BufferedImage.TYPE_BYTE_GRAY, 1, 3, 0, 128, 255);
        grey("a.png", BufferedImage.TYPE_USHORT_GRAY, 1, 3, 0, 128 * 257, 65535);
        colour("c.png", BufferedImage.TYPE_INT_RGB, 1, 3, 0xff000000, 0xff808080, 0xffffffff);
        grey("d.png", BufferedImage.TYPE_BYTE_BINARY, 1, 3, 0, 1, 1);
        Files.writeString(dir.resolve("readme.txt"), "left aside");
        Files.createDirectory(dir.resolve("e.png"));
        Images images = ImageFolder.read(dir);
        assertEquals(4, images.rows());
        assertEquals(1, images.channels());
        float[] expected = {0, 128 / 255f, 1};
        for (int row = 0; row < 3; row++) {
            assertArrayEquals(expected, images.copyRows(row, 1));
        }
        assertArrayEquals(new float[] {0, 1, 1}, images.copyRows(3, 1));
    }

    @Test
    void oneColourImageMakesAllRgbInTheOrderOfTheNames() throws IOException {
        colour("2.png", BufferedImage.TYPE_INT_RGB, 2, 1, 0xffff0000, 0xff00ff33);
        grey("10.png", BufferedImage.TYPE_BYTE_GRAY, 2, 1, 51, 0);
        Images images = ImageFolder.read(dir);
        assertEquals(3, images.channels());
        assertEquals(2, images.height());
        assertArrayEquals(new float[] {0.2f, 0.2f, 0.2f, 0, 0, 0}, images.copyRows(0, 1));
        assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0.2f}, images.copyRows(1, 1));
    }

    @Test
    void jpeg() throws IOException {
        int[] levels = new int[64];
        Arrays.fill(levels, 200);
        grey("a.jpg", BufferedImage.TYPE_BYTE_GRAY, 8, 8, levels);
        grey("b.jpeg", BufferedImage.TYPE_BYTE_GRAY, 8, 8, levels);
        Images images = ImageFolder.read(dir);
        assertEquals(2, images.rows());
        assertEquals(1, images.channels());
        assertEquals(200 / 255f, images.value(1, 27), 2 / 255f);
    }

    @Test
    void aTruncatedJpegIsRefusedWhateverIsMissing() throws IOException {
        int[] levels = new int[32 * 32];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = i * 7919 & 255;
        }
        grey("a.jpg", BufferedImage.TYPE_BYTE_GRAY, 32, 32, levels);
        Path file = dir.resolve("a.jpg");
        byte[] good = Files.readAllBytes(file);
        ImageFolder.read(dir);
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            String message = assertThrows(DataException.class, () -> ImageFolder.read(dir)).getMessage();
            assertTrue(message.startsWith(file + ": "), message);
        }
        assertSentence(file + ": is truncated or damaged (Truncated File - Missing EOI marker), expected a whole JPEG"
                + " file", () -> ImageFolder.read(dir));
    }

    @Test
    void whatIsLeftAsideIsNoted() throws IOException {
        grey("a.png", BufferedImage.TYPE_BYTE_GRAY, 1, 1, 7);
        colour("b.png", BufferedImage.TYPE_INT_ARGB, 1, 1, 0xff070707);
        assertEquals(List.of(dir + ": left out the alpha channel of 1 of 2 images: it is opaque all over"),
                DataSource.parse("images=" + dir).notes());
        Files.delete(dir.resolve("b.png"));
        grey("b.png", BufferedImage.TYPE_BYTE_GRAY, 1, 1, 7);
        assertEquals(List.of(), DataSource.parse("images=" + dir).notes());
        Files.writeString(dir.resolve("labels.csv"), "7");
        Files.createDirectory(dir.resolve("more"));
        assertEquals(List.of(dir + ": left aside 2 of 4 entries: no files ending in .png, .jpg or .jpeg"),
                DataSource.parse("images=" + dir).notes());
    }

    @Test
    void namesThatBeginWithADotAreLeftAside() throws IOException {
        grey("a.png", BufferedImage.TYPE_BYTE_GRAY, 1, 1, 7);
        Files.write(dir.resolve("._a.png"), new byte[] {0, 5, 22, 7});
        Files.writeString(dir.resolve(".DS_Store"), "x");
        Files.writeString(dir.resolve("labels.csv"), "7");
        List<String> notes = new ArrayList<>();
        assertEquals(1, ImageFolder.read(dir, notes, ReadProgress.NONE).rows());
        assertEquals(List.of(dir + ": left aside 2 of 4 entries: their names begin with a dot",
                dir + ": left aside 1 of 4 entries: no files ending in .png, .jpg or .jpeg"), notes);
    }

    @Test
    void aNameMayHoldALineBreak() throws IOException {
        Files.write(dir.resolve("a\nb.png"), PngEncoder.grey(1, 1).encode(5));
        assertEquals(5 / 255f, ImageFolder.read(dir).value(0, 0));
    }

    @Test
    void orientationIsNoted() throws IOException {
        byte[] turned = {'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1,
                1, 18, 0, 3, 0, 0, 0, 1, 0, 8, 0, 0};
        byte[] upright = turned.clone();
        upright[25] = 1;
        Files.write(dir.resolve("a.jpg"), new JpegEncoder(1).with(0xe1, "", turned).encode(5));
        Files.write(dir.resolve("b.jpg"), new JpegEncoder(1).with(0xe1, "", upright).encode(5));
        Files.write(dir.resolve("c.jpg"), new JpegEncoder(1).encode(5));
        List<String> notes = new ArrayList<>();
        ImageFolder.read(dir, notes, ReadProgress.NONE);
        assertEquals(List.of(dir + ": took the pixels of 1 of 3 images as stored: their EXIF orientation, turned or"
                + " mirrored, is not applied"), notes);
    }

    @Test
    void allKindsInOneFolder() throws IOException {
        Files.write(dir.resolve("1.png"), new PngEncoder(4, 8, 8, 8, false).encode(greyOpaque(128)));
        Files.write(dir.resolve("2.png"), new PngEncoder(0, 16, 8, 8, true).encode(filled(64, 1000)));
        Files.write(dir.resolve("3.jpg"), new JpegEncoder(1).encode(90));
        Files.write(dir.resolve("4.jpg"), new JpegEncoder(1, 2, 3).adobe(0).encode(95, 130, 194));
        Files.write(dir.resolve("5.png"), PngEncoder.grey(8, 8).encode(filled(64, 7)));
        float[][] expected = {{128 / 255f, 128 / 255f, 128 / 255f}, {1000 / 65535f, 1000 / 65535f, 1000 / 65535f},
                {90 / 255f, 90 / 255f, 90 / 255f}, {95 / 255f, 130 / 255f, 194 / 255f}, {7 / 255f, 7 / 255f, 7 / 255f}};
        Images images = ImageFolder.read(dir);
        assertEquals(3, images.channels());
        assertEquals(5, images.rows());
        for (int i = 0; i < 5 * 192; i++) {
            assertEquals(expected[i / 192][i % 3], images.value(i / 192, i % 192));
        }
    }

    private static int[] filled(int length, int value) {
        int[] samples = new int[length];
        Arrays.fill(samples, value);
        return samples;
    }

    private static int[] greyOpaque(int level) {
        int[] samples = filled(128, 255);
        for (int i = 0; i < 128; i += 2) {
            samples[i] = level;
        }
        return samples;
    }

    @Test
    void aPictureOfAnotherSizeIsRefusedBeforeItIsDecoded() throws IOException {
        Files.write(dir.resolve("a.png"), PngEncoder.grey(2, 2).encode(1, 2, 3, 4));
        Files.write(dir.resolve("b.png"), PngEncoder.grey(3, 3).file(new byte[20]));
        assertSentence(dir + ": a.png is 2 x 2 pixels but b.png is 3 x 3 (height x width), expected one size",
                () -> ImageFolder.read(dir));
    }

    @Test
    void moreThanOneArrayHoldsIsRefusedBeforeAnythingIsDecoded() throws IOException {
        byte[] large = new PngEncoder(0, 1, 40_000, 40_000, false).file(new byte[200_000]);
        Files.write(dir.resolve("a.png"), large);
        Files.write(dir.resolve("b.png"), large);
        assertSentence(dir + ": 2 images of 40000 x 40000 with 1 channels are more than the 2147483639 values one data"
                + " set can hold: split the data or make the images smaller", () -> ImageFolder.read(dir));
    }

    @Test
    void theFirstTwoSizesThatDifferAreNamed() throws IOException {
        grey("a.png", BufferedImage.TYPE_BYTE_GRAY, 2, 3);
        grey("b.png", BufferedImage.TYPE_BYTE_GRAY, 2, 3);
        grey("c.png", BufferedImage.TYPE_BYTE_GRAY, 3, 2);
        assertSentence(dir + ": a.png is 2 x 3 pixels but c.png is 3 x 2 (height x width), expected one size",
                () -> ImageFolder.read(dir));
    }

    @Test
    void unusableFolders() throws IOException {
        Path none = dir.resolve("none");
        assertSentence(
                none + ": no such directory, expected a folder of PNG or JPEG files", () -> ImageFolder.read(none));
        assertSentence(dir + ": holds no file ending in .png, .jpg or .jpeg, expected at least one",
                () -> ImageFolder.read(dir));
        grey(".a.png", BufferedImage.TYPE_BYTE_GRAY, 2, 3);
        assertSentence(dir + ": holds no file ending in .png, .jpg or .jpeg, expected at least one; 1 of 1 entries were"
                + " left aside: their names begin with a dot", () -> ImageFolder.read(dir));
        Path plain = Files.writeString(dir.resolve("plain"), "x");
        assertSentence(
                plain + ": is not a directory, expected a folder of PNG or JPEG files", () -> ImageFolder.read(plain));
    }

    @Test
    void unusableFiles() throws IOException {
        Path file = Files.writeString(dir.resolve("a.png"), "no picture");
        assertSentence(file + ": is text that begins with 'no picture', expected a PNG or JPEG file",
                () -> ImageFolder.read(dir));
        colour("a.png", BufferedImage.TYPE_INT_ARGB, 1, 1, 0x80ffffff);
        assertSentence(file + ": has transparent pixels, expected an opaque image: flatten it first",
                () -> ImageFolder.read(dir));
        grey("a.png", BufferedImage.TYPE_BYTE_GRAY, 64, 64, 1, 2, 3);
        byte[] good = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(good, 60));
        DataException e = assertThrows(DataException.class, () -> ImageFolder.read(dir));
        assertTrue(e.getMessage().startsWith(file + ": cannot be decoded ("), e.getMessage());
        assertTrue(e.getMessage().endsWith("), expected a PNG or JPEG file"), e.getMessage());
    }
}
