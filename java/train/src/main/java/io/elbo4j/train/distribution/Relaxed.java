package io.elbo4j.train.distribution;

import static io.elbo4j.ArgumentException.require;

import io.elbo4j.Matrix;
import io.elbo4j.operation.Arithmetic;
import io.elbo4j.train.graph.Plan;
import io.elbo4j.train.graph.Repeat;
import io.elbo4j.train.graph.Value;

/** What relaxed distributions share: s = logits - temperature z, and the ways back from it. */
record Relaxed(Value logits, float temperature) {
    static void requireTemperature(float temperature) {
        require(temperature > 0 && temperature < Float.POSITIVE_INFINITY && 1 / temperature < Float.POSITIVE_INFINITY,
                "temperature", "a number above 0 that is finite, as its inverse is, in float32", temperature);
    }

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
