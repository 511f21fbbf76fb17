package io.elbo4j.train.posterior;

import io.elbo4j.Noise;
import io.elbo4j.numerics.Normal;
import io.elbo4j.numerics.Philox;

/** What a chain draws: a function of the seed, the use, the chain and its step, so the same for any threads. */
final class ChainNoise {
    private final Noise noise;
    private final int[] words = new int[Philox.WORDS];
    private final float[] pair = new float[2];

    /** @param stream the use: {@link Noise} */
    ChainNoise(long seed, int stream) {
        noise = new Noise(seed, stream);
    }

    private void block(int chain, long step, int number) {
        Philox.block(noise.seed(), noise.step(step).draw(), chain, number, words, 0);
    }

    void normals(int chain, long step, double[] into) {
        for (int d = 0; d < into.length; d += 2) {
            if (d % Philox.WORDS == 0) {
                block(chain, step, d / Philox.WORDS);
            }
            Normal.boxMuller(words[d % Philox.WORDS], words[d % Philox.WORDS + 1], pair, 0);
            into[d] = pair[0];
            if (d + 1 < into.length) {
                into[d + 1] = pair[1];
            }
        }
    }

    /** In (0, 1), in steps of 2^-32: never 0, whose logarithm would accept anything. */
    double uniform(int chain, long step) {
        block(chain, step, 0);
        return ((words[0] & 0xffffffffL) + 0.5) * 0x1p-32;
    }
}
