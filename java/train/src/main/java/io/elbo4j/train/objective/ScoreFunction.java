package io.elbo4j.train.objective;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.operation.Rows;
import io.elbo4j.operation.Sums;
import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;
import io.elbo4j.train.layer.RowSum;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ELBO of latent variables through whose draws no gradient passes: q learns by its score (Williams 1992, REINFORCE;
 * Mnih and Gregor 2014). With f_k the sum of the terms of sample k, held constant, and a baseline b
 *
 * <pre>
 *   d ELBO / d q = 1/K sum_k (f_k - b_k) d log q(z_k)
 * </pre>
 *
 * which is unbiased whatever b_k, if it does not depend on z_k. Terms without samples depend on no draw and are left
 * out of f. All other parameters have their usual gradient.
 *
 * @param klWeight of every KL or log ratio, at least 0 and finite
 * @param logRatio takes the log ratio of the samples instead of the KL
 * @param leaveOneOut b_k is the mean of the other f_j (Mnih and Rezende 2016; Kool et al. 2019): needs 2 samples
 * @param baseline b, for each row of the batch, or null: one column that learns to be f by half the squared error, a
 *     mean over samples and rows. Its gradient goes on to what it is computed from
 */
public record ScoreFunction(Schedule klWeight, boolean logRatio, boolean leaveOneOut,
        @Nullable Value baseline) implements Objective {
    private static final io.elbo4j.train.graph.Rows SAMPLES = io.elbo4j.train.graph.Rows.of(Axis.BATCH, Axis.SAMPLE);

    /** @throws IllegalArgumentException if there are two baselines: one of the row cancels out in the other */
    public ScoreFunction {
        Elbo.requireWeight(klWeight);
        if (leaveOneOut && baseline != null) {
            throw new IllegalArgumentException("a baseline of the row, '" + baseline.name() + "', cancels out where"
                    + " the mean of the other samples is the baseline: take one of the two");
        }
        if (baseline != null) {
            if (baseline.columns() != 1 || baseline.rows().has(Axis.SAMPLE)) {
                throw new IllegalArgumentException("baseline '" + baseline.name() + "' must have 1 column and a row for"
                        + " each of the batch, not " + baseline.columns() + " and rows of " + baseline.rows());
            }
            baseline = baseline.graph().repeat(baseline, io.elbo4j.train.graph.Rows.BATCH);
        }
    }

    /** With the KL in closed form where there is one, of weight 1, and without a baseline. */
    public ScoreFunction() {
        this(Schedule.constant(1), false, false, null);
    }

    public ScoreFunction withKlWeight(Schedule weight) {
        return new ScoreFunction(weight, logRatio, leaveOneOut, baseline);
    }

    /** Takes the log ratio of the samples. */
    public ScoreFunction withLogRatio() {
        return new ScoreFunction(klWeight, true, leaveOneOut, baseline);
    }

    public ScoreFunction withLeaveOneOut() {
        return new ScoreFunction(klWeight, logRatio, true, baseline);
    }

    /** A value of one column, as of a network of x; a {@link io.elbo4j.train.layer.LearnedRow} is a moving average. */
    public ScoreFunction withBaseline(Value learned) {
        return new ScoreFunction(klWeight, logRatio, leaveOneOut, learned);
    }

    @Override
    public List<Value> values() {
        return baseline == null ? List.of() : List.of(baseline);
    }

    @Override
    public boolean takes(Term term) {
        return switch (term.role()) {
            case LOG_LIKELIHOOD, LOG_Q -> true;
            case KL -> !logRatio;
            case LOG_RATIO -> logRatio;
            default -> false;
        };
    }

    private Matrix known(Term term, Plan plan) {
        SampledElbo sampled = new SampledElbo(klWeight);
        return switch (term.role()) {
            case KL -> plan.meanWeight(klWeight, term.rows());
            default -> sampled.weight(term, plan).orElseThrow();
        };
    }

    @Override
    public Optional<Matrix> weight(Term term, Plan plan) {
        return term.role() == Term.Role.LOG_Q ? Optional.empty() : Optional.of(known(term, plan));
    }

    /** @throws IllegalArgumentException if no latent variable learns by its score, or one sample is left out of one */
    @Override
    public void combine(List<Term> terms, Plan plan) {
        List<Term> scores = terms.stream().filter(term -> term.role() == Term.Role.LOG_Q).toList();
        if (scores.isEmpty()) {
            throw new IllegalArgumentException("the score function needs a latent variable through whose draws no"
                    + " gradient passes, such as one of a Categorical");
        }
        requireSamples(terms);
        if (!plan.trains()) {
            return;
        }
        long samples = plan.samples();
        if (leaveOneOut && samples < 2) {
            throw new IllegalArgumentException("a baseline of the other samples needs at least 2 samples, not 1");
        }
        // -(f_k - b_k) / (B K): what a sample adds to the loss, less its baseline
        Matrix loss = plan.buffer(this, "loss of each sample", plan.batch() * samples, 1);
        plan.launch(Rows.fill(0, loss));
        for (Term term : terms) {
            if (term.role() != Term.Role.LOG_Q && term.rows().has(Axis.SAMPLE)) {
                plan.launch(Arithmetic.multiplyAdd(1, known(term, plan), plan.term(term).orElseThrow(), loss));
            }
        }
        if (leaveOneOut) {
            lessOthers(plan, loss);
        } else if (baseline != null) {
            Matrix ones = plan.constant(this, "ones of the batch", plan.batch(), 1, 1);
            for (Matrix part : Repeat.each(loss, plan.batch())) {
                plan.launch(Arithmetic.multiplyAdd(1f / plan.wholeRows(SAMPLES), plan.value(baseline), ones, part));
            }
            if (plan.wants(baseline)) {
                plan.launch(RowSum.sums(plan, this, loss.reshape(plan.batch(), samples), plan.gradientOf(baseline)));
            }
        }
        scores.forEach(term -> plan.weigh(term, loss));
    }

    /** @throws IllegalArgumentException if a term has other axes than the batch and the samples */
    static void requireSamples(List<Term> terms) {
        for (Term term : terms) {
            if (!term.rows().within(SAMPLES)) {
                throw new IllegalArgumentException(
                        "the score function and enumeration take terms with rows of BATCH and"
                                + " SAMPLE, but the " + term.role().words() + " of '" + term.owner().name()
                                + "' has rows of "
                                + term.rows());
            }
        }
    }

    /** l_k - sum_(j not k) l_j / (K - 1) = (K l_k - sum_j l_j) / (K - 1). */
    private void lessOthers(Plan plan, Matrix loss) {
        long samples = plan.samples();
        Matrix each = loss.reshape(plan.batch(), samples);
        Matrix sum = plan.buffer(this, "sum of the losses", plan.batch(), 1);
        Matrix spread = plan.buffer(this, "sum for each sample", plan.batch(), samples);
        plan.launch(Sums.rows(each, sum));
        plan.launch(Arithmetic.scale(1f / (samples - 1), sum, sum));
        plan.launch(RowSum.spread(plan, this, sum, spread));
        plan.launch(Arithmetic.scale((float) samples / (samples - 1), each, each));
        plan.launch(Arithmetic.subtract(each, spread, each));
    }
}
