package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The data a run works on: what the value of {@code --data} names.
 *
 * <p>{@code sprites}: {@value #SPRITES_TRAIN} generated images and {@value #SPRITES_TEST} others for
 * the test, always the same ones. {@code mnist=DIR}: the split of the IDX files of MNIST, EMNIST or
 * QMNIST, which may lie where torchvision puts them. {@code images=DIR} and {@code npy=FILE}: the last
 * tenth of the rows, at least one, is the test set.
 *
 * @param train the images to learn from
 * @param test images of the same shape that training never sees
 * @param notes what was found and does not show in the images, a sentence each
 */
public record DataSource(Images train, Images test, List<String> notes) {
    public static final int SPRITES_TRAIN = 16_384;
    public static final int SPRITES_TEST = 2_048;
    private static final long SPRITES_SEED = 0;

    public DataSource {
        notes = List.copyOf(notes);
        if (train.height() != test.height() || train.width() != test.width() || train.channels() != test.channels()) {
            throw new DataException(
                    String.format("%s is %s but %s is %s (height x width x channels), expected one size", train.name(),
                            size(train), test.name(), size(test)));
        }
    }

    public DataSource(Images train, Images test) {
        this(train, test, List.of());
    }

    /**
     * Reads or generates the data.
     *
     * @param data the value of {@code --data}
     * @throws DataException if it names no kind of data, or the data cannot be used
     */
    public static DataSource parse(String data) {
        return read(DataName.parse(data), ReadProgress.NONE);
    }

    /**
     * Reads or generates the data.
     *
     * @throws DataException if the data cannot be used
     */
    public static DataSource read(DataName name, ReadProgress progress) {
        Path path;
        try {
            path = Path.of(name.place());
        } catch (InvalidPathException e) {
            throw new DataException(Quoted.of(name) + " is not a path: " + e.getReason(), e);
        }
        return switch (name.kind()) {
            case SPRITES -> {
                Images all = Sprites.images(SPRITES_SEED, SPRITES_TRAIN + SPRITES_TEST, progress);
                yield new DataSource(all.first(SPRITES_TRAIN), all.last(SPRITES_TEST));
            }
            case MNIST -> mnist(IdxFolder.find(path), progress);
            case IMAGES -> {
                List<String> notes = new ArrayList<>();
                yield split(ImageFolder.read(path, notes, progress), notes);
            }
            case NPY -> split(NpyReader.read(path, progress), List.of());
        };
    }

    /** Two files are one reading. */
    private static DataSource mnist(IdxFolder files, ReadProgress progress) {
        Path train = files.trainImages();
        Path test = files.testImages();
        long trainBytes = train.toFile().length();
        long testBytes = test.toFile().length();
        return new DataSource(IdxReader.images(train, (done, of) -> progress.at(done, of + testBytes)),
                IdxReader.images(test, (done, of) -> progress.at(trainBytes + done, trainBytes + of)), files.notes());
    }

    /** The last tenth of the rows, at least one, as the test set. */
    private static DataSource split(Images all, List<String> notes) {
        if (all.count() < 2) {
            throw new DataException(
                    all.name() + ": holds a single image, expected at least 2 (one to train, one to test)");
        }
        int test = Math.max(1, all.count() / 10);
        return new DataSource(all.first(all.count() - test), all.last(test), notes);
    }

    private static String size(Images images) {
        return images.height() + " x " + images.width() + " x " + images.channels();
    }
}
