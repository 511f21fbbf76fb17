package io.elbo4j.train.optimiser;

import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.SgdStep;
import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gradient descent with momentum: see {@link io.elbo4j.operation.Sgd} for the formula. */
public final class Sgd implements Optimiser {
    private final Schedule learningRate;
    private final SgdStep step;

    /**
     * @param learningRate of each step, at least 0
     * @param momentum the share of the velocity that stays, in [0, 1); 0 for none
     * @param weightDecay times the parameter is added to its gradient, at least 0
     */
    public Sgd(Schedule learningRate, double momentum, double weightDecay) {
        this.learningRate = learningRate;
        this.step = new SgdStep(learningRate.at(0), momentum, weightDecay);
    }

    /** Without momentum and weight decay. */
    public Sgd(double learningRate) {
        this(Schedule.constant(learningRate), 0, 0);
    }

    @Override
    public List<String> slots() {
        return step.momentum() > 0 ? List.of("velocity") : List.of();
    }

    @Override
    public List<Launch> update(Parameters.State s, @Nullable Matrix scale) {
        Matrix velocity = step.momentum() > 0 ? s.slot("velocity") : null;
        return List.of(io.elbo4j.operation.Sgd.update(s.value(), s.gradient(), velocity, step, scale));
    }

    @Override
    public void at(long number) {
        step.learningRate(learningRate.at(number));
    }
}
