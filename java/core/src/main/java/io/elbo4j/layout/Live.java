package io.elbo4j.layout;

/** Where kernels that are replayed find what changes between runs. */
public interface Live {
    /** Nowhere: the arguments have it by value. */
    Live NONE = changing -> 0;

    /**
     * The address of the values of a {@link io.elbo4j.Noise}, {@link io.elbo4j.AdamStep}, {@link io.elbo4j.SgdStep} or
     * {@link io.elbo4j.Indices} in the device's memory; 0: the arguments have them by value.
     */
    long address(Object changing);
}
