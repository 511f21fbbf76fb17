package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.ArgumentException;
import io.elbo4j.train.schedule.Schedule;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is accepted works: no setting becomes 0 or infinite in float32. */
class TrainingSettingsTest {
    private static final double NONE = Double.POSITIVE_INFINITY;

    private static void refuses(String sentence, double rate, double weight, double warmUp, double bits, double clip) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class,
                () -> new TrainingSettings(8, rate, weight, warmUp, bits, clip, 0)).getMessage());
    }

    @Test
    void valuesOutsideFloat32AreRefused() {
        refuses("learningRate must be a number above 0 that float32 can hold, not 1.0E-300", 1e-300, 1, 0, 0, NONE);
        refuses("learningRate must be a number above 0 that float32 can hold, not 1.0E300", 1e300, 1, 0, 0, NONE);
        refuses("klWeight must be from 0 to 1e9, not 1.0E10", 1, 1e10, 0, 0, NONE);
        refuses("klWarmUp must be from 0 to 1e9 epochs, not 1.0E30", 1, 1, 1e30, 0, NONE);
        refuses("freeBits must be from 0 to 1e9 nats, not 1.0E300", 1, 1, 0, 1e300, NONE);
        refuses("freeBits must be from 0 to 1e9 nats, not NaN", 1, 1, 0, Double.NaN, NONE);
        String clip = "clip must be above 0, and a number that float32 can hold, or infinite for none, not ";
        refuses(clip + "1.0E-300", 1, 1, 0, 0, 1e-300);
        refuses(clip + "1.0E300", 1, 1, 0, 0, 1e300);
        refuses(clip + "0.0", 1, 1, 0, 0, 0);
        ArgumentException refusal = assertThrows(ArgumentException.class, () -> TrainingSettings.of(0, 1));
        assertEquals(List.of("batch", "at least 1", "0"),
                List.of(refusal.argument(), refusal.expected(), refusal.given()));
        new TrainingSettings(1, Float.MIN_VALUE, 1e9, 1e9, 1e9, Float.MIN_VALUE, 0);
        new TrainingSettings(1, Float.MAX_VALUE / 10.1, 0, 0, 0, Float.MAX_VALUE, 0);
        refuses("learningRate must be a number that float32 can hold, also divided by 1 - beta1, not 3.0E38", 3e38, 1,
                0, 0, NONE);
        TrainingSettings.of(8, 1).withOptimiser(OptimiserSettings.of(OptimiserSettings.Kind.SGD)).withLearningRate(
                3e38);
    }

    private static void refusedOfNewRuns(String sentence, TrainingSettings settings) {
        assertEquals(sentence, assertThrows(ArgumentException.class, () -> settings.requireEffect(10)).getMessage());
    }

    private static void refused(String sentence, Supplier<Object> settings) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class, settings::get).getMessage());
    }

    @Test
    void whatHasNoEffectIsRefused() {
        TrainingSettings plain = TrainingSettings.of(8, 1);
        refused("freeBits must be 0 with the objective sampled-elbo (it goes with elbo), not 0.5",
                () -> plain.withFreeBits(0.5).withObjective(ObjectiveKind.SAMPLED_ELBO, 1));
        refused("klWeight must be 1 with the objective importance-weighted, in which the KL has no weight, not 0.5",
                () -> plain.withKlWeight(0.5).withObjective(ObjectiveKind.IMPORTANCE_WEIGHTED, 5));
        refused("klWarmUp must be 0 with the objective doubly-reparameterised, in which the KL has no weight, not 2.0",
                () -> plain.withKlWarmUp(2).withObjective(ObjectiveKind.DOUBLY_REPARAMETERISED, 5));
        PenaltySettings correlated = PenaltySettings.NONE.withTotalCorrelationWeight(5);
        refused("totalCorrelationWeight must be 1 with the objective doubly-reparameterised (it goes with elbo and"
                + " sampled-elbo), not 5.0", () -> plain.withPenalty(correlated).withObjective(
                        ObjectiveKind.DOUBLY_REPARAMETERISED, 5));
        refused("totalCorrelationWeight must be 1 with a batch of 1 row, which has no total correlation, not 5.0",
                () -> TrainingSettings.of(1, 1).withPenalty(correlated));
        refused("mmdWeight must be 0 with the objective importance-weighted (it goes with elbo and sampled-elbo), not"
                + " 2.0", () -> plain.withPenalty(PenaltySettings.NONE.withMmdWeight(2)).withObjective(
                        ObjectiveKind.IMPORTANCE_WEIGHTED, 5));
        refused("mmdWeight must be from 0 to 1e9, not NaN", () -> PenaltySettings.NONE.withMmdWeight(Double.NaN));
        refusedOfNewRuns("totalCorrelationWeight must be 1 with a KL weight of 0, not 5.0", plain.withKlWeight(0)
                .withPenalty(correlated));
        refusedOfNewRuns("klWarmUp must be 0 with a KL weight of 0, not 5.0", plain.withKlWeight(0).withKlWarmUp(5));
        refusedOfNewRuns("freeBits must be 0 with a KL weight of 0, not 2.0", plain.withFreeBits(2).withKlWeight(0));
        refused("samples must be at least 1, not 0", () -> plain.withObjective(ObjectiveKind.ELBO, 0));
        refused("momentum must be 0 with another optimiser than sgd, not 0.5",
                () -> OptimiserSettings.of(OptimiserSettings.Kind.ADAMW).withMomentum(0.5));
        refused("weightDecay must be 0 with adam (it goes with adamw and sgd), not 0.5",
                () -> OptimiserSettings.of(OptimiserSettings.Kind.ADAM).withWeightDecay(0.5));
        refused("beta1 must be left out with sgd (it goes with adam and adamw), not 0.5",
                () -> OptimiserSettings.of(OptimiserSettings.Kind.SGD).withBetas(0.5, 0.999));
        refused("scheduleFactor must be in (0, 1), not 1.0", () -> ScheduleSettings.staircase(3, 1));
        refused("scheduleGrowth must be left out with a learning rate that is constant or a cosine (it goes with"
                + " staircase), not 2.0", () -> ScheduleSettings.cosine(1).withGrowth(2));
        refused("scheduleGrowth must be from 1 to 1000, not 0.5", () -> ScheduleSettings.staircase(1, 0.5).withGrowth(
                0.5));
        refused("scheduleEpochs must be above 0 and at most 1e9 epochs, not 0.0", () -> ScheduleSettings.cosine(0));
    }

    @Test
    void theWarmUpBeginsAnewInEachCycle() {
        TrainingSettings cyclical = TrainingSettings.of(8, 1).withKlWeight(0.5).withKlWarmUp(1).withKlCycle(3);
        double[] cycle = {0, 0.125, 0.25, 0.375, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
        for (int step = 0; step < 30; step++) {
            assertEquals(cycle[step % 12], cyclical.klWeightAt(step, 4), 1e-15, "step " + step);
        }
    }

    /** A cycle has a step in which the KL has a weight, else it is refused for so few steps an epoch. */
    @Test
    void aCycleHasAWeight() {
        TrainingSettings plain = TrainingSettings.of(8, 1).withKlWeight(0.5);
        for (double warmUp : new double[] {1e-320, 0.1, 0.5, 1, 1.5, 2}) {
            for (double cycle : new double[] {0.1, 0.5, 1, 2, 1e9}) {
                for (int steps : new int[] {1, 2, 3, 4, 5, 100}) {
                    if (cycle < warmUp) {
                        continue;
                    }
                    TrainingSettings settings = plain.withKlWarmUp(warmUp).withKlCycle(cycle);
                    long period = Math.max(1, Math.round(cycle * steps));
                    double most = LongStream.range(Math.max(0, period - 5), period).mapToDouble(step -> settings
                            .klWeightAt(step, steps)).max().orElseThrow();
                    boolean accepted = true;
                    try {
                        settings.requireEffect(steps);
                    } catch (ArgumentException e) {
                        accepted = false;
                    }
                    assertEquals(most > 0, accepted, settings + ", " + steps);
                    if (warmUp <= cycle / 2 && period >= 2) {
                        assertEquals(0.5, most, settings + ", " + steps);
                    }
                }
            }
        }
        ArgumentException refusal = assertThrows(ArgumentException.class, () -> plain.withKlWarmUp(1).withKlCycle(1)
                .requireEffect(1));
        assertEquals("klCycle must be long enough that the KL's weight leaves 0 (an epoch has 1 steps, a cycle 1, and"
                + " the weight grows for 1.0 of them), not 1.0", refusal.getMessage());
        TrainingSettings.of(8, 1).requireEffect(1);
    }

    @Test
    void theLearningRateFollowsItsSchedule() {
        Schedule cosine = ScheduleSettings.cosine(2).withWarmUp(0.5).of(0.1, 4);
        for (int step = 0; step < 10; step++) {
            double fallen = step >= 8 ? 0 : 0.05 * (1 + Math.cos(Math.PI * step / 8));
            assertEquals(fallen * Math.min(1, step / 2.0), cosine.at(step), 1e-15, "step " + step);
        }
        Schedule stairs = ScheduleSettings.staircase(1.5, 0.25).of(0.1, 4);
        for (int step = 0; step < 20; step++) {
            assertEquals(0.1 * Math.pow(0.25, step / 6), stairs.at(step), 1e-15, "step " + step);
        }
        Schedule growing = ScheduleSettings.staircase(1, 0.25).withGrowth(3).of(0.1, 4);
        for (int step = 0; step < 60; step++) {
            int stair = step < 4 ? 0 : step < 16 ? 1 : step < 52 ? 2 : 3;
            assertEquals(0.1 * Math.pow(0.25, stair), growing.at(step), 1e-15, "step " + step);
        }
    }
}
