package io.elbo4j.cli;

import io.elbo4j.Quoted;
import io.elbo4j.train.checkpoint.Checkpoint;
import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.DataSource;
import io.elbo4j.train.data.Images;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What a command works on. */
final class DataOptions {
    private static final String SPRITES = "sprites";

    @Option(names = "--data", paramLabel = "DATA", description = {
            "sprites: generated images of 32 x 32, the default",
            "mnist=DIR: the IDX files of images, gzipped or not; labels are not used",
            "images=DIR: a folder of PNG and JPEG files of one size, divided by 255",
            "npy=FILE: a NumPy array, N x D, N x H x W or N x H x W x C: floats as they are, uint8 divided by 255,"
                    + " other"
                    + " integers as they are, bool as 0 and 1",
            "(of images and npy the last tenth of the rows is the test set)"})
    private Data data;

    /** sprites, or another kind and where it lies. */
    record Data(String kind, String place) {
        private static final List<String> KINDS = List.of("sprites", "mnist=DIR", "images=DIR", "npy=FILE");
        static final Data SPRITES = new Data("sprites", "");

        static Data read(String given) {
            int equals = given.indexOf('=');
            String kind = equals < 0 ? given : given.substring(0, equals);
            String place = given.substring(equals + 1);
            boolean known = equals < 0 ? given.equals("sprites")
                    : !place.isEmpty() && KINDS.stream().anyMatch(k -> k.startsWith(kind + "="));
            if (!known) {
                throw new TypeConversionException("expected sprites, mnist=DIR, images=DIR or npy=FILE, not "
                        + Quoted.of(given) + (equals < 0 && given.endsWith(".npy") ? "; did you mean npy="
                                + Quoted.of(given) + "?" : Suggestions.of(kind, KINDS)));
            }
            return new Data(kind, equals < 0 ? "" : Values.path(place).toString());
        }

        @Override
        public String toString() {
            return place.isEmpty() ? kind : kind + "=" + place;
        }
    }

    /**
     * Takes what a run that is resumed was started with, if nothing was given.
     *
     * @param file in which it stands
     */
    void orElse(String stored, Path file) {
        try {
            data = data == null && stored != null ? Data.read(stored) : data;
        } catch (TypeConversionException e) {
            throw Failure.because(file + ": its source cannot be used: " + e.getMessage()
                    + "; --data says where the data is now", e);
        }
    }

    private Data data() {
        return data == null ? Data.SPRITES : data;
    }

    /** The value as it is right in every folder. */
    String absolute() {
        Data d = data();
        return d.place().isEmpty() ? d.toString() : d.kind() + "=" + Path.of(d.place()).toAbsolutePath();
    }

    /** sprites, mnist, images or npy. */
    String kind() {
        return data().kind();
    }

    boolean sprites() {
        return data().equals(Data.SPRITES);
    }

    /** Reads the data; what of it is left aside is said on standard error. */
    DataSource read(Console console) {
        DataSource source = Bar.during(console, "reading " + Quoted.of(data()),
                () -> DataSource.parse(data().toString()));
        source.notes().forEach(note -> console.err().println("note: " + Quoted.line(note)));
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
