package io.elbo4j.train.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The IDX files of one data set, by the names that MNIST gave them and those who came after: train-images-idx3-ubyte
 * and t10k-images-idx3-ubyte, or, with the name of the set before, emnist-letters-train-images-idx3-ubyte and
 * emnist-letters-test-images-idx3-ubyte; also with a point before "idx"; gzipped or not.
 *
 * <p>They are looked for in the folder itself, in its "raw" and in "MNIST/raw" below it, as torchvision has them, and
 * in the "raw" of another of torchvision's folders where there is one only.
 *
 * @param set what stands before the names, with its hyphen; empty for MNIST's own
 */
record IdxFolder(Path folder, String set) {
    private static final List<String> PARTS = List.of("train", "t10k", "test");
    private static final List<String> IMAGES = List.of("-images-idx3-ubyte", "-images.idx3-ubyte");
    private static final List<String> LABELS = List.of("-labels-idx1-ubyte", "-labels.idx1-ubyte");

    /** @throws DataException if there is no such folder, or it holds several data sets and none has MNIST's names */
    static IdxFolder find(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory
                    + (Files.exists(directory) ? ": is not a directory" : ": no such directory")
                    + ", expected a folder with the IDX files of MNIST");
        }
        for (Path folder : List.of(directory, directory.resolve("raw"), directory.resolve("MNIST").resolve("raw"))) {
            if (!sets(folder).isEmpty()) {
                return of(folder);
            }
        }
        List<Path> others = entries(directory).stream().map(entry -> entry.resolve("raw"))
                .filter(folder -> !sets(folder).isEmpty()).toList();
        if (others.size() > 1) {
            List<String> names = others.stream().map(other -> directory.relativize(other).toString()).toList();
            throw new DataException(
                    directory + ": holds IDX files in " + join(names) + ", expected one of these folders");
        }
        return others.isEmpty() ? new IdxFolder(directory, "") : of(others.get(0));
    }

    /** MNIST's own names first: other sets may lie beside them. */
    private static IdxFolder of(Path folder) {
        SortedSet<String> sets = sets(folder);
        if (sets.size() > 1 && !sets.contains("")) {
            throw new DataException(folder + ": holds IDX files of several data sets, " + join(List.copyOf(sets))
                    + ", expected one: give its files a folder of their own");
        }
        return new IdxFolder(folder, sets.first());
    }

    /** What stands before the names of the files in a folder; nothing if it holds none, or is none. */
    private static SortedSet<String> sets(Path folder) {
        SortedSet<String> sets = new TreeSet<>();
        for (Path file : entries(folder)) {
            String name = file.getFileName().toString();
            String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
            Stream.concat(IMAGES.stream(), LABELS.stream())
                    .flatMap(end -> PARTS.stream().map(part -> part + end))
                    .filter(end -> plain.equals(end) || plain.endsWith("-" + end))
                    .filter(end -> Files.isRegularFile(file))
                    .forEach(end -> sets.add(plain.substring(0, plain.length() - end.length())));
        }
        return sets;
    }

    private static List<Path> entries(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        } catch (UncheckedIOException e) {
            throw unreadable(folder, e.getCause());
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static DataException unreadable(Path folder, IOException e) {
        return new DataException(folder + ": cannot be read: " + DataException.reason(e), e);
    }

    Path trainImages() {
        return file(List.of("train"), IMAGES);
    }

    Path testImages() {
        return file(test(), IMAGES);
    }

    Path trainLabels() {
        return file(List.of("train"), LABELS);
    }

    Path testLabels() {
        return file(test(), LABELS);
    }

    /** Those that are there. */
    List<Path> files() {
        return Stream.of(IMAGES, LABELS).flatMap(ends -> named(PARTS, ends).stream()).filter(Files::isRegularFile)
                .toList();
    }

    /** What of the data does not show in it. */
    List<String> notes() {
        return set.startsWith("emnist") ? List.of(folder + ": the images of EMNIST are stored with rows and columns"
                + " exchanged; they are taken as they are") : List.of();
    }

    private List<String> test() {
        return set.isEmpty() ? List.of("t10k", "test") : List.of("test", "t10k");
    }

    private Path file(List<String> parts, List<String> ends) {
        List<Path> files = named(parts, ends);
        // A folder of that name is what some programs unpack the file to.
        return files.stream().filter(Files::isRegularFile).findFirst()
                .or(() -> files.stream().filter(Files::exists).findFirst())
                .orElseThrow(() -> new DataException(folder + ": holds none of "
                        + String.join(", ", files.stream().limit(4).map(f -> f.getFileName().toString()).toList())
                        + ", expected one of them"));
    }

    private List<Path> named(List<String> parts, List<String> ends) {
        List<Path> files = new ArrayList<>();
        for (String part : parts) {
            for (String end : ends) {
                files.add(folder.resolve(set + part + end));
                files.add(folder.resolve(set + part + end + ".gz"));
            }
        }
        return files;
    }

    private static String join(List<String> names) {
        return String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.get(names.size() - 1);
    }
}
