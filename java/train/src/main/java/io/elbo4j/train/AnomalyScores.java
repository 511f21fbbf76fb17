package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How unusual rows are among others, by a score of each, in nats: minus the ELBO, or minus log p(x). NaN, what a row
 * costs that no number holds, is the highest score.
 */
public final class AnomalyScores {
    private final double[] scores;
    private final double[] reference;

    /**
     * @param scores of the rows to be judged
     * @param reference scores of the rows that they are judged by, at least 1
     */
    public AnomalyScores(double[] scores, double[] reference) {
        require(reference.length >= 1, "reference", "at least 1 score", reference.length);
        this.scores = scores.clone();
        this.reference = DoubleStream.of(reference).sorted().toArray();
    }

    public int rows() {
        return scores.length;
    }

    public int referenceRows() {
        return reference.length;
    }

    public double score(int row) {
        return scores[row];
    }

    /**
     * (1 + reference rows with at least this row's score) / (1 + reference rows): the p-value of a row that is
     * exchangeable with them (Vovk, Gammerman and Shafer 2005, Algorithmic learning in a random world, section 2.2).
     */
    public double p(int row) {
        int low = 0;
        int high = reference.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Double.compare(reference[middle], scores[row]) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (1.0 + reference.length - low) / (1.0 + reference.length);
    }

    /**
     * The smallest reference score that at least this share of them are not above.
     *
     * @param share 0 to 1
     */
    public double quantile(double share) {
        require(share >= 0 && share <= 1, "share", "from 0 to 1", share);
        return reference[Math.max(0, (int) Math.ceil(share * reference.length) - 1)];
    }

    /** At most so many rows, the highest score first, among equals the first row. */
    public List<Integer> highest(int count) {
        require(count >= 0, "count", "at least 0", count);
        return IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble((Integer r) -> scores[r])
                .reversed()).limit(count).toList();
    }

    /** Score and p of each row, row after row. */
    public float[] table() {
        float[] table = new float[Math.multiplyExact(2, scores.length)];
        for (int r = 0; r < scores.length; r++) {
            table[2 * r] = (float) scores[r];
            table[2 * r + 1] = (float) p(r);
        }
        return table;
    }
}
