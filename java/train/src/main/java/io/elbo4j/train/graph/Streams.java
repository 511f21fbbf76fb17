package io.elbo4j.train.graph;

import io.elbo4j.Noise;
import java.nio.charset.StandardCharsets;

/**
 * Who draws what under one seed. What a node draws, and what a parameter begins with, is a function of its name: adding
 * a node moves no other's noise.
 */
public final class Streams {
    /** The order of the rows; the step is the epoch. */
    public static final int SHUFFLE = 0;
    /** Draws from a prior, for pictures and samples. */
    public static final int PRIOR = 1;
    /** The initial value of a parameter. */
    static final int INITIAL_VALUES = 2;
    /** A node's draws while training; the step is the training step. */
    static final int TRAINING = 3;
    /** A node's draws when nothing is trained, so that a test never repeats training noise. */
    static final int EVALUATION = 4;
    /** A latent variable's draws from its prior, which have nothing in common with those from a posterior. */
    static final int DECODING = 5;
    /** Which rows are held out of the training data. */
    public static final int HOLD_OUT = 6;

    private Streams() {}

    /** The noise of a name under a seed: two names have different keys, but for one pair in 2^64. */
    static Noise named(long seed, String name, int stream) {
        return new Noise(mix(seed ^ mix(hash(name))), stream);
    }

    /** FNV-1a, 64 bits, of the name in UTF-8 (Fowler, Noll and Vo). */
    private static long hash(String name) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * 0x100000001B3L;
        }
        return hash;
    }

    /** The finaliser of SplitMix64 (Steele et al. 2014, section 5, variant 13 of Stafford's): a bijection. */
    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
