package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stays in its file is what reading it gives. */
class NpyStreamTest {
    private static final int ROWS = 2500;
    private static final int COLUMNS = 60;

    @TempDir
    Path dir;

    /** A file of version 1 whose data begins at byte 128. */
    private Path file(String descr, boolean fortran, String shape, ByteBuffer data) throws IOException {
        String text = "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': "
                + shape + ", }";
        ByteBuffer bytes = ByteBuffer.allocate(128 + data.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0)
                .putShort((short) 118).put(String.format("%-117s%n", text).getBytes(StandardCharsets.US_ASCII));
        return Files.write(dir.resolve("f.npy"), bytes.position(128).put(data).array());
    }

    private Path bytes(int rows, int columns) throws IOException {
        byte[] data = new byte[rows * columns];
        new SplittableRandom(1).nextBytes(data);
        return file("|u1", false, "(" + rows + ", " + columns + ")", ByteBuffer.wrap(data));
    }

    private static void assertSame(Images expected, Images streamed) {
        assertTrue(streamed.isStreamed());
        assertFalse(expected.isStreamed());
        assertEquals(List.of(expected.rows(), expected.height(), expected.width(), expected.channels()),
                List.of(streamed.rows(), streamed.height(), streamed.width(), streamed.channels()));
        assertArrayEquals(expected.copyRows(0, expected.rows()), streamed.copyRows(0, streamed.rows()));
        int[] order = new SplittableRandom(2).ints(70, 0, expected.rows()).toArray();
        // rows that lie together are one reading
        order[5] = 1;
        order[6] = 2;
        order[7] = 3;
        float[] target = new float[60 * expected.columns() + 3];
        streamed.copyRows(order, 4, 60, target, 3);
        for (int r = 0; r < 60; r++) {
            for (int c = 0; c < expected.columns(); c++) {
                float value = expected.value(order[4 + r], c);
                assertEquals(value, target[3 + r * expected.columns() + c]);
                assertEquals(value, streamed.value(order[4 + r], c));
            }
        }
        streamed.forEachRow((row, number) -> assertArrayEquals(expected.copyRows(number, 1), row));
    }

    @ParameterizedTest
    @ValueSource(strings = {"|u1", "|i1", "|b1", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<u2", ">u2", "<i2", ">i2",
            "<u4", ">u4", "<i4", ">i4", "<u8", ">u8", "<i8", ">i8"})
    void everyTypeIsAsItIsRead(String type) throws IOException {
        ByteOrder order = type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        int bytes = type.charAt(2) - '0';
        ByteBuffer data = ByteBuffer.allocate(ROWS * COLUMNS * bytes).order(order);
        SplittableRandom random = new SplittableRandom(3);
        while (data.hasRemaining()) {
            switch (type.substring(1)) {
                case "f2" -> data.putShort((short) random.nextInt(0x7c00));
                case "f4" -> data.putFloat((float) random.nextDouble());
                case "f8" -> data.putDouble(random.nextDouble());
                default -> {
                    int value = random.nextInt(bytes == 1 ? 128 : 30_000);
                    switch (bytes) {
                        case 1 -> data.put((byte) value);
                        case 2 -> data.putShort((short) value);
                        case 4 -> data.putInt(value);
                        default -> data.putLong(value);
                    }
                }
            }
        }
        Path file = file(type, false, "(" + ROWS + ", 5, 4, 3)", data.flip());
        Images read = NpyReader.read(file);
        try (Images streamed = NpyReader.stream(file)) {
            assertSame(read, streamed);
            assertSame(read.undivided(), streamed.undivided());
            assertEquals(type.equals("|u1"), streamed.undivided() != streamed);
        }
    }

