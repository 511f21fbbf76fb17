package io.elbo4j.train.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * {@code npz=FILE} or {@code npz=FILE#NAME}: an array of a NumPy .npz archive, {@code x} or the only one unless it is
 * named, of which the last tenth of the rows is the test set; or {@code x_train} and {@code x_test}. Labels are
 * {@code label} or {@code y}, or {@code y_train} and {@code y_test}.
 */
final class NpzKind extends DataKind {
    NpzKind() {
        super("npz", "FILE");
    }

    private static Path file(String at) {
        return Path.of(at.split("#", 2)[0]);
    }

    @Override
    public List<Path> files(String at) {
        return List.of(file(at));
    }

    @Override
    public boolean isLabelled() {
        // which array that is shows when it is read
        return true;
    }

    @Override
    public boolean isUndivided() {
        return true;
    }

    @Override
    public DataSource read(String at, DataRequest request) {
        boolean labelled = request.arrays().contains(Images.LABEL);
        try (ZipFile archive = open(at)) {
            List<String> names = archive.stream().map(ZipEntry::getName).filter(name -> name.endsWith(".npy")).map(
                    name -> name.substring(0, name.length() - 4)).toList();
            boolean divided = at.indexOf('#') < 0 && !names.contains("x") && names.containsAll(List.of("x_train",
                    "x_test"));
            String x = divided ? "x_train" : name(at, names);
            Images all = images(archive, at, x, request.progress());
            if (!divided) {
                String y = names.contains("label") ? "label" : "y";
                int[] labels = labelled ? labels(archive, at, y, names) : new int[0];
                return DataSource.split(labelled ? with(all, at, y, labels, Labels.classes(labels)) : all, List.of());
            }
            Images test = images(archive, at, "x_test", request.progress());
            if (!labelled) {
                return new DataSource(all, test);
            }
            int[] ofTrain = labels(archive, at, "y_train", names);
            int[] ofTest = labels(archive, at, "y_test", names);
            int classes = Math.max(Labels.classes(ofTrain), Labels.classes(ofTest));
            return new DataSource(with(all, at, "y_train", ofTrain, classes), with(test, at, "y_test", ofTest,
                    classes));
        } catch (IOException e) {
            throw new DataException(at + ": cannot be read: " + DataException.reason(e), e);
        }
    }

    private static ZipFile open(String at) throws IOException {
        Path file = file(at);
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + (Files.exists(file) ? ": is no file" : ": no such file")
                    + ", expected a NumPy .npz archive");
        }
        try {
            return new ZipFile(file.toFile());
        } catch (ZipException e) {
            Optional<String> kind = FileKind.of(file);
            throw new DataException(file + kind.map(k -> ": is " + k).orElse(": is no zip archive")
                    + ", expected a NumPy .npz archive", e);
        }
    }

    private static String name(String at, List<String> names) {
        String asked = at.indexOf('#') >= 0 ? at.substring(at.indexOf('#') + 1) : names.contains("x") ? "x" : names
                .size() == 1 ? names.get(0) : "";
        if (!names.contains(asked)) {
            throw new DataException(at + ": has " + (names.isEmpty() ? "no arrays" : "the arrays " + String.join(", ",
                    names)) + ", expected x, x_train and x_test, or a name as in npz=FILE#NAME");
        }
        return asked;
    }

    private static Images images(ZipFile archive, String at, String array, ReadProgress progress) throws IOException {
        return unpacked(archive, array, path -> NpyReader.read(path, file(at) + " " + array, progress));
    }

    private static int[] labels(ZipFile archive, String at, String array, List<String> names) throws IOException {
        if (!names.contains(array)) {
            throw new DataException(at + ": has no array '" + array + "' of labels, which the model takes; it has "
                    + String.join(", ", names));
        }
        return unpacked(archive, array, path -> NpyLabels.read(path, file(at) + " " + array));
    }

    private static Images with(Images x, String at, String array, int[] labels, int classes) {
        return x.with(Images.LABEL, Labels.oneHot(file(at) + " " + array, labels, classes));
    }

    /** An array may be packed, and its file is read by places. */
    private static <T> T unpacked(ZipFile archive, String array, Function<Path, T> reads) throws IOException {
        Path scratch = Files.createTempFile("elbo4j-", ".npy");
        try (InputStream in = archive.getInputStream(archive.getEntry(array + ".npy"))) {
            Files.copy(in, scratch, StandardCopyOption.REPLACE_EXISTING);
            return reads.apply(scratch);
        } finally {
            Files.deleteIfExists(scratch);
        }
    }
}
