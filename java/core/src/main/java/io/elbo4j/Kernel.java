package io.elbo4j;

/** An operation with what its backend runs it by, made once for many runs. */
public interface Kernel extends Launch.Body {
    /**
     * Reads anew what changes between runs: {@link Noise}, {@link AdamStep}, {@link SgdStep} and the position of {@link
     * Indices}. Called once before each run, which several threads may share.
     */
    void prepare();
}
