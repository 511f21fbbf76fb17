package io.elbo4j.numerics;

/**
 * A random word to a uniform float in [0, 1), the same bits as {@code native/spec/uniform.h}: its high 24 bits times
 * 2^-24. Exact, so each of the 2^24 values is equally likely; never 1.
 */
public final class Uniform {
    private Uniform() {}

    /** The uniform float of a word of {@link Philox}. */
    public static float uniform01(int word) {
        return (word >>> 8) * 0x1p-24f;
    }
}
