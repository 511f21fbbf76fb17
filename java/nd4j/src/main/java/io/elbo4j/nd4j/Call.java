package io.elbo4j.nd4j;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.NullUnmarked;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One call of an operation: its arrays as matrices on ND4J's own memory, alive until the operation has ended. */
@NullUnmarked // the operations refuse what they lack by its name
final class Call {
    /** An argument; one that was not given has a matrix of null. */
    static final class Argument {
        private final INDArray array;
        private final boolean output;
        private final long rows;
        private final long columns;
        private final long rowStride;
        private Matrix matrix;

        private Argument(INDArray array, boolean output) {
            this.array = array;
            this.output = output;
            rows = array == null ? 0 : array.size(0);
            columns = product(array, 1);
            rowStride = rows > 1 ? array.stride(0) : columns;
        }

        /** To be asked for inside {@link Call#run}. */
        Matrix matrix() {
            return matrix;
        }

        /** The same, but one row stands for each row of {@code all}. */
        Matrix matrixForAll(Argument all) {
            return array != null && rows == 1 ? matrix.repeatRow(all.rows) : matrix;
        }

        void bind(Matrix matrix) {
            this.matrix = matrix;
        }

        INDArray array() {
            return array;
        }

        boolean isOutput() {
            return output;
        }

        /** Without an element: there is no memory. */
        boolean isEmpty() {
            return rows == 0 || columns == 0;
        }

        long rows() {
            return rows;
        }

        /** Those that are not the one before once more. */
        long distinctRows() {
            return rowStride == 0 ? Math.min(1, rows) : rows;
        }

        long columns() {
            return columns;
        }

        long rowStride() {
            return rowStride;
        }

        private long span() {
            return (rows - 1) * rowStride + columns;
        }
    }

    /**
     * An address as a pointer that holds the arrays that lie there. ND4J frees the memory of an array that is garbage,
     * whoever has its address: so a kernel's arguments, which hold this, must hold the arrays.
     */
    private static final class Address extends Pointer {
        private final Call call;

        Address(long address, Call call) {
            this.address = address;
            this.call = call;
        }

        Call call() {
            return call;
        }
    }

    private final String operation;
    private final List<Argument> arguments = new ArrayList<>();

    Call(String operation) {
        this.operation = operation;
    }

    /** Rows x columns that are read; copied if need be. */
    Argument input(String name, INDArray array) {
        return add(array == null || inRows(checked(name, array)) ? array : array.dup('c'), false);
    }

    /** Rows x columns that are written to, in place. */
    Argument output(String name, INDArray array) {
        return add(array == null ? null : requireInRows(name, checked(name, array)), true);
    }

    /** One number per row that is read: B or B x 1; copied if need be. */
    Argument inputPerRow(String name, INDArray array) {
        return add(array == null || sideBySide(checkedPerRow(name, array)) ? array : array.dup('c'), false);
    }

    /** One number per row that is written to, in place: B or B x 1. */
    Argument outputPerRow(String name, INDArray array) {
        return add(array == null ? null : checkedPerRow(name, array), true);
    }

    /** Runs what {@code launch} makes of the matrices of the arguments; returns when the results are written. */
    void run(Supplier<Launch> launch) {
        Target.current().run(this, launch);
    }

    /** The arguments that were given. */
    List<Argument> arguments() {
        return arguments;
    }

    /**
     * Makes the arguments' matrices views of one storage, from the first element of any to the last of any: so the
     * operation sees where an output overlaps another argument, whichever arrays and buffers these elements came with.
     * What lies between is never touched.
     *
     * @param memory where an array's first element lies
     * @param wrap makes a storage of an address and a number of elements
     */
    void bind(Function<INDArray, Pointer> memory, BiFunction<Pointer, Long, Storage> wrap) {
        long[] addresses = arguments.stream().mapToLong(a -> a.isEmpty() ? 0 : memory.apply(a.array).address())
                .toArray();
        long first = Arrays.stream(addresses).filter(address -> address != 0).min().orElse(0);
        long elements = 0;
        for (int i = 0; i < addresses.length; i++) {
            if (addresses[i] != 0) {
                elements = Math.max(elements, (addresses[i] - first) / Float.BYTES + arguments.get(i).span());
            }
        }
        Storage storage = wrap.apply(new Address(first, this), elements);
        for (int i = 0; i < addresses.length; i++) {
            Argument a = arguments.get(i);
            long offset = addresses[i] == 0 ? 0 : (addresses[i] - first) / Float.BYTES;
            a.bind(Matrix.view(storage, offset, a.rows, a.columns, a.rowStride));
        }
    }

    private Argument add(INDArray array, boolean output) {
        Argument a = new Argument(array, output);
        if (array != null) {
            arguments.add(a);
        }
        return a;
    }

    private static long product(INDArray array, int from) {
        long product = 1;
        for (int i = from; array != null && i < array.rank(); i++) {
            product *= array.size(i);
        }
        return product;
    }

    private INDArray checked(String name, INDArray array) {
        require(array.rank() >= 2, name, "have a rank of at least 2 (rows x columns)", "the shape " + shape(array));
        return usable(name, array);
    }

    private INDArray checkedPerRow(String name, INDArray array) {
        require(array.rank() == 1 || array.rank() == 2 && (array.size(1) == 1 || array.size(0) == 1), name,
                "have one number per row, a shape of [B] or [B, 1]", shape(array));
        return usable(name, array);
    }

    private INDArray usable(String name, INDArray array) {
        require(array.dataType() == DataType.FLOAT, name, "be of FLOAT", array.dataType()
                + ": castTo(DataType.FLOAT) makes a copy that is");
        if (array.isEmpty()) {
            return array;
        }
        require(!array.wasClosed(), name, "be open", "closed");
        require(!array.isAttached() || inItsWorkspace(array.data()), name, "be used inside its workspace",
                "after it: detach() what is needed longer");
        return array;
    }

    /** The question that ND4J asks only where its profiler is set to SCOPE_PANIC. */
    private static boolean inItsWorkspace(DataBuffer data) {
        MemoryWorkspace workspace = data.getParentWorkspace();
        return workspace.getWorkspaceType() == MemoryWorkspace.Type.CIRCULAR
                || workspace.isScopeActive() && workspace.getGenerationId() == data.getGenerationId();
    }

    private INDArray requireInRows(String name, INDArray array) {
        require(inRows(array), name, "lie row after row in memory ('c' order), as it is written to in place",
                "in '" + array.ordering() + "' order with strides " + Arrays.toString(array.stride())
                        + " for the shape " + shape(array));
        return array;
    }

    private void require(boolean holds, String name, String expected, String given) {
        if (!holds) {
            throw new IllegalArgumentException(operation + ": " + name + " must " + expected + ", not " + given);
        }
    }

    private static String shape(INDArray array) {
        return Arrays.toString(array.shape());
    }

    /** Whether the elements of each row lie side by side, and the rows are one row or do not overlap. */
    private static boolean inRows(INDArray array) {
        long expected = 1;
        for (int i = array.rank() - 1; i > 0; i--) {
            // the stride of a dimension of size 1 means nothing, and ND4J gives it any value
            if (array.size(i) != 1 && array.stride(i) != expected) {
                return array.length() == 0;
            }
            expected *= array.size(i);
        }
        return array.size(0) <= 1 || array.stride(0) == 0 || array.stride(0) >= expected;
    }

    private static boolean sideBySide(INDArray array) {
        return array.size(0) <= 1 || array.stride(0) == 1;
    }
}
