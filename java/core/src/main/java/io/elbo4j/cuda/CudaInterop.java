package io.elbo4j.cuda;

import io.elbo4j.Matrix;
import io.elbo4j.Storage;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * Streams and device memory of bytedeco's CUDA presets (org.bytedeco:cuda, which the caller adds to the class path),
 * without a copy. The types fit; not run on a device so far.
 */
@SuppressWarnings("exports") // who has these types at hand requires their module
@NullMarked
public final class CudaInterop {
    private CudaInterop() {}

    /** A stream of the presets, not owned; {@link CudaStream#of} says what holds for it. */
    public static CudaStream stream(int device, @Nullable CUstream_st stream) {
        return CudaStream.of(device, stream);
    }

    /** Our stream for calls of the presets; it stays ours. */
    public static CUstream_st stream(CudaStream stream) {
        return new CUstream_st(stream.pointer());
    }

    /** Device memory from element (0, 0) on as a matrix; {@link CudaBackend#wrap} says what holds for it. */
    public static Matrix matrix(CudaBackend backend, FloatPointer devicePointer, long rows, long columns,
            long rowStride) {
        long elements = rows == 0 || columns == 0 ? 0 : Math.addExact(Math.multiplyExact(rows - 1, rowStride), columns);
        Storage storage = backend.wrap(devicePointer, elements);
        return Matrix.view(storage, 0, rows, columns, rowStride);
    }
}
