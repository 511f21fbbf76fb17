package io.elbo4j.cuda;

import io.elbo4j.cuda.jni.ElboCuda;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.bytedeco.javacpp.BytePointer;

/** Turns what the C API returns into exceptions, and remembers the error after which nothing works any more. */
final class CudaErrors {
    static final int OUT_OF_MEMORY = 2;

    /** "This leaves the process in an inconsistent state", says CUDA's documentation of these. */
    private static final Set<Integer> FATAL = Set.of(214, 220, 226, 700, 702, 709, 710, 714, 715, 716, 717, 718, 719,
            721, 810, 911);
    private static final AtomicReference<FatalCudaException> FIRST_FATAL = new AtomicReference<>();

    private CudaErrors() {}

    /** @throws CudaException unless {@code error} is 0; a {@link FatalCudaException} if nothing works after it */
    static void check(int error) {
        if (error != 0) {
            throw exception(error);
        }
    }

    /** @throws FatalCudaException if a fatal error happened before in this process */
    static void requireAlive() {
        FatalCudaException first = FIRST_FATAL.get();
        if (first != null) {
            throw new FatalCudaException(first);
        }
    }

    static boolean alive() {
        return FIRST_FATAL.get() == null;
    }

    /** For closing: nothing is thrown, but a fatal error is remembered. */
    static void note(int error) {
        if (error != 0) {
            exception(error);
        }
    }

    private static CudaException exception(int error) {
        String name = said(ElboCuda.elbo4j_cuda_error_name(error));
        String text = said(ElboCuda.elbo4j_cuda_error_string(error));
        // else the next check of anybody in this process would find it again
        ElboCuda.elbo4j_cuda_last_error();
        return exception(error, name, text);
    }

    static CudaException exception(int error, String name, String text) {
        if (!FATAL.contains(error)) {
            return new CudaException(error, name, text, remedy(error));
        }
        FatalCudaException fatal = new FatalCudaException(error, name, text, remedy(error));
        FIRST_FATAL.compareAndSet(null, fatal);
        return fatal;
    }

    static String said(BytePointer text) {
        return text == null || text.isNull() ? "unknown error" : text.getString();
    }

    private static String remedy(int error) {
        return switch (error) {
            case 1 -> "an argument that elbo4j should have refused; please report it with the stack trace";
            case OUT_OF_MEMORY -> "use smaller batches, or close what is no longer needed";
            case 46 -> "another process has the GPU in exclusive mode; wait for it, or choose another with cuda:N";
            case 101 -> "choose one of the devices that elbo4j doctor lists";
            case 209, 222 -> "this build holds no code for this GPU; elbo4j doctor says what is needed";
            case 214, 220 -> "the GPU's memory or link is faulty: restart the machine, and have the GPU checked if it"
                    + " happens again";
            case 400, 709 -> "a stream, event or device was destroyed while elbo4j used it";
            case 700, 716, 717 -> "memory given from outside may be too small, freed or of another device; else please"
                    + " report it. This process cannot use the GPU any more: start a new one";
            case 702 -> "the GPU also drives a display, whose watchdog stops long kernels: use smaller batches, or a"
                    + " GPU without a display, in a new process";
            case 710, 714, 715, 718, 719, 721, 226 -> "a kernel crashed, perhaps one of another library of this"
                    + " process; if not, please report it. This process cannot use the GPU any more: start a new one";
            case 810, 911 -> "the GPU was taken away from this process: start a new one";
            default -> "elbo4j doctor and nvidia-smi say more about the state of the GPU";
        };
    }
}
