package io.elbo4j.train.graph;

import io.elbo4j.Matrix;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The books of what one objective says of its terms: see the methods of these names in {@link Plan}. */
final class Weights {
    private static final Rows SAMPLES = Rows.of(Axis.BATCH, Axis.SAMPLE);

    private final Plan plan;
    private final @Nullable Objective objective;
    private final Map<Term, Optional<Matrix>> weights = new HashMap<>();
    private final Map<Term, Optional<Matrix>> columnWeights = new HashMap<>();
    private final Set<Term> weighedForward = new HashSet<>();
    private Optional<Matrix> pathWeight = Optional.empty();
    private boolean posteriorsStopped;

    /** @param objective null while nothing is trained: no term has a weight */
    Weights(Plan plan, @Nullable Objective objective) {
        this.plan = plan;
        this.objective = objective;
    }

    boolean takes(Term term) {
        return objective != null && objective.takes(term);
    }

    Optional<Matrix> of(Term term, boolean forward) {
        if (!takes(term)) {
            return Optional.empty();
        }
        Optional<Matrix> known = weights.get(term);
        if (known == null) {
            known = objective.weight(term, plan);
            weights.put(term, known);
        }
        if (forward && known.isPresent()) {
            weighedForward.add(term);
        }
        if (known.isEmpty() && !forward) {
            throw new IllegalStateException("the objective gave no weight for the " + term.role().words() + " of "
                    + term.owner().name());
        }
        return known;
    }

    /** Also of what another training of the same step takes alone. */
    boolean before(Term term) {
        return weighedForward.contains(term) || !takes(term);
    }

    Optional<Matrix> ofColumns(Term term) {
        if (!takes(term)) {
            return Optional.empty();
        }
        Optional<Matrix> known = columnWeights.get(term);
        if (known == null) {
            known = objective.columnWeight(term, plan);
            columnWeights.put(term, known);
        }
        return known;
    }

    OptionalDouble priorShare() {
        return objective == null ? OptionalDouble.empty() : objective.priorShare();
    }

    void put(Term term, Matrix weight) {
        weights.put(term, Optional.of(weight.requireShape("the weight of the " + term.role().words() + " of "
                + term.owner().name(), plan.rows(term.rows()), 1)));
    }

    void stopPosteriors(Optional<Matrix> weight) {
        posteriorsStopped = true;
        pathWeight = weight.map(w -> w.requireShape("the path weight", plan.rows(SAMPLES), 1));
    }

    boolean posteriorsStopped() {
        return posteriorsStopped;
    }

    Optional<Matrix> ofPath(Value latent) {
        // the axes of the samples lead those of what has further ones
        return pathWeight.map(weight -> Repeat.widened(plan, latent, weight, SAMPLES, latent.rows()));
    }
}
