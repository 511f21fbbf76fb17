package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFolderTest {
    @TempDir
    Path dir;

    /** One image of one pixel. */
    private Path images(String name, int pixel) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, ByteBuffer.allocate(17).putInt(0x803).putInt(1).putInt(1).putInt(1).put((byte) pixel)
                .array());
    }

    private void labels(String name, int label) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, ByteBuffer.allocate(9).putInt(0x801).putInt(1).put((byte) label).array());
    }

    /** The data set of pixels 255 and 51. */
    private DataSource check(Path folder) {
        DataSource data = DataSource.parse("mnist=" + folder);
        assertArrayEquals(new float[] {1}, data.train().copyRows(0, 1));
        assertArrayEquals(new float[] {0.2f}, data.test().copyRows(0, 1));
        return data;
    }

    @Test
    void namesOfEmnistAndQmnist() throws IOException {
        for (String set : List.of("emnist-balanced-", "emnist-letters-", "qmnist-")) {
            for (String suffix : List.of("", ".gz")) {
                // Whether a file is gzipped is told from its content.
                Path train = images(set + "train-images-idx3-ubyte" + suffix, 255);
                Path test = images(set + "test-images-idx3-ubyte" + suffix, 51);
                labels(set + "train-labels-idx1-ubyte" + suffix, 3);
                labels(set + "test-labels-idx1-ubyte" + suffix, 4);
                assertEquals(set.startsWith("emnist") ? List.of(dir + ": the images of EMNIST are stored with rows and"
                        + " columns exchanged; they are taken as they are") : List.of(), check(dir).notes());
                assertArrayEquals(new int[] {3}, IdxReader.trainLabels(dir));
                assertArrayEquals(new int[] {4}, IdxReader.testLabels(dir));
                Files.delete(train);
                Files.delete(test);
                Files.delete(dir.resolve(set + "train-labels-idx1-ubyte" + suffix));
                Files.delete(dir.resolve(set + "test-labels-idx1-ubyte" + suffix));
            }
        }
    }

    @Test
    void placesOfTorchvision() throws IOException {
        for (String name : List.of("MNIST", "FashionMNIST", "EMNIST")) {
            Path root = dir.resolve("in-" + name);
            String set = name.equals("EMNIST") ? "emnist-mnist-" : "";
            images("in-" + name + "/" + name + "/raw/" + set + "train-images-idx3-ubyte", 255);
            images("in-" + name + "/" + name + "/raw/" + set + (set.isEmpty() ? "t10k" : "test")
                    + "-images-idx3-ubyte", 51);
            Files.createDirectories(root.resolve("other/raw"));
            check(root);
            check(root.resolve(name));
            check(root.resolve(name).resolve("raw"));
        }
    }

    @Test
    void severalDataSetsAreNamed() throws IOException {
        for (String set : List.of("emnist-letters-", "emnist-balanced-")) {
            images(set + "train-images-idx3-ubyte", 255);
            images(set + "test-images-idx3-ubyte", 51);
        }
        assertSentence(dir + ": holds IDX files of several data sets, emnist-balanced- and emnist-letters-, expected"
                + " one: give its files a folder of their own", () -> DataSource.parse("mnist=" + dir));
        images("train-images-idx3-ubyte", 255);
        images("t10k-images-idx3-ubyte", 51);
        assertEquals(List.of(), check(dir).notes());

        images("roots/KMNIST/raw/train-images-idx3-ubyte", 0);
        images("roots/FashionMNIST/raw/train-images-idx3-ubyte", 0);
        assertSentence(dir.resolve("roots") + ": holds IDX files in FashionMNIST/raw and KMNIST/raw, expected one of"
                + " these folders", () -> DataSource.parse("mnist=" + dir.resolve("roots")));
        images("roots/MNIST/raw/train-images-idx3-ubyte", 255);
        images("roots/MNIST/raw/t10k-images-idx3-ubyte", 51);
        check(dir.resolve("roots"));
    }

    /** The second file of a set is not taken from another set. */
    @Test
    void oneSetIsNotMixedWithAnother() throws IOException {
        images("train-images-idx3-ubyte", 255);
        images("qmnist-train-images-idx3-ubyte", 1);
        images("qmnist-test-images-idx3-ubyte", 2);
        assertSentence(dir + ": holds none of t10k-images-idx3-ubyte, t10k-images-idx3-ubyte.gz,"
                + " t10k-images.idx3-ubyte, t10k-images.idx3-ubyte.gz, expected one of them",
                () -> DataSource.parse("mnist=" + dir));
        Files.delete(dir.resolve("train-images-idx3-ubyte"));
        Files.delete(dir.resolve("qmnist-test-images-idx3-ubyte"));
        assertSentence(dir + ": holds none of qmnist-test-images-idx3-ubyte, qmnist-test-images-idx3-ubyte.gz,"
                + " qmnist-test-images.idx3-ubyte, qmnist-test-images.idx3-ubyte.gz, expected one of them",
                () -> DataSource.parse("mnist=" + dir));
    }

    /** Programs unpack x.gz into a folder x, or x.idx3 beside a folder x-idx3. */
    @Test
    void aFolderNamedLikeAFileStandsInNobodysWay() throws IOException {
        Files.createDirectories(dir.resolve("train-images-idx3-ubyte"));
        Files.createDirectories(dir.resolve("t10k-images-idx3-ubyte"));
        images("train-images-idx3-ubyte.gz", 255);
        images("t10k-images.idx3-ubyte", 51);
        check(dir);
    }
}
