package io.elbo4j.train.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.elbo4j.Activation;
import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.Encoder;
import io.elbo4j.train.ObjectiveKind;
import io.elbo4j.train.OptimiserSettings;
import io.elbo4j.train.OptimiserSettings.Kind;
import io.elbo4j.train.Scorer;
import io.elbo4j.train.TrainingSettings;
import io.elbo4j.train.data.Standardisation;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.VaeSettings.LikelihoodKind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What a model refuses that another takes. */
class ModelCheckTest {
    private static final TrainingSettings PLAIN = TrainingSettings.of(8, 1);
    private static final Model MIXTURE = new GaussianMixture(new GaussianMixture.Settings(4, 3, 0.05, 1));
    private static final Model LOCAL = new LocalInference(new LocalInference.Settings(4, 9, List.of(), 1,
            Activation.TANH, LikelihoodKind.BERNOULLI, false, 0.25, 2));

    private static void refused(String sentence, Executable call) {
        assertEquals(sentence, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    @Test
    void moreSamplesAreRefusedWhereNoneIsDrawn() {
        refused("samples must be 1 for a model that is trained without samples, not 4",
                () -> MIXTURE.check(PLAIN.withObjective(ObjectiveKind.ELBO, 4)));
        MIXTURE.check(PLAIN);
        List<Model> drawing = List.of(LOCAL, new Vae(VaeSettings.of(4, 1, 3)),
                new CategoricalVae(new CategoricalVae.Settings(4, List.of(3), 2, Activation.TANH,
                        LikelihoodKind.BERNOULLI, false)),
                new ConditionalVae(new ConditionalVae.Settings(4, 2, List.of(3), 1, Activation.TANH,
                        LikelihoodKind.BERNOULLI, false, ConditionalVae.Prior.LEARNED)),
                new HierarchicalVae(new HierarchicalVae.Settings(4, List.of(3, 3), List.of(2, 1), Activation.TANH,
                        false)));
        drawing.forEach(model -> model.check(PLAIN.withObjective(ObjectiveKind.ELBO, 4)));
    }

    @Test
    void aWarmUpOfNoKlIsNamedAsSuch() {
        refused("klWarmUp must be 0 for a model without a KL, not 2.0", () -> MIXTURE.check(PLAIN.withKlWarmUp(2)));
    }

    /** At a rate of 0.001 this decay would do. */
    @Test
    void theDecayOfWeightsGoesWithTheRateOfEachRowsParametersToo() {
        OptimiserSettings adamw = OptimiserSettings.of(Kind.ADAMW);
        refused("weightDecay must be below 1 / local rate with adamw (the local rate is 0.25), not 4.0",
                () -> LOCAL.check(PLAIN.withOptimiser(adamw.withWeightDecay(4))));
        LOCAL.check(PLAIN.withOptimiser(adamw.withWeightDecay(3.99)));
        LOCAL.check(PLAIN.withOptimiser(OptimiserSettings.of(Kind.SGD).withWeightDecay(4)));
    }

    @Test
    void whatComputesOneRowSaysWhatFitsRows() {
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, LOCAL.graph().parameters(), 1)) {
            String sentence = "this model fits q(z) to each row of the data at hand, which %s does not do: use coder(),"
                    + " a Coder, or an Evaluator";
            refused(String.format(sentence, "an Encoder"),
                    () -> new Encoder(LOCAL, parameters, backend, 1, Standardisation.NONE).close());
            refused(String.format(sentence, "a Scorer"),
                    () -> new Scorer(LOCAL, parameters, backend, 1, Standardisation.NONE).close());
        }
    }
}
