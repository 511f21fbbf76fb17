package io.elbo4j.numerics;

/** The scalar functions of a gated recurrent unit: see {@code native/spec/gru.h}. */
public final class Gru {
    private Gru() {}

    /** sigmoid(a + b), within 4 2^-24. */
    public static float gate(float a, float b) {
        return Sigmoid.sigmoid(a + b);
    }

    /** tanh(a + r b). */
    public static float candidate(float r, float b, float a) {
        return Tanh.tanh(Math.fma(r, b, a));
    }

    /** n + z (h - n). */
    public static float state(float z, float h, float n) {
        return Math.fma(z, h - n, n);
    }

    /** Of the argument of the candidate n. */
    public static float candidateGradient(float dh, float z, float n) {
        return dh * (1 - z) * Math.fma(-n, n, 1);
    }

    /** Of the argument of the reset gate r, dn that of the candidate's. */
    public static float resetGradient(float dn, float b, float r) {
        return dn * b * (r * (1 - r));
    }

    /** Of the argument of the update gate z. */
    public static float updateGradient(float dh, float h, float n, float z) {
        return dh * (h - n) * (z * (1 - z));
    }
}
