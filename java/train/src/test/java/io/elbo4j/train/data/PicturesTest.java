package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files named like pictures that are none, or of another kind. */
class PicturesTest {
    @TempDir
    Path dir;

    private void assertRefused(String what, byte[] contents) throws IOException {
        Path file = Files.write(dir.resolve("a.png"), contents);
        assertSentence(file + ": is " + what + ", expected a PNG or JPEG file", () -> ImageFolder.read(dir));
    }

    private void assertRefused(String what, String contents) throws IOException {
        assertRefused(what, contents.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({"gif, a GIF picture", "bmp, a BMP picture", "tiff, a TIFF picture", "wbmp, a WBMP picture"})
    void picturesThatJavaCouldRead(String format, String what) throws IOException {
        for (int width : new int[] {3, 300}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertTrue(ImageIO.write(new BufferedImage(width, 5, BufferedImage.TYPE_BYTE_BINARY), format, out));
            assertRefused(what, out.toByteArray());
        }
    }

    @Test
    void otherFiles() throws IOException {
        assertRefused("empty", "");
        assertRefused("a WebP picture", "RIFF\20\0\0\0WEBPVP8 ");
        assertRefused("an AVIF picture", "\0\0\0\40ftypavif\0\0\0\0");
        assertRefused("a HEIC picture", "\0\0\0\40ftypheic\0\0\0\0");
        assertRefused("a Netpbm picture", "P5\n3 3\n255\n");
        assertRefused("a web page (was the address it came from that of a page about the file?)",
                "\n<!DOCTYPE HTML>\n<html>");
        assertRefused("a web page (was the address it came from that of a page about the file?)",
                "\u00ef\u00bb\u00bf<html lang=\"en\">");
        assertRefused("text that begins with '<svg xmlns=\"http://www.w3.org/2000/svg\"/>'",
                "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        assertRefused("a Git LFS pointer ('git lfs pull' fetches the file itself)",
                "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        assertRefused("a file that begins with zeros (an unfinished download?)", "\0".repeat(99));
        assertRefused("an IDX file of images", "\0\0\10\3\0\0\0\1");
        assertRefused("a PNG picture damaged on its way (line ends were converted)", "\u0089PNG\n\32\n\0\0\0\15IHDR");
    }

    @Test
    void unknownFiles() throws IOException {
        byte[][] files = {{0, 0}, {0, 0, -1}, {0, 0, 9, 9, 1}, {-1}};
        for (byte[] contents : files) {
            Path file = Files.write(dir.resolve("a.png"), contents);
            assertSentence(file + ": is neither PNG nor JPEG inside, expected one of them",
                    () -> ImageFolder.read(dir));
        }
    }
}
