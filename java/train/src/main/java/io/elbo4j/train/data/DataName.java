package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the value of {@code --data} names: {@code sprites}, {@code mnist=DIR}, {@code images=DIR},
 * {@code npy=FILE}, {@code music=FILE} or what a {@link DataKind} of another jar adds.
 *
 * @param place the path behind the kind, as it was given; empty for sprites
 */
public record DataName(DataKind kind, String place) {
    /** The generated images. */
    public static final DataName SPRITES = new DataName(DataKinds.SPRITES, "");

    /** @throws IllegalArgumentException if the kind needs a path and has none, or the other way round */
    public DataName {
        if (kind.hasPlace() == place.isEmpty()) {
            throw new IllegalArgumentException("expected " + kind.form() + ", not " + Quoted.of(kind.written(place)));
        }
    }

    /**
     * Reads a name; whether there is data under it shows when it is read.
     *
     * @throws DataException if it names no kind of data, or the path is missing
     */
    public static DataName parse(String data) {
        String[] parts = data.split("=", 2);
        String place = parts.length < 2 ? "" : parts[1];
        return DataKinds.all().stream().filter(kind -> kind.toString().equals(parts[0]) && kind.hasPlace() == (!place
                .isEmpty()) && parts.length == (kind.hasPlace() ? 2 : 1)).findFirst().map(kind -> new DataName(kind,
                        place))
                .orElseThrow(() -> new DataException("expected " + forms(kind -> true) + ", not " + Quoted.of(data)
                        + DataKinds.missing(parts[0])));
    }

    /** As in "a, b or c". */
    static String forms(Predicate<DataKind> which) {
        List<String> forms = DataKinds.all().stream().filter(which).map(DataKind::form).toList();
        int last = forms.size() - 1;
        return last < 1 ? String.join("", forms) : String.join(", ", forms.subList(0, last)) + " or " + forms.get(last);
    }

    /**
     * The files that it is read from.
     *
     * @throws DataException if they cannot be listed
     */
    public List<Path> files() {
        return kind.files(place);
    }

    /** Whether there are labels of the rows. */
    public boolean hasLabels() {
        return kind.isLabelled() || kind.labels(place).filter(Files::exists).isPresent();
    }

    /** Where labels come from, as the end of a sentence that says that there are none. */
    public String whereLabelsAre() {
        return "labels come with sprites and mnist=DIR" + kind.labels(place).map(file -> ", and are read from " + file
                + ", a NumPy array of whole numbers from 0 on, one for each row, which is not there").orElse("");
    }

    /** Of those, and the file of labels beside them where there may be one, whether or not that is read. */
    public List<Path> filesWithLabels() {
        return Stream.concat(files().stream(), kind.labels(place).stream()).toList();
    }

    /**
     * Whether both are read from the same place, by whatever path.
     *
     * @throws DataException if that cannot be found out
     */
    public boolean isSame(DataName other) {
        if (kind != other.kind || !kind.hasPlace()) {
            return kind == other.kind;
        }
        Path one = kind.whole(place);
        Path two = other.kind.whole(other.place);
        try {
            return one.toAbsolutePath().normalize().equals(two.toAbsolutePath().normalize()) || Files.exists(one)
                    && Files.exists(two) && Files.isSameFile(one, two);
        } catch (IOException e) {
            throw new DataException(two + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return kind.written(place);
    }
}
