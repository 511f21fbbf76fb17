package io.elbo4j.control.imitation;

import static io.elbo4j.ArgumentException.require;

/**
 * How chunks are acted by: every so many steps one is predicted, and of the last ones that have a say about this step
 * the mean is taken, with weights of which the oldest has 1,
 *
 * <pre>
 *   a_t = sum over i of w_i a_t of chunk i / sum of w_i,   w_i = exp(-decay i),   i = 0 the oldest
 * </pre>
 *
 * <p>(Zhao et al. 2023, Learning fine-grained bimanual manipulation with low-cost hardware, section IV-A: temporal
 * ensembling.)
 *
 * @param every steps from one chunk to the next, at least 1
 * @param kept chunks that have a say, at least 1
 * @param decay at least 0
 */
public record Reading(int every, int kept, double decay) {
    public Reading {
        require(every >= 1, "every", "at least 1", every);
        require(kept >= 1, "kept", "at least 1", kept);
        require(decay >= 0 && Double.isFinite(decay), "decay", "a finite number of at least 0", decay);
    }

    /** A whole chunk of so many steps without looking, then the next. */
    public static Reading openLoop(int length) {
        return new Reading(length, 1, 0);
    }

    /** Of each chunk the first action alone. */
    public static Reading first() {
        return new Reading(1, 1, 0);
    }

    /** A chunk in each step, the mean of all that say what to do in it. */
    public static Reading ensembling(int length, double decay) {
        return new Reading(1, length, decay);
    }

    /** @throws io.elbo4j.ArgumentException unless all that are kept, of so many steps, reach to the next chunk's */
    void requireWithin(int length) {
        require(every <= length, "every", "at most the length of a chunk, " + length, every);
        require((long) (kept - 1) * every < length, "kept", "so few that the oldest chunk of " + length
                + " steps has a say, at most " + ((length - 1) / every + 1), kept);
    }
}
