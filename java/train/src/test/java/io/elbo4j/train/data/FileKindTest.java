package io.elbo4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against files that Java's own libraries write, and first bytes that other tools wrote. */
class FileKindTest {
    private static void check(String expected, byte[] start) {
        assertEquals(Optional.ofNullable(expected), FileKind.of(start));
    }

    private static void hex(String expected, String start) {
        check(expected, HexFormat.of().parseHex(start.replace(" ", "")));
    }

    private static void text(String expected, String text) {
        check(expected, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void pictures() throws IOException {
        String[][] formats = {{"png", "a PNG picture"}, {"jpg", "a JPEG picture"}, {"gif", "a GIF picture"},
                {"bmp", "a BMP picture"}, {"tiff", "a TIFF picture"}};
        for (String[] format : formats) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            assertTrue(ImageIO.write(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB), format[0], out), format[0]);
            check(format[1], out.toByteArray());
        }
        text("a WebP picture", "RIFF....WEBPVP8 ");
        hex("an AVIF picture", "0000001c 66747970 61766966 00000000");
        hex("a HEIC picture", "00000018 66747970 68656963 00000000");
    }

    @Test
    void archives() throws IOException {
        String[][] names = {{"arr_0.npy", "a NumPy .npz archive (numpy.load gives its arrays, numpy.save writes one as"
                + " .npy)"}, {"model/data.pkl", "a file of PyTorch's torch.save"}, {"x.png", "a zip archive"}};
        for (String[] name : names) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (ZipOutputStream zip = new ZipOutputStream(out)) {
                zip.putNextEntry(new ZipEntry(name[0]));
                zip.write(new byte[1000]);
            }
            check(name[1], out.toByteArray());
        }
        check("a zip archive", Arrays.copyOf(new byte[] {'P', 'K', 3, 4}, 4));
        ByteArrayOutputStream empty = new ByteArrayOutputStream();
        new ZipOutputStream(empty).close();
        check("an empty zip archive", empty.toByteArray());
        ByteArrayOutputStream gzipped = new ByteArrayOutputStream();
        new GZIPOutputStream(gzipped).close();
        check("a gzip file (gunzip unpacks it)", gzipped.toByteArray());
        hex("an xz file (unxz unpacks it)", "fd377a585a000004e6d6b446");
        text("a bzip2 file (bunzip2 unpacks it)", "BZh91AY&SY");
        byte[] tar = Arrays.copyOf("train-images-idx3-ubyte".getBytes(StandardCharsets.US_ASCII), 600);
        System.arraycopy("ustar  ".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 7);
        check("a tar archive ('tar xf' unpacks it)", tar);
    }

    @Test
    void dataAndModels() throws IOException {
        String pickle = "a Python pickle (older files of PyTorch are such as well)";
        hex(pickle, "80049597 00000000 00000000 8c156e75");
        hex(pickle, "80028a0a 6cfc9c46 f9206aa8 5019");
        text(pickle, "cnumpy.core.multiarray\n_reconstruct\np0\n");
        text("a GGUF model", "GGUF\3\0\0\0");
        hex("an HDF5 file", "894844460d0a1a0a 00");
        text("a Parquet file", "PAR1\25\4\25");
        hex("a NumPy .npy file", "934e554d50590100 7600");
        hex("an IDX file of labels", "00000801 0000ea60 0500");
        hex("an IDX file of images", "00000803 0000ea60 0000001c");
        // 0x280 is the length of this one's header, and the first two bytes of a pickle.
        check("a safetensors file", ByteBuffer.allocate(700).order(ByteOrder.LITTLE_ENDIAN).putLong(0x280)
                .put("{\"__metadata__\":{}}".getBytes(StandardCharsets.US_ASCII)).array());
        ByteArrayOutputStream java = new ByteArrayOutputStream();
        new ObjectOutputStream(java).writeObject("x");
        check("a file of serialised Java objects", java.toByteArray());
    }

    @Test
    void whatWasFetchedInsteadOfTheFile() {
        text("a Git LFS pointer ('git lfs pull' fetches the file itself)",
                "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n");
        String page = "a web page (was the address it came from that of a page about the file?)";
        text(page, "\n\n  <!DOCTYPE html>\n<html lang=\"en\">");
        text(page, "<HTML><head>");
        check("a file that begins with zeros (an unfinished download?)", new byte[4096]);
    }

    @Test
    void texts() {
        text("text that begins with 'label,pixel0,pixel1'", "label,pixel0,pixel1\r\n5,0,0\r\n");
        text("text that begins with '{\"error\":\"Not Found\"}'", "{\"error\":\"Not Found\"}");
        text("text that begins with 'größe;höhe'", "\ufeffgröße;höhe\n");
        text("text that begins with '" + "x".repeat(100) + "...' (512 characters)", "x".repeat(10_000));
        // Cut inside a character.
        text("text that begins with 'a" + "é".repeat(99) + "...' (256 characters)", "a" + "é".repeat(1000));
        text("text of white space alone", "\n\n \t\n");
        check("text in UTF-16 (PowerShell's > turns what it is given into such)",
                "\ufeffa,b".getBytes(StandardCharsets.UTF_16LE));
    }

    @Test
    void whatIsOfNoKindKnown() {
        check(null, new byte[0]);
        check(null, new byte[3]);
        hex(null, "01020304 05060708");
        hex(null, "4d420000 00000000 0000");
        hex(null, "c3286162");
        text(null, "a\0b");
    }

    @Test
    void aFileIsReadNoFurtherThanNeeded(@TempDir Path dir) throws IOException {
        Path file = Files.write(dir.resolve("x"), "GIF89a".getBytes(StandardCharsets.US_ASCII));
        assertEquals(Optional.of("a GIF picture"), FileKind.of(file));
    }
}
