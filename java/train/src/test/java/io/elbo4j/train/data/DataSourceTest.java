package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSourceTest {
    @TempDir
    Path dir;

    @Test
    void sprites() {
        DataSource data = DataSource.parse("sprites");
        assertEquals(16_384, data.train().rows());
        assertEquals(2_048, data.test().rows());
        assertEquals(1024, data.test().columns());
        assertArrayEquals(Sprites.images(0, 16_385).copyRows(16_384, 1), data.test().copyRows(0, 1));
    }

    @Test
    void theLastTenthIsTheTestSet() {
        int[][] cases = {{2, 1}, {9, 1}, {10, 1}, {19, 1}, {20, 2}, {127, 12}};
        for (int[] sizes : cases) {
            float[] values = new float[sizes[0]];
            for (int i = 0; i < values.length; i++) {
                values[i] = i;
            }
            Path file = dir.resolve("x.npy");
            NpyWriter.write(file, sizes[0], 1, values);
            DataSource data = DataSource.parse("npy=" + file);
            assertEquals(sizes[0] - sizes[1], data.train().rows());
            assertEquals(sizes[1], data.test().rows());
            assertEquals(0, data.train().value(0, 0));
            assertEquals(sizes[0] - sizes[1], data.test().value(0, 0));
        }
        NpyWriter.write(dir.resolve("one.npy"), 1, 4, new float[4]);
        assertSentence(
                dir.resolve("one.npy") + ": holds a single image, expected at least 2 (one to train, one to test)",
                () -> DataSource.parse("npy=" + dir.resolve("one.npy")));
    }

    @Test
    void mnistOfTwoSizes() throws Exception {
        Path train = dir.resolve("train-images-idx3-ubyte");
        Path test = dir.resolve("t10k-images.idx3-ubyte");
        Files.write(train, ByteBuffer.allocate(18).putInt(0x803).putInt(1).putInt(2).putInt(1).array());
        Files.write(test, ByteBuffer.allocate(18).putInt(0x803).putInt(1).putInt(1).putInt(2).array());
        assertSentence(
                train + " is 2 x 1 x 1 but " + test + " is 1 x 2 x 1 (height x width x channels), expected one size",
                () -> DataSource.parse("mnist=" + dir));
    }

    @Test
    void pathsThatAreNone() {
        assertSentence("'npy=a\\x00b' is not a path: Nul character not allowed", () -> DataSource.parse("npy=a\0b"));
        Path none = dir.resolve("none");
        assertSentence(none + ": no such directory, expected a folder of PNG or JPEG files",
                () -> DataSource.parse("images=" + none));
    }
}