    @Test
    void viewsAndFurtherArraysStayInTheFile() throws IOException {
        Path file = bytes(100, 7);
        Images read = NpyReader.read(file);
        Images labels = Labels.oneHot("labels", new int[100], 2);
        Images streamed = NpyReader.stream(file);
        assertSame(read.first(90).last(70), streamed.first(90).last(70));
        assertSame(read.last(10).undivided(), streamed.undivided().last(10));
        assertTrue(labels.with("other", streamed).isStreamed());
        assertTrue(streamed.with("y", labels).last(3).isStreamed());
        assertSame(read, labels.with("other", streamed).array("other"));
        assertArrayEquals(read.repeated(230).copyRows(0, 230), streamed.repeated(230).copyRows(0, 230));
        assertThrows(IndexOutOfBoundsException.class, () -> streamed.first(9).copyRows(8, 2));
        assertThrows(IndexOutOfBoundsException.class,
                () -> streamed.first(9).copyRows(new int[] {3, 9}, 0, 2, new float[14], 0));
        assertThrows(IndexOutOfBoundsException.class,
                () -> streamed.first(9).copyRows(new int[] {-1}, 0, 1, new float[7], 0));
        streamed.undivided().first(2).close();
        assertSentence(file + ": has been closed", () -> streamed.copyRows(0, 1));
    }

    @Test
    void sourcesAreSplitAndClosed() throws IOException {
        Path file = bytes(100, 7);
        DataName name = DataName.parse("npy=" + file);
        DataSource streamed;
        try (DataSource source = DataSource.stream(name, Set.of(Images.X), ReadProgress.NONE)) {
            DataSource read = DataSource.read(name, ReadProgress.NONE);
            assertSame(read.train(), source.train());
            assertSame(read.test(), source.test());
            streamed = source;
        }
        assertSentence(file + ": has been closed", () -> streamed.train().copyRows(0, 1));
        assertSentence("sprites cannot be streamed, only npy=FILE can",
                () -> DataSource.stream(DataName.SPRITES, Set.of(Images.X), ReadProgress.NONE));
    }

    /** Statistics of all values, which are gone through in pieces. */
    @Test
    void statisticsAreThoseOfTheArray() throws IOException {
        Path file = bytes(2500, 60);
        Images read = NpyReader.read(file);
        try (Images streamed = NpyReader.stream(file)) {
            assertEquals(Range.of(read), Range.of(streamed));
            for (Standardisation.Kind kind : Standardisation.Kind.values()) {
                Standardisation s = Standardisation.of(read, kind);
                assertEquals(s, Standardisation.of(streamed, kind));
                float[] target = new float[120];
                s.apply(streamed, new int[] {9, 2400}, 0, 2, target, 0);
                float[] first = s.apply(read, 9, 1);
                float[] second = s.apply(read, 2400, 1);
                for (int c = 0; c < 60; c++) {
                    assertEquals(first[c], target[c]);
                    assertEquals(second[c], target[60 + c]);
                }
            }
        }
    }

    /** Values are checked once, with the sentences of reading. */
    @Test
    void whatReadingRefusesIsRefused() throws IOException {
        ByteBuffer doubles = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        for (double bad : new double[] {1e300, Double.NaN, Double.NEGATIVE_INFINITY}) {
            refusedAsRead(file("<f8", false, "(2, 1)", doubles.clear().putDouble(0).putDouble(bad).flip()));
        }
        ByteBuffer ints = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        refusedAsRead(file("<i4", false, "(1, 2)", ints.putInt(0).putInt((1 << 24) + 1).flip()));
        refusedAsRead(file("<f8", false, "(3, 1)", doubles.clear()));
        refusedAsRead(file("<f8", false, "(1, 1)", doubles.clear()));
        refusedAsRead(file("<f8", false, "(2,)", doubles.clear()));
        refusedAsRead(file("<f8", false, "(2, 0)", doubles.clear()));
        refusedAsRead(file("<c8", false, "(2, 1)", doubles.clear()));
        refusedAsRead(dir);
        refusedAsRead(dir.resolve("none.npy"));
        Path huge = file("|u1", false, "(3000000000, 1)", doubles.clear());
        assertSentence(huge + ": holds 3000000000 images of 1 x 1 with 1 channels, expected at most 2147483639 images,"
                + " and as many values of each", () -> NpyReader.stream(huge));
        Path overflowing = file("<f8", false, "(2000000000, 2000000000)", doubles.clear());
        assertSentence(overflowing + ": holds 16 bytes of data, expected 32000000000000000000 for the shape"
                + " [2000000000, 2000000000] of <f8 (truncated?)", () -> NpyReader.stream(overflowing));
        Path fortran = file("<f4", true, "(2, 2)", doubles.clear());
        assertSentence(fortran + ": is in Fortran order, where the values of a row lie apart, expected C order of a"
                + " file that is streamed: numpy.save(FILE, numpy.ascontiguousarray(x)) writes it",
                () -> NpyReader.stream(fortran));
    }

