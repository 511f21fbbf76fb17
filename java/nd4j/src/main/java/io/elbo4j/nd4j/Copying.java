package io.elbo4j.nd4j;

import io.elbo4j.Backend;
import io.elbo4j.ElementType;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Arrays of nd4j-native on a backend that cannot reach their memory: inputs are copied there and outputs back, in
 * pieces, each through a Java array and, to or from a GPU, through page-locked memory.
 */
final class Copying extends Target {
    private static final long PIECE = 1 << 18;

    private final Backend backend;

    Copying(Backend backend) {
        this.backend = backend;
    }

    /** Where arguments lie, for operations to check them against each other: the copies have lost that. */
    private static final class Layout extends Storage {
        Layout(Backend backend, long elements) {
            super(backend, elements, ElementType.FLOAT32);
        }

        @Override
        protected Object address(long offset) {
            return offset;
        }

        @Override
        protected void read(long offset, float[] target, int targetOffset, int count) {
            throw new UnsupportedOperationException("there is no memory here");
        }

        @Override
        protected void write(long offset, float[] source, int sourceOffset, int count) {
            throw new UnsupportedOperationException("there is no memory here");
        }

        @Override
        protected void release() {
            // there is nothing
        }
    }

    @Override
    public String toString() {
        return "copies to " + backend.name();
    }

    @Override
    synchronized void run(Call call, Supplier<Launch> launch) {
        call.bind(array -> array.data().addressPointer(), (address, elements) -> new Layout(backend, elements));
        launch.get();
        List<Matrix> copies = new ArrayList<>();
        try {
            for (Call.Argument a : call.arguments()) {
                Matrix copy = backend.matrix(a.distinctRows(), a.columns());
                copies.add(copy);
                if (!a.isOutput()) {
                    copy(a, copy);
                }
                a.bind(a.distinctRows() == a.rows() ? copy : copy.repeatRow(a.rows()));
            }
            launch.get().run();
            for (int i = 0; i < copies.size(); i++) {
                if (call.arguments().get(i).isOutput()) {
                    copy(call.arguments().get(i), copies.get(i));
                }
            }
        } finally {
            copies.forEach(Matrix::close);
            // the arrays' memory is theirs while it is copied
            Reference.reachabilityFence(call);
        }
    }

    /** An input to its copy, or the copy of an output back; what the array has between its rows stays as it is. */
    private static void copy(Call.Argument a, Matrix copy) {
        if (copy.rows() == 0 || copy.columns() == 0) {
            return;
        }
        long width = Math.min(PIECE, copy.columns());
        long height = PIECE / width;
        FloatPointer memory = new FloatPointer(a.array().data().addressPointer());
        for (long row = 0; row < copy.rows(); row += height) {
            for (long column = 0; column < copy.columns(); column += width) {
                Matrix piece = copy.rows(row, Math.min(copy.rows(), row + height))
                        .columns(column, Math.min(copy.columns(), column + width));
                memory.position(row * a.rowStride() + column);
                copyPiece(a, memory, piece);
            }
        }
    }

    private static void copyPiece(Call.Argument a, FloatPointer memory, Matrix piece) {
        boolean inOnePiece = a.rowStride() == piece.columns() || piece.rows() == 1;
        int rows = inOnePiece ? 1 : (int) piece.rows();
        int columns = (int) (piece.rows() * piece.columns() / rows);
        float[] values = a.isOutput() ? piece.toArray() : new float[rows * columns];
        long first = memory.position();
        for (int r = 0; r < rows; r++) {
            memory.position(first + r * a.rowStride());
            if (a.isOutput()) {
                memory.put(values, r * columns, columns);
            } else {
                memory.get(values, r * columns, columns);
            }
        }
        if (!a.isOutput()) {
            piece.set(values);
        }
    }
}
