package io.elbo4j.train;

import io.elbo4j.train.graph.Axis;
import io.elbo4j.train.graph.Step;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.objective.Elbo;
import java.util.ArrayList;
import java.util.List;

/** The terms of an evaluation row by row. */
final class RowTerms {
    private RowTerms() {}

    /** The terms of a model's ELBO. */
    static List<Term> of(Model model) {
        Elbo elbo = new Elbo();
        return model.graph().nodes().stream().flatMap(node -> node.terms().stream()).filter(elbo::takes).toList();
    }

    /**
     * Of the last run of a step: sums over the rows of each row of the batch, as those of a sequence or of members. A
     * term that all rows share is counted in each.
     *
     * @param terms log-likelihoods and KLs that the step computes
     * @param rows of its batch
     * @param logVolume is taken from the log-likelihoods
     */
    static List<ElboTerms> of(Step step, List<Term> terms, int rows, double logVolume) {
        double[] logLikelihood = new double[rows];
        double[] kl = new double[rows];
        for (Term term : terms) {
            float[] each = step.term(term).orElseThrow().toArray();
            double[] sums = term.role() == Term.Role.KL ? kl : logLikelihood;
            // those of a row of the batch lie side by side
            boolean shared = !term.rows().has(Axis.BATCH);
            int inner = each.length / (shared ? 1 : rows);
            for (int r = 0; r < rows; r++) {
                for (int i = 0; i < inner; i++) {
                    sums[r] += each[(shared ? 0 : r * inner) + i];
                }
            }
        }
        List<ElboTerms> all = new ArrayList<>();
        for (int r = 0; r < rows; r++) {
            all.add(new ElboTerms(logLikelihood[r] - logVolume, kl[r]));
        }
        return all;
    }
}
