package io.elbo4j.train.distribution;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Value;

/** What relaxed distributions share: s = logits - temperature z, and the ways back from it. */
record Relaxed(Value logits, float temperature) {
    /** @param x z, a row for each of s, or for several side by side */
    void scores(Plan plan, Value x, Matrix s) {
        for (Matrix part : Repeat.each(s, plan.rows(x))) {
            plan.launch(Arithmetic.scale(-temperature, plan.value(x), part));
        }
        plan.launch(Arithmetic.add(s, plan.value(logits), s));
    }

    void gradients(Plan plan, Value x, Matrix ds) {
        if (plan.wants(logits)) {
            plan.launch(Arithmetic.scale(1, ds, plan.gradientOf(logits)));
        }
        if (plan.wants(x)) {
            plan.launch(Arithmetic.scale(-temperature, ds, plan.gradientOf(x)));
        }
    }

    /** target = (logits + noise) / temperature, where target holds the noise. */
    void perturbed(Plan plan, Matrix target) {
        for (Matrix part : Repeat.each(target, plan.rows(logits))) {
            plan.launch(Arithmetic.add(part, plan.value(logits), part));
        }
        plan.launch(Arithmetic.scale(1 / temperature, target, target));
    }
}
