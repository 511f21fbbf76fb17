package io.elbo4j.numerics;

/** Dropout of one element, see {@code native/spec/dropout.h}. */
public final class Dropout {
    private Dropout() {}

    /** x scale where the word is at least the threshold, both as unsigned numbers, else +0. */
    public static float dropout(float x, int word, int threshold, float scale) {
        return word + Integer.MIN_VALUE >= threshold + Integer.MIN_VALUE ? x * scale : 0;
    }
}
