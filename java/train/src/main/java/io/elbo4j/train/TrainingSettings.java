package io.elbo4j.train;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.train.graph.Objective;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.schedule.Cyclical;
import io.elbo4j.train.schedule.Schedule;
import java.util.Objects;

/**
 * How a model is trained. What has no effect is refused: the KL's weight with the bound of importance weights, free
 * bits with another objective than {@link ObjectiveKind#ELBO}.
 *
 * @param batch rows of a minibatch, at least 1; the last one of an epoch may be smaller
 * @param learningRate of the optimiser, as the schedule has it at its height
 * @param klWeight weight of the KL in the objective, 0 to 1e9 (Higgins et al. 2017 call it beta)
 * @param klWarmUp epochs over which the weight grows linearly from 0 to klWeight, at most 1e9; 0 for none
 * @param freeBits nats per latent dimension, averaged over the batch, below which its KL is free, 0 to 1e9
 * @param clip global norm to which gradients are scaled down; infinite for none
 * @param seed of everything that is random
 * @param clipValue to which each element of a gradient is clamped, before its norm is; infinite for none
 * @param klCycle epochs after which the warm-up of the KL's weight begins anew (Fu et al. 2019), at least klWarmUp; 0
 *     for never
 * @param objective what is maximised
 * @param samples of the latent variables for each row, from 1 to 1,000,000
 * @param optimiser how parameters follow their gradients
 * @param schedule how the learning rate goes on
 * @param penalty what is minimised beside it
 * @param refinement local steps of q in each training step
 */
