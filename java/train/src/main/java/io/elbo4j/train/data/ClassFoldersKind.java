package io.elbo4j.train.data;

import io.elbo4j.Quoted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * {@code classes=DIR}: a folder of PNG and JPEG files for each class, of which it has the name; the last tenth of each,
 * at least one where there are two, is the test set. Classes and files are in the order of their names.
 */
final class ClassFoldersKind extends DataKind {
    ClassFoldersKind() {
        super("classes", "DIR");
    }

    @Override
    public List<Path> files(String at) {
        return folders(Path.of(at)).stream().flatMap(folder -> ImageFolder.files(folder, new ArrayList<>()).stream())
                .toList();
    }

    @Override
    public boolean isLabelled() {
        return true;
    }

    @Override
    public boolean isUndivided() {
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        Path directory = Path.of(at);
        List<String> notes = new ArrayList<>();
        List<Path> files = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Integer> train = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        List<String> ofRows = new ArrayList<>();
        for (Path folder : folders(directory)) {
            String name = folder.getFileName().toString();
            names.add(name);
            List<Path> own = ImageFolder.files(folder, notes);
            int tested = own.size() < 2 ? 0 : Math.max(1, own.size() / 10);
            for (int i = 0; i < own.size(); i++) {
                (i < own.size() - tested ? train : test).add(files.size());
                files.add(own.get(i));
                ofRows.add(name);
            }
        }
        Images x = ImageFolder.read(directory, files, notes, request.progress());
        boolean labelled = request.arrays().contains(Images.LABEL);
        List<String> known = request.like().classes();
        List<String> classes = known.isEmpty() ? names : known;
        Images all = labelled ? x.with(Images.LABEL, Labels.oneHot(at, labels(at, ofRows, classes), classes.size()))
                : x;
        Images tested = test.isEmpty() ? all : all.chosen(numbers(test));
        return new DataSource(test.isEmpty() ? all : all.chosen(numbers(train)), tested, notes, labelled ? new Table(
                TableSettings.NONE, List.of(), classes) : Table.NONE, Keys.NONE);
    }

    @Override
    Images validation(String at, DataRequest request, List<String> notes) {
        DataSource source = read(at, request);
        notes.addAll(source.notes());
        return source.all();
    }

    private static int[] numbers(List<Integer> rows) {
        return rows.stream().mapToInt(row -> row).toArray();
    }

    private static int[] labels(String at, List<String> ofRows, List<String> classes) {
        return IntStream.range(0, ofRows.size()).map(r -> {
            int place = classes.indexOf(ofRows.get(r));
            if (place < 0) {
                throw new DataException(at + ": has a class " + Quoted.of(ofRows.get(r)) + ", expected one of "
                        + String.join(", ", classes) + ", that the model was trained on");
            }
            return place;
        }).toArray();
    }

    private static List<Path> folders(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new DataException(directory + (Files.exists(directory) ? ": is not a directory"
                    : ": no such directory") + ", expected a folder with a folder of images for each class");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<Path> folders = entries.filter(Files::isDirectory).filter(folder -> !folder.getFileName().toString()
                    .startsWith(".")).sorted(ImageFolder.ORDER).toList();
            if (folders.isEmpty()) {
                throw new DataException(directory
                        + ": has no folders, expected one of images for each class; images=DIR"
                        + " is for images without classes");
            }
            return folders;
        } catch (UncheckedIOException e) {
            throw new DataException(directory + ": cannot be read: " + DataException.reason(e.getCause()), e);
        } catch (IOException e) {
            throw new DataException(directory + ": cannot be read: " + DataException.reason(e), e);
        }
    }
}
