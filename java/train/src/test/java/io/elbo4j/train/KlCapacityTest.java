package io.elbo4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.elbo4j.Backend;
import io.elbo4j.purejava.JavaBackend;
import io.elbo4j.train.data.Images;
import io.elbo4j.train.data.Sprites;
import io.elbo4j.train.graph.Parameters;
import io.elbo4j.train.model.Model;
import io.elbo4j.train.model.Vae;
import io.elbo4j.train.model.VaeSettings;
import org.junit.jupiter.api.Test;

class KlCapacityTest {
    private static final Images SPRITES = Sprites.images(0, 500);

    private static double kl(TrainingSettings settings, int steps) {
        Model vae = new Vae(VaeSettings.of(SPRITES.columns(), 4, 30));
        try (Backend backend = new JavaBackend(1);
                Parameters parameters = new Parameters(backend, vae.graph().parameters(), 1);
                Trainer trainer = new Trainer(vae, parameters, backend, settings, SPRITES);
                Evaluator evaluator = new Evaluator(vae, parameters, backend, SPRITES, 1)) {
            trainer.steps(steps);
            return evaluator.evaluate(0).elbo().kl();
        }
    }

    /** Whatever it would be by itself; with the warm-up half done it is at half of the capacity. */
    @Test
    void theKlIsWhereItIsHeld() {
        TrainingSettings settings = TrainingSettings.of(100, 1).withKlWeight(30);
        for (double nats : new double[] {1, 4}) {
            PenaltySettings held = PenaltySettings.NONE.withKlCapacity(nats);
            assertEquals(nats, kl(settings.withPenalty(held), 600), 0.15 * nats, "seed 1");
            // 5 steps an epoch
            assertEquals(nats / 2, kl(settings.withPenalty(held).withKlWarmUp(240), 600), 0.15 * nats, "seed 1");
        }
        assertTrue(kl(settings, 600) < 0.5, "a weight of 30 alone makes it small");
    }
}
