package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxReaderTest {
    @TempDir
    Path dir;

    private static byte[] idx(int magic, int[] sizes, int... data) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * sizes.length + data.length).putInt(magic);
        for (int size : sizes) {
            bytes.putInt(size);
        }
        for (int value : data) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static byte[] twoImages() {
        return idx(0x803, new int[] {2, 1, 3}, 0, 1, 127, 128, 254, 255);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private Path file(String name, byte[] bytes) throws IOException {
        return Files.write(dir.resolve(name), bytes);
    }

    @Test
    void readsEverySpellingGzippedOrNot() throws IOException {
        float[] expected = {0, 1 / 255f, 127 / 255f, 128 / 255f, 254 / 255f, 1};
        for (String name : new String[] {"train-images-idx3-ubyte", "train-images.idx3-ubyte"}) {
            for (String suffix : new String[] {"", ".gz"}) {
                Path file = file(name + suffix, suffix.isEmpty() ? twoImages() : gzip(twoImages()));
                Images images = IdxReader.trainImages(dir);
                assertEquals(file.toString(), images.name());
                assertEquals(2, images.rows());
                assertEquals(1, images.height());
                assertEquals(3, images.width());
                assertEquals(1, images.channels());
                assertArrayEquals(expected, images.copyRows(0, 2));
                Files.delete(file);
            }
        }
        file("t10k-labels-idx1-ubyte.gz", gzip(idx(0x801, new int[] {3}, 7, 0, 255)));
        assertArrayEquals(new int[] {7, 0, 255}, IdxReader.testLabels(dir));
    }

    @Test
    void readsMoreThanOneChunk() throws IOException {
        int[] data = new int[7 * 13 * 1009];
        Arrays.setAll(data, i -> i * 31 & 255);
        Images images = IdxReader.images(file("big", gzip(idx(0x803, new int[] {1009, 13, 7}, data))));
        for (int i = 0; i < data.length; i++) {
            assertEquals(data[i] / 255f, images.value(i / 91, i % 91));
        }
    }

    @Test
    void missingPlaces() throws IOException {
        Path none = dir.resolve("none");
        assertSentence(none + ": no such directory, expected a folder with the IDX files of MNIST",
                () -> IdxReader.trainImages(none));
        Path plain = file("plain", twoImages());
        assertSentence(plain + ": is not a directory, expected a folder with the IDX files of MNIST",
                () -> IdxReader.trainImages(plain));
        assertSentence(dir
                + ": holds none of t10k-images-idx3-ubyte, t10k-images-idx3-ubyte.gz, t10k-images.idx3-ubyte,"
                + " t10k-images.idx3-ubyte.gz, expected one of them",
                () -> IdxReader.testImages(dir));
        assertSentence(none + ": no such file, expected an IDX file", () -> IdxReader.images(none));
        Files.createDirectory(dir.resolve("train-images-idx3-ubyte"));
        assertSentence(dir.resolve("train-images-idx3-ubyte") + ": is a directory, expected an IDX file",
                () -> IdxReader.trainImages(dir));
    }

    @Test
    void malformedFiles() throws IOException {
        byte[] good = twoImages();
        malformed(new byte[0], ": is empty, expected an IDX file");
        malformed(idx(0x801, new int[] {2, 1, 3}), ": is an IDX file of labels, expected an IDX file of images");
        malformed(idx(0x804, new int[] {2, 1, 3, 1}),
                ": is an IDX file of unsigned bytes with 4 axes, expected an IDX file of images");
        malformed(idx(0xd03, new int[] {2, 1, 3}),
                ": is an IDX file of 32-bit floats with 3 axes, expected an IDX file of images");
        malformed(idx(0x12345678, new int[] {1}),
                ": starts with the number 0x12345678, expected 0x00000803 (IDX file of images)");
        malformed("<html>".getBytes(StandardCharsets.US_ASCII),
                ": is a web page (was the address it came from that of a page about the file?), expected an IDX file of"
                        + " images");
        malformed("no".getBytes(StandardCharsets.US_ASCII),
                ": is text that begins with 'no', expected an IDX file of images");
        malformed(gzip("a,b\n1,2".getBytes(StandardCharsets.US_ASCII)),
                ": holds, gzipped, text that begins with 'a,b', expected an IDX file of images");
        malformed(Arrays.copyOf(good, 3), ": holds 3 bytes, expected an IDX header of 16 (truncated?)");
        malformed(Arrays.copyOf(good, 15), ": holds 15 bytes, expected an IDX header of 16 (truncated?)");
        malformed(Arrays.copyOf(good, 21), ": holds 21 bytes, expected 22 as its header says (truncated?)");
        malformed(Arrays.copyOf(good, 23), ": holds more than the 22 bytes its header announces");
        malformed(idx(0x803, new int[] {-1, -1, -1}),
                ": 4294967295 images of 4294967295 x 4294967295 with 1 channels are"
                        + " more than the 2147483639 values one data set can hold: split the data or make the"
                        + " images smaller");
        malformed(idx(0x803, new int[] {0, 28, 28}),
                ": holds 0 images of 28 x 28 with 1 channels, expected at least 1 of each");
        malformed(idx(0x803, new int[] {60000, 28, 28}, 1),
                ": holds 17 bytes, expected 47040016 as its header says (truncated?)");
        assertSentence(file("l", good) + ": is an IDX file of images, expected an IDX file of labels",
                () -> IdxReader.labels(dir.resolve("l")));
    }

    @Test
    void malformedGzip() throws IOException {
        byte[] good = gzip(twoImages());
        for (int length = 2; length < good.length; length++) {
            malformed(
                    Arrays.copyOf(good, length), ": the gzip data ends too early, expected a whole file (truncated?)");
        }
        malformed(
                gzip(Arrays.copyOf(twoImages(), 21)), ": holds 21 bytes, expected 22 as its header says (truncated?)");
        malformed(gzip(Arrays.copyOf(twoImages(), 23)), ": holds more than the 22 bytes its header announces");
        byte[] claims = gzip(idx(0x803, new int[] {60000, 28, 28}));
        malformed(claims,
                ": holds at most " + 1032 * claims.length
                        + " bytes, expected 47040016 as its header says (truncated?)");
        byte[] wrongCrc = good.clone();
        wrongCrc[good.length - 8] ^= 1;
        malformed(wrongCrc, ": the gzip data is damaged (Corrupt GZIP trailer), expected a whole file");
    }

    /** 1,000 times its size is what gzip itself can reach; refused before it is inflated. */
    @Test
    void gzipThatGrowsBeyondMeasure() throws IOException {
        for (int magic : new int[] {0x803, 0x801}) {
            int[] sizes = magic == 0x803 ? new int[] {9_000, 1_000, 1} : new int[] {9_000_000};
            byte[] zeros = gzip(idx(magic, sizes, new int[9_000_000]));
            Path file = file("zeros", zeros);
            long before = allocated();
            assertSentence(file + ": is " + zeros.length + " bytes of gzip and announces "
                    + (4 + 4 * sizes.length + 9_000_000)
                    + ", expected at most 100 times as many: if they are meant, gunzip the file",
                    () -> {
                        Object read = magic == 0x803 ? IdxReader.images(file) : IdxReader.labels(file);
                    });
            assertTrue(allocated() - before < 4 << 20, "memory taken for it");
        }
        byte[] small = gzip(idx(0x803, new int[] {8_000, 1_000, 1}, new int[8_000_000]));
        assertTrue(small.length < 80_000, "shrinks a hundredfold");
        assertEquals(8_000, IdxReader.images(file("small", small)).rows());
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    private void malformed(byte[] bytes, String sentence) throws IOException {
        Path file = file("f", bytes);
        assertSentence(file + sentence, () -> IdxReader.images(file));
    }

    @Test
    void mnist() throws Exception {
        String place = System.getProperty("elbo4j.mnist");
        assumeTrue(place != null && Files.isDirectory(Path.of(place)),
                "skipped: set -Delbo4j.mnist=DIR to the folder of the MNIST files to run this test");
        Path mnist = Path.of(place);
        Images train = IdxReader.trainImages(mnist);
        Images test = IdxReader.testImages(mnist);
        assertEquals(60000, train.rows());
        assertEquals(10000, test.rows());
        assertEquals(784, train.columns());
        assertEquals(28, test.height());
        int[] labels = IdxReader.trainLabels(mnist);
        assertEquals(60000, labels.length);
        assertEquals(10000, IdxReader.testLabels(mnist).length);
        // The first digits of the training set are known to show 5, 0, 4, 1, 9.
        assertArrayEquals(new int[] {5, 0, 4, 1, 9}, Arrays.copyOf(labels, 5));
        double sum = 0;
        for (int row = 0; row < train.rows(); row++) {
            for (float value : train.copyRows(row, 1)) {
                sum += value;
            }
        }
        // The published mean of the training set.
        assertEquals(0.1307, sum / 60000 / 784, 5e-5);

        MessageDigest md5 = MessageDigest.getInstance("MD5");
        Path file = Path.of(train.name());
        try (InputStream raw = Files.newInputStream(file);
                InputStream in =
                        new DigestInputStream(file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw, md5)) {
            assertEquals(16 + 60000 * 784, in.transferTo(OutputStream.nullOutputStream()));
        }
        assertEquals("6bbc9ace898e44ae57da46a324031adb", HexFormat.of().formatHex(md5.digest()));
    }
}