    private static void refusedAsRead(Path file) {
        String sentence = assertThrows(DataException.class, () -> NpyReader.read(file)).getMessage();
        assertSentence(sentence, () -> NpyReader.stream(file));
    }

    @Test
    void aFileThatIsChangedIsNoticed() throws IOException {
        Path file = bytes(100, 7);
        Images images = NpyReader.stream(file);
        Images part = images.undivided().last(3);
        part.copyRows(0, 3);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[700]), 128);
        }
        // a write may fall into the clock's tick of the one before
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
        changed(file, images, part);
    }

    @Test
    void aFileThatIsCutIsNoticed() throws IOException {
        Path file = bytes(100, 7);
        Images images = NpyReader.stream(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(400);
        }
        changed(file, images, images.last(3));
    }

    /** Though what was opened is still there. */
    @Test
    void aFileThatIsReplacedIsNoticed() throws IOException {
        Path file = bytes(100, 7);
        FileTime time = Files.getLastModifiedTime(file);
        Images images = NpyReader.stream(file);
        Path other = Files.copy(file, dir.resolve("other.npy"));
        Files.delete(file);
        assertSentence(file + ": is not there any more: no such file or directory", () -> images.copyRows(0, 1));
        Files.move(other, file);
        Files.setLastModifiedTime(file, time);
        changed(file, images, images.last(3));
    }

    /** Whatever is asked for. */
    private static void changed(Path file, Images images, Images part) {
        String sentence = file + ": has been changed since it was opened, expected the same file until its last row has"
                + " been read";
        assertSentence(sentence, () -> images.copyRows(99, 1));
        assertSentence(sentence, () -> part.copyRows(new int[] {2, 1}, 0, 2, new float[14], 0));
        assertSentence(sentence, () -> part.value(2, 6));
        assertSentence(sentence, () -> images.forEachRow((row, number) -> {}));
        images.close();
    }

    @Test
    void aReaderThatIsInterruptedSaysSo() throws Exception {
        Path file = bytes(100, 7);
        Images images = NpyReader.stream(file);
        Thread.currentThread().interrupt();
        assertSentence(file + ": was closed as its reader, thread '" + Thread.currentThread().getName()
                + "', was interrupted", () -> images.copyRows(0, 1));
        assertTrue(Thread.interrupted());
        assertSentence(file + ": has been closed", () -> images.copyRows(0, 1));
    }

    /** More values than an array can have. Nothing is written between those that are looked at, so no disk fills. */
    @Test
    void rowsBeyondAllIntegersAreRead() throws IOException {
        int rows = 5_000_000;
        int columns = 1000;
        Path file = file("|u1", false, "(" + rows + ", " + columns + ")", ByteBuffer.allocate(0));
        long last = 128 + (long) (rows - 1) * columns;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[columns]), last);
            channel.write(ByteBuffer.wrap(new byte[] {51}), last + 2);
            channel.write(ByteBuffer.wrap(new byte[] {102}), 128 + 3_000_000L * columns + 999);
        }
        // to check all of them would take seconds
        NpyFile opened = NpyFile.open(file);
        opened.requireSize();
        try (Images images = new Images("f", rows, 1, columns, 1, new NpyValues(file, opened), true)) {
            assertEquals(0.2f, images.last(1).value(0, 2));
            assertEquals(0.2f, images.copyRows(rows - 1, 1)[2]);
            assertEquals(102, images.undivided().last(rows - 2_999_999).value(1, 999));
            float[] target = new float[2 * columns];
            images.copyRows(new int[] {3_000_000, rows - 1}, 0, 2, target, 0);
            assertEquals(0.4f, target[999]);
            assertEquals(0.2f, target[columns + 2]);
            assertThrows(ArithmeticException.class, () -> images.copyRows(0, rows));
        }
        String sentence = assertThrows(DataException.class, () -> NpyReader.read(file)).getMessage();
        assertTrue(sentence.endsWith(": split the data or make the images smaller; or leave the values in the file:"
                + " --stream, NpyReader.stream"), sentence);
    }
}
