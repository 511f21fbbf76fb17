package io.elbo4j.train.data;

/** Is told how far reading is, often, by the thread that reads: it should be quick. */
@FunctionalInterface
public interface ReadProgress {
    /** For who does not ask. */
    ReadProgress NONE = (done, of) -> {};

    /**
     * So much has been read.
     *
     * @param done bytes, or files of a folder; never fewer than before
     * @param of in all, at least {@code done} and 1
     */
    void at(long done, long of);
}
