package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NpzKindTest {
    private static final Set<String> LABELLED = Set.of(Images.X, Images.LABEL);

    @TempDir
    private Path dir;

    /** An array of int64 as numpy.savez_compressed has it, of the numbers first, first + 1, ... */
    private static byte[] whole(int first, int... shape) {
        int count = 1;
        StringBuilder axes = new StringBuilder();
        for (int size : shape) {
            count *= size;
            axes.append(size).append(", ");
        }
        byte[] header = String.format("%-117s%n", "{'descr': '<i8', 'fortran_order': False, 'shape': (" + axes + "), }")
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer bytes = ByteBuffer.allocate(10 + header.length + 8 * count).order(ByteOrder.LITTLE_ENDIAN).put(
                (byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0).putShort(
                        (short) header.length).put(header);
        for (int i = 0; i < count; i++) {
            bytes.putLong(first + i);
        }
        return bytes.array();
    }

    private Path archive(Map<String, byte[]> arrays) throws IOException {
        Path file = Files.createTempFile(dir, "a", ".npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
                zip.putNextEntry(new ZipEntry(array.getKey()));
                zip.write(array.getValue());
            }
        }
        return file;
    }

    private static DataSource read(Object at) {
        return DataSource.read(DataName.parse("npz=" + at), LABELLED, ReadProgress.NONE);
    }

    @Test
    void xIsDividedAndLabelled() throws IOException {
        DataSource data = read(archive(Map.of("x.npy", whole(0, 20, 3), "y.npy", whole(0, 20), "more.npy", whole(0, 1,
                1))));
        assertEquals(List.of(18, 2), List.of(data.train().rows(), data.test().rows()));
        assertArrayEquals(new float[] {54, 55, 56, 57, 58, 59}, data.test().copyRows(0, 2));
        assertEquals(1, data.test().array(Images.LABEL).value(1, 19));
    }

    @Test
    void trainAndTestAreAsTheyAreNamed() throws IOException {
        DataSource data = read(archive(Map.of("x_train.npy", whole(0, 3, 2, 2), "y_train.npy", whole(0, 3),
                "x_test.npy",
                whole(100, 2, 2, 2), "y_test.npy", whole(1, 2))));
        assertArrayEquals(new float[] {100, 101, 102, 103, 104, 105, 106, 107}, data.test().copyRows(0, 2));
        assertEquals(List.of(3, 2, 3), List.of(data.train().rows(), data.test().height(), data.train().array(
                Images.LABEL).columns()));
        assertEquals(1, data.test().array(Images.LABEL).value(1, 2));
    }

    @Test
    void theOnlyArrayOrANamedOneIsTaken() throws IOException {
        Map<String, NpzWriter.Array> arrays = new LinkedHashMap<>();
        arrays.put("arr_0", new NpzWriter.Array(2, 2, () -> new float[] {0.5f, 1, 2, 3}));
        Path own = dir.resolve("own.npz");
        NpzWriter.write(own, arrays);
        DataSource data = DataSource.parse("npz=" + own);
        assertArrayEquals(new float[] {0.5f, 1, 2, 3}, data.all().copyRows(0, 2));
        Path two = archive(Map.of("a.npy", whole(0, 2, 1), "b.npy", whole(8, 2, 1)));
        assertEquals(9, DataSource.parse("npz=" + two + "#b").test().value(0, 0));
        assertTrue(assertThrows(DataException.class, () -> DataSource.parse("npz=" + two)).getMessage().contains(
                ", expected x, x_train and x_test, or a name as in npz=FILE#NAME"));
        assertEquals(List.of(two), DataName.parse("npz=" + two + "#b").files());
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        assertSentence(dir.resolve("none.npz") + ": no such file, expected a NumPy .npz archive", () -> DataSource
                .parse(
                        "npz=" + dir.resolve("none.npz")));
        Path text = Files.writeString(dir.resolve("text.npz"), "no archive");
        assertSentence(text + ": is text that begins with 'no archive', expected a NumPy .npz archive",
                () -> DataSource.parse("npz=" + text));
        Path bad = archive(Map.of("x.npy", new byte[] {1, 2, 3}));
        assertSentence(bad + " x: does not start with \\x93NUMPY, expected a NumPy .npy file", () -> DataSource.parse(
                "npz=" + bad));
        Path unlabelled = archive(Map.of("x.npy", whole(0, 2, 1)));
        assertSentence(unlabelled + ": has no array 'y' of labels, which the model takes; it has x", () -> read(
                unlabelled));
    }
}
