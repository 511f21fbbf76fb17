package io.elbo4j.cli;

import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What a command works on. */
final class DataOptions {
    private static final String SPRITES = "sprites";

    @Option(names = "--data", paramLabel = "DATA", description = {
        "sprites: generated images of 32 x 32, the default",
        "mnist=DIR: the IDX files of images, gzipped or not; labels are not used",
        "images=DIR: a folder of PNG and JPEG files of one size, divided by 255",
        "npy=FILE: a NumPy array, N x D, N x H x W or N x H x W x C: floats as they are, uint8 divided by 255, other"
            + " integers as they are, bool as 0 and 1",
        "(of images and npy the last tenth of the rows is the test set)"})
    private String data;

    /** Takes what a run that is resumed was started with, if nothing was given. */
    void orElse(String stored) {
        data = data == null ? stored : data;
    }

    private String value() {
        return data == null ? SPRITES : data;
    }

    /** The value as it is right in every folder. */
    String absolute() {
        int path = value().indexOf('=') + 1;
        return path == 0 ? value() : value().substring(0, path) + Path.of(value().substring(path)).toAbsolutePath();
    }

    /** sprites, mnist, images or npy. */
    String kind() {
        return value().replaceFirst("=.*", "");
    }

    boolean sprites() {
        return value().equals(SPRITES);
    }

    /** Reads the data; what of it is left aside is said on standard error. */
    DataSource read(Console console) {
        if (!value().matches("sprites|(mnist|images|npy)=.+")) {
            throw Failure.usage("--data must be sprites, mnist=DIR, images=DIR or npy=FILE, not '" + value() + "'");
        }
        DataSource source = DataSource.parse(value());
        source.notes().forEach(note -> console.err().println("note: " + note));
        return source;
    }

    /** Reads data for a model that exists already. */
    DataSource readFor(Checkpoint.Loaded loaded, Console console) {
        DataSource source = read(console);
        Images images = source.test();
        Checkpoint.Data trained = loaded.checkpoint().data();
        if (images.columns() != loaded.checkpoint().model().columns()) {
            throw new DataException(String.format("%s has rows of %d values (%d x %d x %d), but %s was trained on rows"
                    + " of %d (%d x %d x %d): choose other data with --data, or another checkpoint", images.name(),
                    images.columns(), images.height(), images.width(), images.channels(), loaded.file(),
                    loaded.checkpoint().model().columns(), trained.height(), trained.width(), trained.channels()));
        }
        return source;
    }
}
