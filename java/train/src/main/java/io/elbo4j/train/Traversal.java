package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Codes that differ in one dimension: what the decoder makes of that dimension alone. */
public final class Traversal {
    private Traversal() {}

    /**
     * All codes, one after the other: {@code steps} x the code's length. They are the code, but for the dimension,
     * which goes from one value to the other in even steps, both included.
     *
     * @param steps at least 2
     */
    public static float[] of(float[] code, int dimension, double from, double to, int steps) {
        require(dimension >= 0 && dimension < code.length, "dimension", "from 0 to " + (code.length - 1), dimension);
        require(Float.isFinite((float) from), "from", "finite, also as a float32", from);
        require(Float.isFinite((float) to), "to", "finite, also as a float32", to);
        require(steps >= 2, "steps", "at least 2", steps);
        float[] all = new float[Math.multiplyExact(steps, code.length)];
        for (int s = 0; s < steps; s++) {
            double t = s / (steps - 1.0);
            System.arraycopy(code, 0, all, s * code.length, code.length);
            all[s * code.length + dimension] = (float) ((1 - t) * from + t * to);
        }
        return all;
    }

    /**
     * The dimensions of which the data tells most, those first.
     *
     * @param kl of each dimension, in nats
     * @param most how many at most, at least 0
     */
    public static int[] mostInformative(List<Double> kl, int most) {
        require(most >= 0, "most", "at least 0", most);
        return IntStream.range(0, kl.size()).boxed().sorted(Comparator.comparing(kl::get).reversed()).limit(most)
                .mapToInt(i -> i).toArray();
    }
}
