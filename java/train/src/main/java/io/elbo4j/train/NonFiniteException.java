package io.elbo4j.train;

/** Training met a NaN or an infinity and stopped before anything of it was saved. */
public final class NonFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String facts;

    /** Without advice. */
    public NonFiniteException(String facts) {
        super(facts);
        this.facts = facts;
    }

    /** @param advice a sentence without its full stop */
    public NonFiniteException(String facts, String advice) {
        super(facts + ". " + advice);
        this.facts = facts;
    }

    /** The message without its advice, for those who know the data and have a better one. */
    public String facts() {
        return facts;
    }
}
