package io.elbo4j.train.worker;

/** The workers of a training cannot go on together. */
public final class WorkerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean ended;

    private WorkerException(String message, boolean ended) {
        super(message);
        this.ended = ended;
    }

    /** A worker was lost, or left before the end. */
    static WorkerException lost(String message) {
        return new WorkerException(message, false);
    }

    /** Worker 0 has ended the training. */
    static WorkerException ended(String message) {
        return new WorkerException(message, true);
    }

    /** Whether the training has come to its end, rather than lost a worker. */
    public boolean isEnd() {
        return ended;
    }
}
