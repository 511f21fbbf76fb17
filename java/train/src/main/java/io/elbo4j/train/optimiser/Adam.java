package io.elbo4j.train.optimiser;

import io.elbo4j.AdamStep;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.graph.Parameters;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adam (Kingma and Ba 2015, algorithm 1). Steps of one training run share one: it keeps the scalars of the step, the
 * parameters their moments.
 */
public final class Adam implements Optimiser {
    /** What it keeps for each parameter. */
    public static final List<String> SLOTS = List.of("firstMoment", "secondMoment");

    private final AdamStep step;

    /** beta1 0.9, beta2 0.999, epsilon 1e-8. */
    public Adam(double learningRate) {
        this(learningRate, 0.9, 0.999, 1e-8);
    }

    /** See {@link AdamStep}. */
    public Adam(double learningRate, double beta1, double beta2, double epsilon) {
        this.step = new AdamStep(learningRate, beta1, beta2, epsilon);
    }

    @Override
    public List<String> slots() {
        return SLOTS;
    }

    @Override
    public List<Launch> update(Parameters.State s, @Nullable Matrix scale) {
        return List.of(io.elbo4j.operation.Adam.update(s.value(), s.gradient(), s.slot(SLOTS.get(0)),
                s.slot(SLOTS.get(1)), step, scale));
    }

    @Override
    public void at(long number) {
        step.at(number + 1);
    }
}
