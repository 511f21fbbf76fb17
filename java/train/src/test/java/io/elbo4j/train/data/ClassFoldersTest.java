package io.elbo4j.train.data;

import static io.elbo4j.train.data.Sentences.assertSentence;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassFoldersTest {
    private static final Set<String> LABELLED = Set.of(Images.X, Images.LABEL);

    @TempDir
    private Path dir;

    /** Grey images of one pixel, of the values first, first + 1, ... */
    private void images(String folder, int count, int first) throws IOException {
        Path made = Files.createDirectories(dir.resolve(folder));
        for (int i = 0; i < count; i++) {
            BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
            image.getRaster().setSample(0, 0, 0, first + i);
            ImageIO.write(image, "png", made.resolve(String.format("%03d.png", i)).toFile());
        }
    }

    @Test
    void theLastTenthOfEachClassIsTheTestSet() throws IOException {
        images("b", 20, 100);
        images("a", 12, 0);
        images("c", 1, 200);
        Files.createDirectory(dir.resolve(".hidden"));
        DataSource data = DataSource.read(DataName.parse("classes=" + dir), LABELLED, ReadProgress.NONE);
        assertEquals(List.of("a", "b", "c"), data.table().classes());
        assertEquals(List.of(30, 3), List.of(data.train().rows(), data.test().rows()));
        int[] tested = {11, 118, 119};
        for (int r = 0; r < 3; r++) {
            assertEquals(tested[r], Math.round(255 * data.test().value(r, 0)));
        }
        for (Images set : data.sets()) {
            for (int r = 0; r < set.rows(); r++) {
                int value = Math.round(255 * set.value(r, 0));
                assertEquals(1, set.array(Images.LABEL).value(r, value / 100));
            }
        }
        assertEquals(Table.NONE, DataSource.parse("classes=" + dir).table());
    }

    @Test
    void classesOfATrainedModelKeepTheirPlaces() throws IOException {
        images("a", 2, 0);
        images("b", 2, 100);
        images("c", 2, 200);
        Table like = DataSource.read(DataName.parse("classes=" + dir), LABELLED, ReadProgress.NONE).table();
        images("new/c", 1, 7);
        DataRequest request = new DataRequest(LABELLED, false, ReadProgress.NONE).of(TableSettings.NONE, like, false);
        DataSource data = DataSource.used(DataName.parse("classes=" + dir.resolve("new")), request);
        assertTrue(data.isOneRow());
        assertEquals(1, data.train().array(Images.LABEL).value(0, 2));
        images("new/d", 1, 7);
        assertSentence(dir.resolve("new") + ": has a class 'd', expected one of a, b, c, that the model was trained on",
                () -> DataSource.used(DataName.parse("classes=" + dir.resolve("new")), request));
    }

    @Test
    void whatIsMissingIsNamed() throws IOException {
        assertSentence(dir + ": has no folders, expected one of images for each class; images=DIR is for images without"
                + " classes", () -> DataSource.parse("classes=" + dir));
        Files.createDirectory(dir.resolve("empty"));
        assertTrue(assertThrows(DataException.class, () -> DataSource.parse("classes=" + dir)).getMessage().startsWith(
                dir.resolve("empty") + ": holds no file ending in .png"));
        assertSentence(dir.resolve("none") + ": no such directory, expected a folder with a folder of images for each"
                + " class", () -> DataSource.parse("classes=" + dir.resolve("none")));
    }
}
