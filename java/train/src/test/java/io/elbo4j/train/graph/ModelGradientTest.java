package io.elbo4j.train.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.elbo4j.train.PenaltySettings;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.DataKinds;
import io.elbo4j.train.data.DataShape;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.distribution.TotalCorrelation;
import io.elbo4j.train.model.ConditionalVae;
import io.elbo4j.train.model.DeepMarkovModel;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.ModelKind;
import io.elbo4j.train.model.Models;
import io.elbo4j.train.model.Settings;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import io.elbo4j.train.optimiser.Adam;
import io.elbo4j.train.schedule.Schedule;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The gradient of every registered model's own objective, with respect to all of its parameters. */
class ModelGradientTest {
    /** Small, and different from each other. */
    private static final Map<String, Object> SIZES = Map.of("hidden", List.of(4, 3), "latent", 2, "latents",
            List.of(3, 2), "components", 3, "channels", List.of(2), "units", 3, "width", 4, "pseudoInputs", 3,
            "flowUnits", 3);

    private static <S extends Record> Model small(ModelKind<S> kind, Map<String, Object> asked) {
        S usual = kind.defaults(new DataShape(DataKinds.NPY, 7, 4, 6, 1, Map.of(Images.X, 24, Images.LABEL, 3)));
        Map<String, Object> changed = new HashMap<>(asked);
        for (RecordComponent c : Settings.options(kind.settings())) {
            if (SIZES.containsKey(c.getName())) {
                changed.put(c.getName(), SIZES.get(c.getName()));
            }
        }
        return kind.create(Settings.with(usual, changed));
    }

    private static Model small(ModelKind<?> kind) {
        return small(kind, Map.of());
    }

    /**
     * They have tests of their own: a score is no derivative of the loss, what is stopped has one, and rows of data
     * have no others.
     */
    private static final Set<String> OTHERS = Set.of("categorical-vae", "completion-vae", "local-inference");

    @Test
    void agreesWithFiniteDifferences() {
        Set<String> others = new TreeSet<>();
        for (ModelKind<?> kind : Models.all()) {
            if (OTHERS.contains(kind.name())) {
                others.add(kind.name());
                continue;
            }
            // log p(x) is exact without a KL, which then has no weight of its own
            double klWeight = kind.name().equals("gaussian-mixture") ? 1 : 0.7;
            check(kind.name(), small(kind), klWeight);
        }
        assertEquals(OTHERS, others);
    }

    private static void check(String name, Model model, double klWeight) {
        for (int samples : new int[] {1, 7}) {
            FiniteDifferences.check(name + ", K = " + samples, model.graph(), s -> s.rows(5).samples(samples).minimise(
                    model.objective(Schedule.constant(klWeight), 0), new Adam(0)), FiniteDifferences::weighted);
        }
    }

    @Test
    void soDoASequencesActions() {
        for (DeepMarkovModel.Looking looking : DeepMarkovModel.Looking.values()) {
            check("deep-markov-model with actions, " + looking, small(Models.named("deep-markov-model"), Map.of(
                    "looking", looking, "actions", 2, "likelihood", LikelihoodKind.GAUSSIAN_SHARED)), 0.7);
        }
    }

    @Test
    void soDoesTheLearnedPriorOfALabel() {
        check("conditional-vae with a learned prior", small(Models.named("conditional-vae"), Map.of("prior",
                ConditionalVae.Prior.LEARNED)), 0.7);
    }

    /** KL + 2 total correlation, as a weight of 3 says, times the KL's weight; and the discrepancy's own. */
    @Test
    void theObjectiveOfARunHasItsPenalties() {
        TrainingSettings settings = TrainingSettings.of(5, 1).withKlWeight(0.7).withPenalty(new PenaltySettings(3, 0.3,
                0));
        for (String name : List.of("vae", "convolutional-vae")) {
            Model model = small(Models.named(name));
            FiniteDifferences.check(name + " with penalties", model.graph(), s -> s.rows(5).minimise(settings.objective(
                    model, 10), new Adam(0)), (in, step) -> {
                        double loss = 0;
                        for (Term term : step.plan().terms().keySet()) {
                            double weight = switch (term.role()) {
                                case LOG_LIKELIHOOD -> -1;
                                case KL -> 0.7;
                                default -> term.owner() instanceof TotalCorrelation ? 0.7 * 2 : 0.3;
                            };
                            for (int r = 0; r < 5; r++) {
                                loss += weight / 5 * in.get(step.plan().terms().get(term), r, 0);
                            }
                        }
                        return loss;
                    });
        }
    }

    /** No gradient passes from the VAE to the guess: each has the gradient of its own terms. */
    @Test
    void theCompletionVaesGuessIsTrainedByItsOwnLossAlone() {
        Model model = small(Models.named("completion-vae"));
        Predicate<Parameter> guess = p -> p.name().startsWith("guess");
        UnaryOperator<StepBuilder> training = s -> s.rows(5).samples(3).minimise(model.objective(Schedule.constant(0.7),
                0), new Adam(0));
        FiniteDifferences.check("completion-vae", model.graph(), training, FiniteDifferences::weighted, guess.negate());
        FiniteDifferences.check("its guess", model.graph(), training, (in, step) -> FiniteDifferences.weighted(in, step,
                term -> term.role() == Term.Role.LOSS), guess);
    }
}
