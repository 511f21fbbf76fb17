package io.elbo4j.control.planning;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Rows;
import io.elbo4j.train.NonFiniteException;
import io.elbo4j.train.graph.Step;
import java.util.function.Supplier;

/**
 * What goes on from one decision to the next: the mean, moved on by a step, with zeros as its last one (Chua et al.
 * 2018).
 */
final class Decisions {
    private final Iteration iteration;
    private final Step step;
    private long decided;

    /** @param step that has the mean and the deviation as inputs and wants what is next */
    Decisions(Iteration iteration, Step step) {
        this.iteration = iteration;
        this.step = step;
        forget();
    }

    Matrix mean() {
        return step.value(iteration.mean());
    }

    /** What comes has nothing to do with what was: the mean is zero, for all rows. */
    void forget() {
        Rows.fill(0, mean()).run();
    }

    /** What comes is sought around this plan at first, for all rows. */
    void aim(float[] plan) {
        Matrix mean = mean();
        for (long r = 0; r < mean.rows(); r++) {
            mean.rows(r, r + 1).set(plan);
        }
    }

    long decided() {
        return decided;
    }

    void goOn(long number) {
        decided = number;
    }

    /** Begins a decision. */
    void begin() {
        Rows.fill((float) iteration.search().deviation(), step.value(iteration.deviation())).run();
    }

    /** The number of an iteration, by which its noise is keyed. */
    long number(int of) {
        return decided * iteration.search().iterations() + of;
    }

    /** Ends an iteration. */
    void take() {
        Rows.copy(step.value(iteration.next().mean()), mean()).run();
        if (iteration.next().deviation() != iteration.deviation()) {
            Rows.copy(step.value(iteration.next().deviation()), step.value(iteration.deviation())).run();
        }
    }

    /**
     * The plan of each row.
     *
     * @param returns of the last iteration, by which it was found
     * @throws NonFiniteException saying whose they are, if none of a row can be compared
     */
    float[] plans(float[] returns, Supplier<String> whose) {
        int population = iteration.search().population();
        float[] plans = mean().toArray();
        for (int r = 0; r < returns.length / population; r++) {
            float best = Float.NEGATIVE_INFINITY;
            for (int k = r * population; k < (r + 1) * population; k++) {
                best = returns[k] > best ? returns[k] : best;
            }
            if (!Float.isFinite(best)) {
                throw new NonFiniteException("no plan can be chosen by its return: all are NaN or -inf, or one is"
                        + " +inf; they are " + whose.get());
            }
        }
        return plans;
    }

    /**
     * Ends a decision.
     *
     * @param all that were found
     * @return the first action of each
     */
    float[] end(float[] all) {
        int plan = iteration.horizon() * iteration.columns();
        int columns = iteration.columns();
        float[] first = new float[all.length / iteration.horizon()];
        for (int i = 0; i < first.length; i++) {
            first[i] = all[i / columns * plan + i % columns];
        }
        Rows.copy(step.value(iteration.next().mean()).columns(columns, plan), mean().columns(0, plan - columns)).run();
        Rows.fill(0, mean().columns(plan - columns, plan)).run();
        decided++;
        return first;
    }
}
