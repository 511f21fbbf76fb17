package io.elbo4j.tables;

import io.elbo4j.train.data.DataException;
import io.elbo4j.train.data.FileKind;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is read of HDF5 files: numbers of any type as doubles, and texts. */
final class H5 {
    private H5() {}

    /** @throws DataException if it is no HDF5 file */
    static HdfFile open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException(file + (Files.exists(file) ? ": is no file" : ": no such file")
                    + ", expected an HDF5 file");
        }
        try {
            return new HdfFile(file);
        } catch (HdfException e) {
            throw new DataException(file + kind(file).map(kind -> ": is " + kind).orElse(": cannot be read: " + e
                    .getMessage()) + ", expected an HDF5 file", e);
        }
    }

    private static Optional<String> kind(Path file) {
        try {
            return FileKind.of(file).filter(kind -> !kind.contains("HDF5"));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** @throws DataException naming what there is instead */
    static Node child(String name, Group group, String path) {
        Group at = group;
        Node found = null;
        for (String part : path.split("/")) {
            found = at == null ? null : at.getChildren().get(part);
            if (found == null) {
                throw new DataException(name + ": has no " + path + (at == null ? "" : "; there " + (at.getChildren()
                        .isEmpty() ? "is nothing" : "are " + String.join(", ", at.getChildren().keySet()))));
            }
            at = found instanceof Group inner ? inner : null;
        }
        return found;
    }

    static Object data(String name, Group group, String dataset) {
        if (child(name, group, dataset) instanceof Dataset found) {
            return found.getData();
        }
        throw new DataException(name + ": " + dataset + " is a group, expected a dataset");
    }

    static Object attribute(Node node, String attribute) {
        Attribute found = node.getAttributes().get(attribute);
        if (found == null) {
            throw new DataException(node.getFile() + ": " + node.getPath() + " has no attribute '" + attribute + "'");
        }
        return found.getData();
    }

    /** An attribute; empty if it is not there. */
    static String text(Node node, String attribute) {
        return node.getAttributes().containsKey(attribute) ? String.valueOf(attribute(node, attribute)) : "";
    }

    /** Numbers, row after row, if there are nested arrays. */
    static double[] numbers(String name, Object array) {
        double[] numbers = new double[length(array)];
        flatten(name, array, numbers, 0);
        return numbers;
    }

    static int[] whole(String name, Object array) {
        double[] numbers = numbers(name, array);
        int[] whole = new int[numbers.length];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = (int) numbers[i];
            if (whole[i] != numbers[i]) {
                throw new DataException(name + ": has " + numbers[i] + ", expected whole numbers below 2^31");
            }
        }
        return whole;
    }

    private static int length(Object array) {
        if (!array.getClass().isArray()) {
            return 1;
        }
        int n = Array.getLength(array);
        return n == 0 || !Array.get(array, 0).getClass().isArray() ? n : n * length(Array.get(array, 0));
    }

    /** Fills a target from a place on, and returns the place behind. */
    static int flatten(String name, Object array, double[] target, int from) {
        int n = array.getClass().isArray() ? Array.getLength(array) : 0;
        Class<?> element = n == 0 ? array.getClass() : array.getClass().getComponentType();
        if (n > 0 && element.isPrimitive() && element != boolean.class && element != char.class) {
            for (int i = 0; i < n; i++) {
                target[from + i] = Array.getDouble(array, i);
            }
            return from + n;
        }
        if (array instanceof Number value) {
            target[from] = value.doubleValue();
            return from + 1;
        }
        if (!array.getClass().isArray() || element.isPrimitive()) {
            throw new DataException(name + ": has values of " + element.getSimpleName() + ", expected numbers");
        }
        int at = from;
        for (int i = 0; i < n; i++) {
            at = flatten(name, Array.get(array, i), target, at);
        }
        return at;
    }
}
