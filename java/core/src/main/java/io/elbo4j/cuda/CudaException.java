package io.elbo4j.cuda;

/** An error of the CUDA run time, with what can be done about it. The work queued before it is as it was. */
public class CudaException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int number;
    private final String name;
    private final String text;
    private final String remedy;

    CudaException(int number, String name, String text, String remedy) {
        this("CUDA reports: " + text + " (" + name + ", error " + number + "): " + remedy, number, name, text, remedy,
                null);
    }

    CudaException(String message, int number, String name, String text, String remedy, Throwable cause) {
        super(message, cause);
        this.number = number;
        this.name = name;
        this.text = text;
        this.remedy = remedy;
    }

    /** The number of the cudaError_t. */
    public final int number() {
        return number;
    }

    /** The name of the cudaError_t, as {@code cudaErrorIllegalAddress}. */
    public final String name() {
        return name;
    }

    /** What CUDA says. */
    public final String text() {
        return text;
    }

    public final String remedy() {
        return remedy;
    }
}
