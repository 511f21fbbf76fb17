package io.elbo4j.cuda;

import io.elbo4j.cuda.jni.ElboCuda;
import java.util.Locale;
import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.jspecify.annotations.NullMarked;

/**
 * A GPU, numbered as the CUDA driver does (CUDA_VISIBLE_DEVICES changes that).
 *
 * @param major of the compute capability, as is {@code minor}
 * @param bytes of its memory
 * @param problem why elbo4j cannot use it, in words with the remedy; empty if it can
 */
@NullMarked
public record CudaDevice(int index, String name, int major, int minor, int multiprocessors, long bytes,
        Optional<String> problem) {
    private static final int PROPERTIES = 6;

    static CudaDevice describe(int index) {
        try (BytePointer name = new BytePointer(256L); LongPointer p = new LongPointer(PROPERTIES)) {
            CudaErrors.check(ElboCuda.elbo4j_cuda_device(index, name, p));
            return new CudaDevice(index, name.limit(BytePointer.strlen(name)).getString(), (int) p.get(0),
                    (int) p.get(1), (int) p.get(2), p.get(3), Optional.empty());
        }
    }

    /** What CUDA says to the wish to run our kernels there: 0 or an error. */
    static int probe(int index) {
        CudaErrors.check(ElboCuda.elbo4j_cuda_set_device(index));
        int error = ElboCuda.elbo4j_cuda_probe();
        ElboCuda.elbo4j_cuda_last_error();
        return error;
    }

    CudaDevice refused(String why) {
        return new CudaDevice(index, name, major, minor, multiprocessors, bytes, Optional.of(why));
    }

    /** Bytes of its memory that nobody has now. */
    public long freeBytes() {
        CudaErrors.requireAlive();
        CudaErrors.check(ElboCuda.elbo4j_cuda_set_device(index));
        try (LongPointer bytes = new LongPointer(1)) {
            CudaErrors.check(ElboCuda.elbo4j_cuda_free_bytes(bytes));
            return bytes.get();
        }
    }

    /** As {@code NVIDIA H200 (compute capability 9.0, 132 multiprocessors, 139.8 GiB)}. */
    public String description() {
        return String.format(Locale.ROOT, "%s (compute capability %d.%d, %d multiprocessors, %.1f GiB)", name, major,
                minor, multiprocessors, bytes / (double) (1 << 30));
    }
}
