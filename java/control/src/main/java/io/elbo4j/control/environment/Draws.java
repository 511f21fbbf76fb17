package io.elbo4j.control.environment;

import static io.elbo4j.ArgumentException.require;
import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.numerics.Philox;

/**
 * The random numbers of one step of one copy: a function of (seed, stream, copy, episode, step) and of how many were
 * drawn before in this step, so that neither other copies nor other episodes move them. Each number takes a block of
 * Philox.
 *
 * <p>A stream is a use, as "exploration". Its key is made of the seed and the name, so that the streams of a seed, and
 * the {@link io.elbo4j.Noise} of that seed, know nothing of each other.
 */
public final class Draws {
    private final int low;
    private final int high;
    private final int[] words = new int[Philox.WORDS];
    private int copy;
    private int episode;
    private int step;
    private int draw;

    /** Those of a use of a seed. */
    public Draws(long seed, String stream) {
        this(seed(seed, stream));
    }

    /** Those of a key that nobody shares. */
    Draws(long key) {
        low = (int) key;
        high = (int) (key >>> 32);
    }

    /**
     * A seed of its own for a use of a seed: what takes a seed, and another that is made of the same one, do not share
     * their numbers. Letter by letter two words of a block of Philox are the key of the next (Salmon et al. 2011).
     */
    public static long seed(long seed, String stream) {
        requireGiven("stream", stream);
        int[] words = {(int) seed, (int) (seed >>> 32), 0, 0};
        for (int i = 0; i < stream.length(); i++) {
            Philox.block(stream.charAt(i), 0, 0, 0, words[0], words[1], words, 0);
        }
        return words[1] * (1L << 32) | words[0] & 0xffffffffL;
    }

    /** Moves to the numbers of a step; those of the start of an episode are step 0. All are taken modulo 2^32. */
    public Draws at(long copy, long episode, long step) {
        this.copy = (int) copy;
        this.episode = (int) episode;
        this.step = (int) step;
        this.draw = 0;
        return this;
    }

    private void next() {
        Philox.block(draw++, copy, step, episode, low, high, words, 0);
    }

    private double uniform(int word) {
        return ((long) (words[word] >>> 5) << 26 | words[word + 1] >>> 6) * 0x1p-53;
    }

    /** Uniform in [0, 1): a multiple of 2^-53. */
    public double uniform() {
        next();
        return uniform(0);
    }

    /**
     * Uniform from low to high.
     *
     * @throws io.elbo4j.ArgumentException unless high is at least low
     */
    public double uniform(double low, double high) {
        require(low <= high, "high", "at least low, " + low, high);
        return low + (high - low) * uniform();
    }

    /** Standard normal (Box and Muller 1958): of the two the first. */
    public double normal() {
        next();
        return StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(0))) * StrictMath.cos(2 * Math.PI * uniform(2));
    }

    /**
     * Uniform in 0 to count - 1; the bias is below count / 2^53.
     *
     * @throws io.elbo4j.ArgumentException unless count is at least 1
     */
    public int below(int count) {
        require(count >= 1, "count", "at least 1", count);
        return (int) (uniform() * count);
    }

    /** How often a row is in one of many drawn bootstrap samples: a Poisson variable of mean 1, by inversion. */
    public int poisson() {
        double left = uniform();
        double probability = StrictMath.exp(-1);
        int count = 0;
        while (left >= probability && probability > 0) {
            left -= probability;
            probability /= ++count;
        }
        return count;
    }
}
