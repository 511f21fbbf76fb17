package io.elbo4j.train.data;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Labels of one's own, a NumPy array beside the data: of {@code x.npy} in {@code x.labels.npy}, of a folder {@code DIR}
 * in {@code DIR.labels.npy}. They are whole numbers from 0 on, one for each row, in the order of the rows, of shape (N)
 * or (N,1).
 */
final class NpyLabels {
    private static final String EXTENSION = ".npy";

    private NpyLabels() {}

    /** Where the labels of data are. */
    static Path of(Path data) {
        Path last = data.toAbsolutePath().normalize();
        String name = String.valueOf(last.getFileName());
        String stem = name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
        return last.resolveSibling(stem + ".labels" + EXTENSION);
    }

    /** Rows in memory, or streamed ones, with the labels that lie beside them, if those are wanted. */
    static Images asked(Images all, Path data, Set<String> arrays) {
        if (!arrays.contains(Images.LABEL)) {
            return all;
        }
        try {
            return with(all, data);
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    /** The data with its labels as the array {@link Images#LABEL}. */
    static Images with(Images all, Path data) {
        Path path = of(data);
        int[] labels = read(path);
        return all.with(Images.LABEL, Labels.oneHot(path.toString(), labels, Labels.classes(labels)));
    }

    /** @throws DataException naming the file, what it holds and what was expected */
    static int[] read(Path path) {
        if (!Files.exists(path)) {
            throw new DataException(path + ": no such file, expected labels of the data: a NumPy array of whole numbers"
                    + " from 0 on, one for each row");
        }
        return read(path, path.toString());
    }

    /** @param name of what is in the file, for error messages */
    static int[] read(Path path, String name) {
        try (NpyFile file = NpyFile.openLabels(path, name)) {
            file.requireSize();
            int[] labels = new int[Images.length(name, file.rows(), 1, 1, 1)];
            ByteBuffer bytes = ByteBuffer.allocate(file.element().bytes()).order(file.element().order());
            for (int r = 0; r < labels.length; r++) {
                file.read(r, 1, bytes);
                // bytes are read as pixels are, divided by 255
                double label = file.element().isByte() ? bytes.get() & 255 : file.element().next(bytes);
                labels[r] = (int) label;
                if (labels[r] != label || label < 0) {
                    throw new DataException(name + ": the label at row " + r + " (counted from 0) is "
                            + (label == Math.rint(label) && Math.abs(label) < 1e15 ? String.valueOf((long) label)
                                    : String.valueOf(label)) + ", expected a whole number from 0 on");
                }
            }
            return labels;
        }
    }
}
