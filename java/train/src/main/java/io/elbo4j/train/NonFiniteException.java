package io.elbo4j.train;

/** Training met a NaN or an infinity and stopped before anything of it was saved. */
public final class NonFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    NonFiniteException(String message) {
        super(message);
    }
}
