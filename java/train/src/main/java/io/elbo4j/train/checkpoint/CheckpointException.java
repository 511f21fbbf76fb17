package io.elbo4j.train.checkpoint;

import io.elbo4j.train.data.DataException;
import org.jspecify.annotations.Nullable;

/** A checkpoint that cannot be read or written; the message is one sentence for people. */
public class CheckpointException extends DataException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