public record TrainingSettings(int batch, double learningRate, double klWeight, double klWarmUp, double freeBits,
        double clip, long seed, double clipValue, double klCycle, ObjectiveKind objective, int samples,
        OptimiserSettings optimiser, ScheduleSettings schedule, PenaltySettings penalty,
        RefinementSettings refinement) {
    /** Beyond any use, and no product with a number of rows or steps leaves float32. */
    private static final double MOST = 1e9;
    /** What is beyond is refused by its name, before memory is asked for. */
    private static final int MOST_SAMPLES = 1_000_000;

    public TrainingSettings {
        Objects.requireNonNull(objective, "objective");
        Objects.requireNonNull(optimiser, "optimiser");
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(penalty, "penalty");
        require(batch >= 1, "batch", "at least 1", batch);
        require((float) learningRate > 0 && (float) learningRate <= Float.MAX_VALUE, "learningRate",
                "a number above 0 that float32 can hold", learningRate);
        require(optimiser.optimiser() == OptimiserSettings.Kind.SGD || Float.isFinite((float) (learningRate / (1
                - optimiser.beta1()))), "learningRate", "a number that float32 can hold, also divided by 1 - beta1",
                learningRate);
        require(klWeight >= 0 && klWeight <= MOST, "klWeight", "from 0 to 1e9", klWeight);
        require(klWarmUp >= 0 && klWarmUp <= MOST, "klWarmUp", "from 0 to 1e9 epochs", klWarmUp);
        require(freeBits >= 0 && freeBits <= MOST, "freeBits", "from 0 to 1e9 nats", freeBits);
        requireClip("clip", clip);
        requireClip("clipValue", clipValue);
        require(klCycle == 0 || klWarmUp > 0 && klCycle >= klWarmUp && klCycle <= MOST, "klCycle",
                "0, or epochs from those of the KL's warm-up on, which begins anew (and is " + klWarmUp + ")", klCycle);
        require(samples >= 1, "samples", "at least 1", samples);
        require(samples <= MOST_SAMPLES, "samples", "at most " + MOST_SAMPLES, samples);
        String of = objective.inWords();
        require(freeBits == 0 || objective == ObjectiveKind.ELBO, "freeBits", "0 with the objective " + of
                + " (it goes with elbo)", freeBits);
        String unweighted = " with the objective " + of + ", in which the KL has no weight";
        require(objective.hasKlWeight() || klWeight == 1, "klWeight", "1" + unweighted, klWeight);
        require(objective.hasKlWeight() || klWarmUp == 0, "klWarmUp", "0" + unweighted, klWarmUp);
        require(optimiser.optimiser() != OptimiserSettings.Kind.ADAMW || learningRate * optimiser.weightDecay() < 1,
                "weightDecay", "below 1 / learning rate with adamw", optimiser.weightDecay());
        penalty.requireTraining(objective, batch, freeBits);
        Objects.requireNonNull(refinement, "refinement").requireTraining(objective, penalty);
    }

    /** With Adam, the ELBO of one sample, and a constant learning rate. */
    public TrainingSettings(int batch, double learningRate, double klWeight, double klWarmUp, double freeBits,
            double clip, long seed) {
        this(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, Double.POSITIVE_INFINITY, 0,
                ObjectiveKind.ELBO, 1, OptimiserSettings.of(OptimiserSettings.Kind.ADAM), ScheduleSettings.constant(),
                PenaltySettings.NONE, RefinementSettings.NONE);
    }

    private static void requireClip(String name, double value) {
        require((float) value > 0 && ((float) value <= Float.MAX_VALUE || Double.isInfinite(value)), name,
                "above 0, and a number that float32 can hold, or infinite for none", value);
    }

    /** The plain objective: learning rate 1e-3, KL weight 1 from the start, no free bits, no clipping. */
    public static TrainingSettings of(int batch, long seed) {
        return new TrainingSettings(batch, 1e-3, 1, 0, 0, Double.POSITIVE_INFINITY, seed);
    }

    public TrainingSettings withLearningRate(double rate) {
        return new TrainingSettings(batch, rate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withKlWeight(double weight) {
        return new TrainingSettings(batch, learningRate, weight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withKlWarmUp(double epochs) {
        return new TrainingSettings(batch, learningRate, klWeight, epochs, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withKlCycle(double epochs) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, epochs,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withFreeBits(double nats) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, nats, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withClip(double norm) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, norm, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withClipValue(double limit) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, limit, klCycle,
                objective, samples, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withObjective(ObjectiveKind kind, int samplesOfEach) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                kind, samplesOfEach, optimiser, schedule, penalty, refinement);
    }

    public TrainingSettings withOptimiser(OptimiserSettings other) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, other, schedule, penalty, refinement);
    }

    public TrainingSettings withSchedule(ScheduleSettings other) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, other, penalty, refinement);
    }

    public TrainingSettings withPenalty(PenaltySettings other) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, other, refinement);
    }

    /** With local steps of q: semi-amortised training. */
    public TrainingSettings withRefinement(RefinementSettings other) {
        return new TrainingSettings(batch, learningRate, klWeight, klWarmUp, freeBits, clip, seed, clipValue, klCycle,
                objective, samples, optimiser, schedule, penalty, other);
    }

    /**
     * What training of a model minimises, in a run of {@code stepsPerEpoch} steps an epoch.
     *
     * @throws io.elbo4j.ArgumentException if the model has no such objective, or no q that could be refined
     */
    public Objective objective(Model model, long stepsPerEpoch) {
        refinement.requireModel(model);
        Schedule weight = step -> klWeightAt(step, stepsPerEpoch);
        return penalty.of(model.objective(objective, weight, freeBits), model, klWeight, weight);
    }

    /**
     * For a new run, as earlier ones may have such settings: that what is asked for of the KL's weight takes effect.
     *
     * @throws io.elbo4j.ArgumentException naming what does not
     */
    public void requireEffect(long stepsPerEpoch) {
        require(klWeight > 0 || klWarmUp == 0, "klWarmUp", "0 with a KL weight of 0", klWarmUp);
        require(klWeight > 0 || freeBits == 0, "freeBits", "0 with a KL weight of 0", freeBits);
        penalty.requireEffect(klWeight);
        if (klCycle > 0) {
            Cyclical cycle = cycle(stepsPerEpoch);
            require(cycle.at(cycle.period() - 1) > 0, "klCycle", "long enough that the KL's weight leaves 0 (an epoch"
                    + " has " + stepsPerEpoch + " steps, a cycle " + cycle.period() + ", and the weight grows for "
                    + klWarmUp * stepsPerEpoch + " of them)", klCycle);
        }
    }

    private Cyclical cycle(long stepsPerEpoch) {
        // a share too small for a double is still above 0
        return new Cyclical(klWeight, Math.max(1, Math.round(klCycle * stepsPerEpoch)), Math.max(Double.MIN_VALUE,
                klWarmUp / klCycle));
    }

    /** Weight of the KL at a step counted from 0, in a run of {@code stepsPerEpoch} steps an epoch. */
    public double klWeightAt(long step, long stepsPerEpoch) {
        if (klCycle > 0) {
            return cycle(stepsPerEpoch).at(step);
        }
        double warmUpSteps = klWarmUp * stepsPerEpoch;
        return step >= warmUpSteps ? klWeight : klWeight * (step / warmUpSteps);
    }
}
