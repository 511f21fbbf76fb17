package io.elbo4j.nd4j;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
    final class Argument {
        private final INDArray array;
        private final long rows;
        private final long columns;
        private final long rowStride;
        private final long address;

        private Argument(INDArray array) {
            this.array = array;
            rows = array == null ? 0 : array.size(0);
            columns = product(array, 1);
            rowStride = rows > 1 ? array.stride(0) : columns;
            address = rows == 0 || columns == 0 ? 0 : array.data().addressPointer().address();
        }

        /** To be asked for inside {@link Call#run}. */
        Matrix matrix() {
            return array == null ? null : Matrix.view(storage, address == 0 ? 0 : (address - first) / Float.BYTES,
                    rows, columns, rowStride);
        }

        /** The same, but one row stands for each row of {@code all}. */
        Matrix matrixForAll(Argument all) {
            return array != null && rows == 1 ? matrix().repeatRow(all.rows) : matrix();
        }

        long rows() {
            return rows;
        }

        long columns() {
            return columns;
        }

        private long end() {
            return address == 0 ? 0 : address + ((rows - 1) * rowStride + columns) * Float.BYTES;
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
    private Storage storage;
    private long first;

    Call(String operation) {
        this.operation = operation;
    }

    /** Rows x columns that are read; copied if need be. */
    Argument input(String name, INDArray array) {
        return add(array == null || inRows(checked(name, array)) ? array : array.dup('c'));
    }

    /** Rows x columns that are written to, in place. */
    Argument output(String name, INDArray array) {
        return add(array == null ? null : requireInRows(name, checked(name, array)));
    }

    /** One number per row that is read: B or B x 1; copied if need be. */
    Argument inputPerRow(String name, INDArray array) {
        return add(array == null || sideBySide(checkedPerRow(name, array)) ? array : array.dup('c'));
    }

    /** One number per row that is written to, in place: B or B x 1. */
    Argument outputPerRow(String name, INDArray array) {
        return add(array == null ? null : checkedPerRow(name, array));
    }

    /**
     * Runs what {@code launch} makes of the matrices of the arguments. All are views of one storage, from the first
     * element of any to the last of any: so the operation sees where an output overlaps another argument, whichever
     * arrays and buffers these elements came with. What lies between is never touched.
     */
    void run(Supplier<Launch> launch) {
        first = arguments.stream().mapToLong(a -> a.address).filter(address -> address != 0).min().orElse(0);
        long end = arguments.stream().mapToLong(Argument::end).max().orElse(0);
        Host.run(backend -> {
            storage = backend.wrap(new Address(first, this), Math.max(0, end - first) / Float.BYTES);
            return launch.get();
        });
    }

    private Argument add(INDArray array) {
        Argument a = new Argument(array);
        arguments.add(a);
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
        require(array.rank() == 1 || array.rank() == 2, name, "have one number per row, a shape of [B] or [B, 1]",
                shape(array));
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
