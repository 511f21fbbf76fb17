package io.elbo4j.control.tabular;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class InverseReinforcementLearningTest {
    @Test
    void thePolicyIsRecovered() {
        RewardsStudy study = RewardsStudy.of(7, 17);
        System.out.printf("inverse reinforcement learning: KL %.4f nats a step, then %.6f; visits off by %.5f%n", study
                .before(), study.after(), study.gap());
        assertTrue(study.before() > 0.05, "nothing to learn: " + study.before());
        assertTrue(study.after() <= 1e-3, "KL " + study.after());
        double[] found = study.rewards();
        // the differences that behaviour tells: the bad cells are as much worse as they are
        assertEquals(-2, found[7] - found[12], 0.3);
        assertEquals(-2, found[17] - found[12], 0.3);
    }
}
