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
    private static final int LONGEST = 100;
    private static final String ACCEPTED = "sprites, mnist=DIR, images=DIR or npy=FILE";

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
        if (data.equals("sprites")) {
            Images all = Sprites.images(SPRITES_SEED, SPRITES_TRAIN + SPRITES_TEST);
            return new DataSource(all.first(SPRITES_TRAIN), all.last(SPRITES_TEST));
        }
        int equals = data.indexOf('=');
        String kind = equals < 0 ? data : data.substring(0, equals);
        String place = data.substring(equals + 1);
        String given = data.length() <= LONGEST ? data : Quoted.of(data);
        switch (kind) {
            case "mnist", "images", "npy" -> {
                if (equals < 0 || place.isEmpty()) {
                    throw new DataException("--data " + given + ": the path is missing, expected " + ACCEPTED);
                }
            }
            default -> throw new DataException("--data " + given + ": unknown kind of data " + Quoted.of(kind)
                    + ", expected " + ACCEPTED);
        }
        Path path;
        try {
            path = Path.of(place);
        } catch (InvalidPathException e) {
            throw new DataException("--data " + given + ": not a path: " + e.getReason(), e);
        }
        return switch (kind) {
            case "mnist" -> {
                IdxFolder files = IdxFolder.find(path);
                yield new DataSource(IdxReader.images(files.trainImages()), IdxReader.images(files.testImages()),
                        files.notes());
            }
            case "images" -> {
                List<String> notes = new ArrayList<>();
                yield split(ImageFolder.read(path, notes), notes);
            }
            default -> split(NpyReader.read(path), List.of());
        };
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
