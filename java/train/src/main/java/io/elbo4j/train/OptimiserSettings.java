package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Optimiser;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.optimiser.Averaged;
import io.elbo4j.train.optimiser.Sgd;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.Objects;

/**
 * How parameters follow their gradients. What an optimiser does not have is as in {@link #of(Kind)}.
 *
 * @param optimiser which one
 * @param momentum of sgd, the share of the velocity that stays, in [0, 1)
 * @param weightDecay of adamw (Loshchilov and Hutter 2019) and sgd, at least 0
 * @param beta1 of adam and adamw, the decay of the first moment, in [0, 1)
 * @param beta2 of adam and adamw, the decay of the second moment, in [0, 1)
 * @param epsilon of adam and adamw, added to the root of the second moment, in (0, 1)
 * @param average the share of the moving average of each parameter that stays in a step, in [0, 1); 0 for no averages
 */
public record OptimiserSettings(Kind optimiser, double momentum, double weightDecay, double beta1, double beta2,
        double epsilon, double average) {
    /** The optimisers. */
    public enum Kind {
        /** Adam (Kingma and Ba 2015). */
        ADAM,
        /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
        ADAMW,
        /** Gradient descent with momentum. */
        SGD
    }

    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final double WEIGHT_DECAY = 0.01;

    public OptimiserSettings {
        Objects.requireNonNull(optimiser, "optimiser");
        boolean sgd = optimiser == Kind.SGD;
        require(sgd || momentum == 0, "momentum", "0 with another optimiser than sgd", momentum);
        require(optimiser != Kind.ADAM || weightDecay == 0, "weightDecay", "0 with adam (it goes with adamw and sgd)",
                weightDecay);
        require(momentum >= 0 && (float) momentum < 1, "momentum", "in [0, 1), also as a float32", momentum);
        require(weightDecay >= 0 && Float.isFinite((float) weightDecay), "weightDecay",
                "a finite number of at least 0", weightDecay);
        String other = "left out with sgd (it goes with adam and adamw)";
        require(!sgd || beta1 == BETA1, "beta1", other, beta1);
        require(!sgd || beta2 == BETA2, "beta2", other, beta2);
        require(!sgd || epsilon == EPSILON, "epsilon", other, epsilon);
        require(beta1 >= 0 && (float) beta1 < 1, "beta1", "in [0, 1), also as a float32", beta1);
        require(beta2 >= 0 && (float) beta2 < 1, "beta2", "in [0, 1), also as a float32", beta2);
        require((float) epsilon > 0 && epsilon < 1, "epsilon", "in (0, 1), also as a float32", epsilon);
        require(average == 0 || average > 0 && average < 1 && (float) (1 - average) < 1, "average",
                "0 for no averages, or above 0 and below 1, also as a float32", average);
    }

    /** One with the usual constants: momentum 0, weight decay 0 but for adamw 0.01, no averages. */
    public static OptimiserSettings of(Kind optimiser) {
        return new OptimiserSettings(optimiser, 0, optimiser == Kind.ADAMW ? WEIGHT_DECAY : 0, BETA1, BETA2, EPSILON,
                0);
    }

    public OptimiserSettings withMomentum(double share) {
        return new OptimiserSettings(optimiser, share, weightDecay, beta1, beta2, epsilon, average);
    }

    public OptimiserSettings withWeightDecay(double decay) {
        return new OptimiserSettings(optimiser, momentum, decay, beta1, beta2, epsilon, average);
    }

    public OptimiserSettings withBetas(double first, double second) {
        return new OptimiserSettings(optimiser, momentum, weightDecay, first, second, epsilon, average);
    }

    public OptimiserSettings withEpsilon(double added) {
        return new OptimiserSettings(optimiser, momentum, weightDecay, beta1, beta2, added, average);
    }

    public OptimiserSettings withAverage(double decay) {
        return new OptimiserSettings(optimiser, momentum, weightDecay, beta1, beta2, epsilon, decay);
    }

    /** What it keeps for each parameter, by name. */
    public List<String> slots() {
        return still().slots();
    }

    /** One that changes nothing, its learning rate being 0: for {@link io.elbo4j.train.graph.Parameters#keep}. */
    public Optimiser still() {
        return optimiser(Schedule.constant(0));
    }

    /** A new one. */
    Optimiser optimiser(Schedule learningRate) {
        Optimiser plain = optimiser == Kind.SGD ? new Sgd(learningRate, momentum, weightDecay)
                : new Adam(learningRate, beta1, beta2, epsilon, weightDecay);
        return average == 0 ? plain : new Averaged(plain, average);
    }
}
