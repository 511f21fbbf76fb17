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
class FileKindTest {
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
        assertRefused("a HEIF picture", "\0\0\0\40ftypheic\0\0\0\0");
        assertRefused("a Netpbm picture", "P5\n3 3\n255\n");
        assertRefused("an HTML page", "\n<!DOCTYPE HTML>\n<html>");
        assertRefused("an HTML page", "\u00ef\u00bb\u00bf<html lang=\"en\">");
        assertRefused("an XML or SVG file", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
        assertRefused("a Git LFS pointer and not yet the file (git lfs pull fetches it)",
                "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        assertRefused("an IDX file", "\0\0\10\3\0\0\0\1");
        assertRefused("a PNG file damaged on its way (line ends were converted)", "\u0089PNG\n\32\n\0\0\0\15IHDR");
    }

    @Test
    void unknownFiles() throws IOException {
        byte[][] files = {new byte[99], {0, 0}, {0, 0, -1}, {0, 0, 9, 9, 1}, {-1}, {'x'}};
        for (byte[] contents : files) {
            Path file = Files.write(dir.resolve("a.png"), contents);
            assertSentence(file + ": is neither PNG nor JPEG inside, expected one of them",
                    () -> ImageFolder.read(dir));
        }
    }
}
