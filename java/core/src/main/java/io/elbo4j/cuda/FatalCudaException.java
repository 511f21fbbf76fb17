package io.elbo4j.cuda;

/**
 * An error after which CUDA refuses all work of this process (a kernel that crashed, a lost device). From then on every
 * call on any CUDA object throws this with the first such error as its cause; closing stays possible and silent. Only a
 * new process can use the GPU again.
 */
public final class FatalCudaException extends CudaException {
    private static final long serialVersionUID = 1;

    FatalCudaException(int number, String name, String text, String remedy) {
        super(number, name, text, remedy);
    }

    FatalCudaException(FatalCudaException first) {
        super("CUDA stopped working in this process before: " + first.getMessage(), first.number(), first.name(),
                first.text(), first.remedy(), first);
    }
}
