package io.elbo4j.train.optimiser;

import io.elbo4j.AdamStep;
import io.elbo4j.Launch;
import io.elbo4j.Matrix;
import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.schedule.Schedule;
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
    private final Schedule learningRate;

    /** beta1 0.9, beta2 0.999, epsilon 1e-8. */
    public Adam(double learningRate) {
        this(Schedule.constant(learningRate));
    }

    /** With a learning rate for each step, which is at least 0. */
    public Adam(Schedule learningRate) {
        this(learningRate, 0.9, 0.999, 1e-8);
    }

    /** See {@link AdamStep}. */
    public Adam(Schedule learningRate, double beta1, double beta2, double epsilon) {
        this(learningRate, beta1, beta2, epsilon, 0);
    }

    /**
     * AdamW (Loshchilov and Hutter 2019, algorithm 2) with a learning rate, and so a decay, for each step: the learning
     * rate is a factor of the decay, as in PyTorch; in the paper the schedule's multiplier alone is.
     *
     * @param weightDecay at least 0, and below 1 / learningRate in every step; 0 is plain Adam, to the bit
     */
    public Adam(Schedule learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
        this.learningRate = learningRate;
        this.step = new AdamStep(learningRate.at(0), beta1, beta2, epsilon, weightDecay);
    }

    /**
     * AdamW (Loshchilov and Hutter 2019, algorithm 2): each step also multiplies parameters by 1 - learningRate
     * weightDecay, as PyTorch does. For some parameters alone, give these a
     * {@link io.elbo4j.train.graph.Training} of their own.
     */
    public static Adam withWeightDecay(double learningRate, double weightDecay) {
        return new Adam(Schedule.constant(learningRate), 0.9, 0.999, 1e-8, weightDecay);
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
        step.learningRate(learningRate.at(number)).at(number + 1);
    }
}
