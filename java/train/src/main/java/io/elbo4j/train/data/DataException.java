package io.elbo4j.train.data;

/**
 * A file or data set that cannot be used. The message is one sentence for people: it names the
 * file, what was found there and what was expected, and is meant to be printed as it is.
 */
public class DataException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
