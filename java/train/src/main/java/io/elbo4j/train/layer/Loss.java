package io.elbo4j.train.layer;

import static io.elbo4j.ArgumentException.requireGiven;

import io.elbo4j.Activation;
import io.elbo4j.train.distribution.ValueTerm;
import io.elbo4j.train.graph.Term;
import io.elbo4j.train.graph.Value;

/** Losses of regressions, as terms that {@link io.elbo4j.train.objective.Regression} minimises. */
public final class Loss {
    private Loss() {}

    /**
     * sum (prediction - target)^2 over the columns: minus the log-likelihood of a Gaussian of variance 1/2, but for
     * constants.
     */
    public static ValueTerm squaredError(String name, Value prediction, Value target) {
        requireGiven("name", name);
        requireGiven("prediction", prediction);
        requireGiven("target", target);
        return ValueTerm.of(name, Term.Role.LOSS, RowSum.of(Activate.of(Subtract.of(prediction, target),
                Activation.SQUARE)));
    }

    /** The sum of {@link Huber} losses over the columns. */
    public static ValueTerm huber(String name, Value prediction, Value target, float delta) {
        requireGiven("name", name);
        requireGiven("prediction", prediction);
        requireGiven("target", target);
        Huber.requireDelta(delta);
        return ValueTerm.of(name, Term.Role.LOSS, RowSum.of(Huber.of(Subtract.of(prediction, target), delta)));
    }
}
