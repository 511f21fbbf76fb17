package io.elbo4j.train.onnx;

import io.elbo4j.Indices;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Noise;
import io.elbo4j.Operation;
import io.elbo4j.Storage;
import io.elbo4j.train.graph.Node;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The launches of a step of {@value #ROWS} rows, one after the other, as nodes of ONNX with any number of rows. What
 * depends on the step's inputs is a tensor, known by the memory where it lies: a buffer with a row for each of the
 * batch, of which tensors are columns. What does not is a constant: it is run here, and its value is read.
 *
 * <p>The record {@code Rows.Copy} of {@code io.elbo4j.operation} is translated by {@code Rows.copy(Copy, Translation)}
 * of this package, so that another operation changes no table.
 */
final class Translation {
    /** More than one, so that what mixes rows, or has other ones, is found. */
    static final int ROWS = 2;

    /** A tensor of (rows, end - begin) in these columns of a buffer. */
    private record Part(long begin, long end, String tensor) {}

    private record Constant(Storage storage, long offset, long rows, long columns, long stride) {}

    private final OnnxGraph graph;
    private final Map<Storage, List<Part>> parts = new HashMap<>();
    /** What a translated operation has written and its translation has not, which nothing may read. */
    private final Set<Storage> lost = new HashSet<>();
    private final Map<Constant, String> constants = new HashMap<>();
    private final Map<List<Long>, String> integers = new HashMap<>();
    private final Map<String, Integer> names = new HashMap<>();
    private String owner = "";
    private String operation = "";
    private String firstInput = "";
    /** Whether all that the operation reads is constant, but not where it writes: then constants have all rows. */
    private boolean ofConstants;

    /** @param outputs names that are taken */
    Translation(OnnxGraph graph, Set<String> outputs) {
        this.graph = graph;
        outputs.forEach(name -> names.put(name, 1));
    }

    /** An input of the graph, or what has been made of one, in a matrix that no launch has written. */
    void given(Matrix matrix, String input, String tensor) {
        firstInput = firstInput.isEmpty() ? input : firstInput;
        names.put(input, 1);
        write(matrix, tensor);
    }

    void add(Node node, Launch launch) {
        owner = node.name();
        operation = launch.name();
        if (!(launch.body() instanceof Operation op)) {
            throw refused("runs code of its own");
        }
        if (has(op, Noise.class)) {
            throw refused("is drawn at random");
        }
        if (has(op, Indices.class)) {
            throw refused("reads rows by their numbers in the data");
        }
        Set<Storage> read = new HashSet<>();
        Set<Storage> written = new HashSet<>();
        launch.forEachAccess((storage, write) -> (write ? written : read).add(storage));
        ofConstants = read.stream().noneMatch(this::isTensor);
        if (ofConstants && written.stream().noneMatch(this::isTensor)) {
            launch.run();
            constants.keySet().removeIf(constant -> written.contains(constant.storage));
            return;
        }
        translate(op);
        written.stream().filter(storage -> !parts.containsKey(storage)).forEach(lost::add);
    }

    private void translate(Operation op) {
        String className = op.getClass().getName();
        String family = className.substring(className.lastIndexOf('.') + 1).replaceAll("\\$.*", "");
        String simple = op.getClass().getSimpleName();
        String method = Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
        try {
            Method found = Class.forName(Translation.class.getPackageName() + "." + family).getDeclaredMethod(method, op
                    .getClass(), Translation.class);
            found.invoke(null, op, this);
        } catch (ClassNotFoundException | NoSuchMethodException e) {
            throw refused("is an operation without a counterpart in ONNX here");
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean has(Operation op, Class<?> component) {
        return Arrays.stream(op.getClass().getRecordComponents()).anyMatch(c -> c.getType() == component);
    }

    private boolean isTensor(Storage storage) {
        return parts.containsKey(storage) || lost.contains(storage);
    }

    boolean isTensor(Matrix matrix) {
        return isTensor(matrix.storage());
    }

    /** For what an operation does that has no counterpart. */
    IllegalArgumentException refused(String what) {
        return new IllegalArgumentException("cannot be written as ONNX: '" + owner + "' " + what + " (" + operation
                + ")");
    }

    // what translations of operations ask for

    /** A tensor of as many rows and columns as the matrix; of a constant one row, which stands for all. */
    String read(Matrix m) {
        if (lost.contains(m.storage())) {
            throw refused("reads what an operation has no counterpart of in ONNX here");
        }
        if (!isTensor(m)) {
            String row = oneRow(m);
            return ofConstants ? allRows(row, m) : row;
        }
        long width = width(m);
        long begin = begin(m);
        long end = begin + m.rows() / ROWS * m.columns();
        String tensor = columns(m.storage(), begin, end, width);
        return m.rows() == ROWS ? tensor : reshape(tensor, -1, m.columns());
    }

    /** The matrix is this tensor of as many rows and columns from now on. */
    void write(Matrix m, String tensor) {
        long begin = begin(m);
        long end = begin + m.rows() / ROWS * m.columns();
        List<Part> rest = new ArrayList<>();
        for (Part part : parts.getOrDefault(m.storage(), List.of())) {
            if (part.begin < begin) {
                rest.add(slice(part, part.begin, Math.min(part.end, begin)));
            }
            if (part.end > end) {
                rest.add(slice(part, Math.max(part.begin, end), part.end));
            }
        }
        rest.add(new Part(begin, end, m.rows() == ROWS ? tensor : reshape(tensor, -1, end - begin)));
        rest.sort(Comparator.comparingLong(Part::begin));
        lost.remove(m.storage());
        parts.put(m.storage(), rest);
    }

    /** The elements of a constant, row after row. */
    float[] values(Matrix m) {
        if (isTensor(m)) {
            throw refused("takes as a weight what depends on its input");
        }
        return m.toArray();
    }

    /** All rows of a constant, as it is. */
    String constant(Matrix m) {
        return constants.computeIfAbsent(new Constant(m.storage(), m.offset(), m.rows(), m.columns(), m.rowStride()),
                c -> floats(values(m), m.rows(), m.columns()));
    }

    String floats(float[] values, long... axes) {
        String name = fresh(owner + " constant");
        graph.floats(name, values, axes);
        return name;
    }

    String integers(long... values) {
        return integers.computeIfAbsent(Arrays.stream(values).boxed().toList(), v -> {
            String name = fresh("integers");
            graph.integers(name, values);
            return name;
        });
    }

    /** A node, and the tensor that it gives. */
    String node(String type, List<String> inputs, Protobuf... attributes) {
        String name = fresh(owner);
        graph.node(type, name, inputs, name, List.of(attributes));
        return name;
    }

    /** A node whose inputs are all tensors. */
    String node(String type, String... inputs) {
        return node(type, List.of(inputs));
    }

    String reshape(String tensor, long... axes) {
        return node("Reshape", tensor, integers(axes));
    }

    // where tensors lie

    /** Floats of a buffer for each row of the batch. */
    private long width(Matrix m) {
        if (m.storage().elements() % ROWS != 0) {
            throw refused("goes through its input otherwise than row by row");
        }
        return m.storage().elements() / ROWS;
    }

    private long begin(Matrix m) {
        long width = width(m);
        boolean ofBatch = m.rows() == ROWS && m.rowStride() == width;
        boolean whole = m.rows() % ROWS == 0 && m.rowStride() == m.columns() && m.rows() * m.columns() == width * ROWS;
        if (!ofBatch && !whole) {
            throw refused("goes through its input otherwise than row by row");
        }
        return m.offset();
    }

    private String columns(Storage storage, long begin, long end, long width) {
        List<String> found = new ArrayList<>();
        long at = begin;
        for (Part part : parts.get(storage)) {
            if (part.end > at && part.begin < end) {
                if (part.begin > at) {
                    found.add(between(storage, at, part.begin, width));
                }
                found.add(slice(part, Math.max(part.begin, begin), Math.min(part.end, end)).tensor);
                at = part.end;
            }
        }
        if (at < end) {
            found.add(between(storage, at, end, width));
        }
        return found.size() == 1 ? found.get(0) : node("Concat", found, OnnxGraph.attribute("axis", 1));
    }

    /** Columns of a buffer that a constant was written to. */
    private String between(Storage storage, long begin, long end, long width) {
        Matrix m = Matrix.view(storage, begin, ROWS, end - begin, width);
        return allRows(oneRow(m), m);
    }

    private Part slice(Part part, long begin, long end) {
        return part.begin == begin && part.end == end ? part : new Part(begin, end, node("Slice", part.tensor,
                integers(begin - part.begin), integers(end - part.begin), integers(1)));
    }

    private String oneRow(Matrix m) {
        float[] row = m.rows(0, 1).toArray();
        for (long r = 1; r < m.rows() && m.rowStride() > 0; r++) {
            if (!Arrays.equals(row, m.rows(r, r + 1).toArray())) {
                throw refused("has another constant for each of several rows");
            }
        }
        return constants.computeIfAbsent(new Constant(m.storage(), m.offset(), 1, m.columns(), 0), c -> floats(row, 1, m
                .columns()));
    }

    private String allRows(String row, Matrix m) {
        String rows = node("Slice", node("Shape", firstInput), integers(0), integers(1));
        String shape = node("Concat", List.of(rows, integers(m.rows() / ROWS), integers(m.columns())), OnnxGraph
                .attribute("axis", 0));
        return reshape(node("Expand", row, shape), -1, m.columns());
    }

    private String fresh(String name) {
        int number = names.merge(name, 1, Integer::sum);
        return number == 1 ? name : fresh(name + " (" + number + ")");
    }
}
