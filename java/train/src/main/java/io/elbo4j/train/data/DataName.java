package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the value of {@code --data} names: {@code sprites}, {@code mnist=DIR}, {@code images=DIR},
 * {@code npy=FILE} or {@code music=FILE}.
 *
 * @param place the path behind the kind, as it was given; empty for sprites
 */
public record DataName(Kind kind, String place) {
    /** What data is. */
    public enum Kind {
        /** generated images */
        SPRITES(""),
        /** IDX files in a folder */
        MNIST("DIR"),
        /** PNG and JPEG files in a folder */
        IMAGES("DIR"),
        /** a NumPy array */
        NPY("FILE"),
        /** sequences of notes in a JSON file */
        MUSIC("FILE");

        private final String place;

        Kind(String place) {
            this.place = place;
        }

        /** As it is written: {@code mnist}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** As it is written with a path, for people: {@code mnist=DIR}. */
        public String form() {
            return written(this, place);
        }
    }

    /** The generated images. */
    public static final DataName SPRITES = new DataName(Kind.SPRITES, "");

    /** @throws IllegalArgumentException if the kind needs a path and has none, or the other way round */
    public DataName {
        if (kind.place.isEmpty() != place.isEmpty()) {
            throw new IllegalArgumentException("expected " + kind.form() + ", not " + Quoted.of(written(kind, place)));
        }
    }

    /**
     * Reads a name; whether there is data under it shows when it is read.
     *
     * @throws DataException if it names no kind of data, or the path is missing
     */
    public static DataName parse(String data) {
        if (data.equals(SPRITES.toString())) {
            return SPRITES;
        }
        String[] parts = data.split("=", 2);
        return Arrays.stream(Kind.values())
                .filter(kind -> kind != Kind.SPRITES && kind.toString().equals(parts[0]) && parts.length == 2
                        && !parts[1].isEmpty())
                .findFirst().map(kind -> new DataName(kind, parts[1]))
                .orElseThrow(() -> new DataException("expected " + forms() + ", not " + Quoted.of(data)));
    }

    private static String forms() {
        List<String> forms = Arrays.stream(Kind.values()).map(Kind::form).toList();
        int last = forms.size() - 1;
        return String.join(", ", forms.subList(0, last)) + " or " + forms.get(last);
    }

    private static String written(Kind kind, String place) {
        return place.isEmpty() ? kind.toString() : kind + "=" + place;
    }

    /**
     * The files that it is read from.
     *
     * @throws DataException if they cannot be listed
     */
    public List<Path> files() {
        return switch (kind) {
            case SPRITES -> List.of();
            case MNIST -> IdxFolder.find(Path.of(place)).files();
            case IMAGES -> ImageFolder.files(Path.of(place), new ArrayList<>());
            case NPY, MUSIC -> List.of(Path.of(place));
        };
    }

    /** Whether there are labels of the rows. */
    public boolean hasLabels() {
        return kind == Kind.SPRITES || kind == Kind.MNIST || labels().filter(Files::exists).isPresent();
    }

    /** A file in which labels may lie beside the data. */
    private Optional<Path> labels() {
        return kind == Kind.NPY || kind == Kind.IMAGES ? Optional.of(NpyLabels.of(Path.of(place))) : Optional.empty();
    }

    /** Where labels come from, as the end of a sentence that says that there are none. */
    public String whereLabelsAre() {
        return "labels come with sprites and mnist=DIR" + labels().map(file -> ", and are read from " + file
                + ", a NumPy array of whole numbers from 0 on, one for each row, which is not there").orElse("");
    }

    /** Of those, and the file of labels beside them where there may be one, whether or not that is read. */
    public List<Path> filesWithLabels() {
        return Stream.concat(files().stream(), labels().stream()).toList();
    }

    /**
     * Whether both are read from the same place, by whatever path.
     *
     * @throws DataException if that cannot be found out
     */
    public boolean isSame(DataName other) {
        if (kind != other.kind || kind == Kind.SPRITES) {
            return kind == other.kind;
        }
        Path one = whole();
        Path two = other.whole();
        try {
            return one.toAbsolutePath().normalize().equals(two.toAbsolutePath().normalize()) || Files.exists(one)
                    && Files.exists(two) && Files.isSameFile(one, two);
        } catch (IOException e) {
            throw new DataException(two + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    /** A file or folder that is in no other data of this kind. */
    private Path whole() {
        return kind == Kind.MNIST ? IdxFolder.find(Path.of(place)).testImages() : Path.of(place);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return written(kind, place);
    }
}
